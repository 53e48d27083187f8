using System.Text;
using Replay.Protocol.MySql;
using Replay.TestKit.Scripted;
using Replay.Workload;

namespace Replay.Protocol.Tests.MySql;

public sealed class LoginTests
{
    [Fact]
    public void GreetingAndResponseTellWhoAndWhat()
    {
        var (sink, conversation) = new MySqlScript()
            .Server(MySqlWire.Greeting(MySqlWire.Basic | MySqlWire.DeprecateEof | MySqlWire.Attributes))
            .Client(MySqlWire.Login(MySqlWire.Basic | MySqlWire.DeprecateEof | MySqlWire.SessionTrack, "app", "shop", attributes: [("_os", "Linux"), ("program_name", "till")]))
            .Server(MySqlWire.Ok(2))
            .Play();

        var facts = conversation.Facts;
        Assert.Equal("app", facts.User);
        Assert.Equal("shop", facts.Database);
        Assert.Equal("8.4.0", facts.ServerVersion);
        Assert.Equal(77, facts.ServerConnectionId);
        Assert.Equal(45, facts.MySqlCollation);
        Assert.Equal("till", facts.Parameters["program_name"]);
        Assert.True(facts.LoggedIn);
        Assert.False(facts.Encrypted);
        Assert.Empty(sink.Exchanges);
        Assert.Empty(sink.Faults);
        Assert.NotEqual(0ul, facts.MySqlCapabilities & (ulong)MySqlCapabilities.DeprecateEof);
        Assert.Equal(0ul, facts.MySqlCapabilities & (ulong)MySqlCapabilities.SessionTrack); // the server does not have it
    }

    [Fact]
    public void MariaDbsExtendedCapabilitiesAreInTheUpperHalf()
    {
        const uint CacheMetadata = 1 << 4;
        const uint Bulk = 1 << 2;
        var (_, conversation) = new MySqlScript()
            .Server(MySqlWire.Greeting(MySqlWire.Basic, CacheMetadata | Bulk, "11.8.6-MariaDB"))
            .Client(MySqlWire.Login(MySqlWire.Basic, "app", mariaDb: CacheMetadata | 1))
            .Server(MySqlWire.Ok(2))
            .Play();

        Assert.Equal(MySqlCapabilities.MariaDbCacheMetadata, (MySqlCapabilities)conversation.Facts.MySqlCapabilities & (MySqlCapabilities)(0xFFul << 32));
        Assert.Null(conversation.Facts.Database);
    }

    [Fact]
    public void SwitchesOfPluginAndKeysArePassedOver()
    {
        var sink = new MySqlScript()
            .Server(MySqlWire.Greeting(MySqlWire.Basic))
            .Client(MySqlWire.Login(MySqlWire.Basic, "app"))
            .Server(MySqlWire.Packet(2, [0xFE], MySqlWire.Zero("caching_sha2_password"), new byte[21]))
            .Client(MySqlWire.Packet(3, Encoding.ASCII.GetBytes("the-scramble")))
            .Server(MySqlWire.Packet(4, [1, 4]))
            .Client(MySqlWire.Packet(5, [2])) // asks for the server's key
            .Server(MySqlWire.Packet(6, [1], Encoding.ASCII.GetBytes("-----BEGIN PUBLIC KEY-----")))
            .Client(MySqlWire.Packet(7, [3], Encoding.ASCII.GetBytes("select 'the encrypted password'")))
            .Server(MySqlWire.Ok(8))
            .Client(MySqlWire.Command(14))
            .Server(MySqlWire.Ok(1))
            .PlayAllWays();

        var ping = Assert.Single(sink.Exchanges);
        Assert.Equal(Command.MySqlPing, ping.Command);
        Assert.Equal(5, ping.Request.Length);
        Assert.Empty(sink.Faults);
    }

