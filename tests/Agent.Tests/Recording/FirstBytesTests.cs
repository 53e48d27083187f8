using Replay.Agent.Recording;
using Replay.Network;
using Replay.Workload;

namespace Replay.Agent.Tests.Recording;

public class FirstBytesTests
{
    [Fact]
    public void PostgresClientsSpeakFirst()
    {
        Assert.Equal(Engine.PostgreSql, FirstBytes.Engine(FlowDirection.ToServer, [0, 0, 0, 18, 0, 3, 0, 0, (byte)'u']));
        Assert.Equal(Engine.PostgreSql, FirstBytes.Engine(FlowDirection.ToServer, [0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F]));
        Assert.Null(FirstBytes.Engine(FlowDirection.ToServer, "GET / HTTP/1.1"u8));
        Assert.Null(FirstBytes.Engine(FlowDirection.ToClient, [0, 0, 0, 18, 0, 3, 0, 0]));
    }

    [Fact]
    public void MySqlServersSpeakFirst()
    {
        Assert.Equal(Engine.MySql, FirstBytes.Engine(FlowDirection.ToClient, [74, 0, 0, 0, 10, (byte)'8', (byte)'.', (byte)'0']));
        Assert.Equal(Engine.MySql, FirstBytes.Engine(FlowDirection.ToClient, [20, 0, 0, 0, 0xFF, 0x10, 0x04, (byte)'T']));
        Assert.Null(FirstBytes.Engine(FlowDirection.ToServer, [74, 0, 0, 0, 10, (byte)'8', (byte)'.', (byte)'0']));
        Assert.Null(FirstBytes.Engine(FlowDirection.ToClient, [1, 0]));
    }

    [Fact]
    public void TlsRecords()
    {
        Assert.True(FirstBytes.AreTlsRecord([0x17, 3, 3, 0x01, 0x00, 9]));
        Assert.True(FirstBytes.AreTlsRecord([0x16, 3, 1, 0x00, 0xF0]));
        Assert.False(FirstBytes.AreTlsRecord([0x17, 3, 3, 0xFF, 0xFF]));
        Assert.False(FirstBytes.AreTlsRecord("SELECT"u8));
        Assert.False(FirstBytes.AreTlsRecord([0x17, 3]));
    }
}