    [Fact]
    public void RefusedLoginIsTheSessionsError()
    {
        var (sink, conversation) = new MySqlScript()
            .Server(MySqlWire.Greeting(MySqlWire.Basic))
            .Client(MySqlWire.Login(MySqlWire.Basic, "app"))
            .Server(MySqlWire.Error(2, 1045, "Access denied for user 'app'", "28000"))
            .Play();

        Assert.Equal("1045", conversation.Facts.ErrorCode);
        Assert.Equal("Access denied for user 'app'", conversation.Facts.ErrorMessage);
        Assert.False(conversation.Facts.LoggedIn);
        Assert.Empty(sink.Exchanges);
    }

    [Fact]
    public void ErrorInsteadOfGreetingHasNoState()
    {
        var (_, conversation) = new MySqlScript()
            .Server(MySqlWire.Packet(0, [0xFF], MySqlWire.Little(1040, 2), Encoding.ASCII.GetBytes("Too many connections")))
            .Play();

        Assert.Equal("1040", conversation.Facts.ErrorCode);
        Assert.Equal("Too many connections", conversation.Facts.ErrorMessage);
    }

    [Fact]
    public void SslRequestMeansEncrypted()
    {
        var (sink, conversation) = new MySqlScript()
            .Server(MySqlWire.Greeting(MySqlWire.Basic | MySqlWire.Ssl))
            .Client(MySqlWire.Packet(1, MySqlWire.Little(MySqlWire.Basic | MySqlWire.Ssl, 4), MySqlWire.Little(1 << 24, 4), [45], new byte[23]))
            .Client([0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC])
            .Server([0x16, 3, 3, 0, 122, 2, 0, 0])
            .Play();

        Assert.True(conversation.Facts.Encrypted);
        Assert.False(conversation.IsUndecodable);
        Assert.Empty(sink.Exchanges);
        Assert.Empty(sink.Faults);
    }

    [Fact]
    public void AnotherProtocolIsGivenUp()
    {
        var (sink, conversation) = new MySqlScript().Server(Encoding.ASCII.GetBytes("SSH-2.0-OpenSSH_9.2p1\r\n" + new string('x', 0x485353))).Play();

        Assert.Equal(ProtocolFault.NotThisProtocol, Assert.Single(sink.Faults).Fault);
        Assert.True(conversation.IsUndecodable);
    }

    [Fact]
    public void ChangeUserKeepsNothingOfThePassword()
    {
        var proof = Encoding.ASCII.GetBytes("twenty-bytes-of-hash");
        var (sink, conversation) = MySqlScript.LoggedIn()
            .Client(MySqlWire.Command(0x11, MySqlWire.Zero("clerk"), [20], proof, MySqlWire.Zero("till"), MySqlWire.Little(46, 2), MySqlWire.Zero("mysql_native_password")))
            .Server(MySqlWire.Packet(1, [0xFE], MySqlWire.Zero("mysql_native_password"), new byte[21]))
            .Client(MySqlWire.Packet(2, proof))
            .Server(MySqlWire.Ok(3))
            .Client(MySqlWire.Query("select 1"))
            .Server(MySqlWire.Error(1, 1046, "No database selected"))
            .Play();

        Assert.Equal([Command.MySqlChangeUser, Command.MySqlQuery], sink.Exchanges.Select(e => e.Command));
        var change = sink.Exchanges[0];
        Assert.Equal(-1, change.Request.AsSpan().IndexOf(proof));
        Assert.True(change.Flags.HasFlag(ExchangeFlags.Masked | ExchangeFlags.Complete));
        Assert.Equal(("clerk", "till", 46), (conversation.Facts.User, conversation.Facts.Database, conversation.Facts.MySqlCollation));
        Assert.Empty(sink.Faults);
    }

    [Fact]
    public void RefusedChangeOfUserChangesNothing()
    {
        var (sink, conversation) = MySqlScript.LoggedIn()
            .Client(MySqlWire.Command(0x11, MySqlWire.Zero("clerk"), [0], MySqlWire.Zero("till"), MySqlWire.Little(46, 2)))
            .Server(MySqlWire.Error(1, 1045, "no"))
            .Play();

        Assert.Equal("1045", sink.Exchanges[0].ErrorCode);
        Assert.Equal(("app", "shop"), (conversation.Facts.User, conversation.Facts.Database));
    }
}
