using Replay.Agent.Hosting;
using Replay.Agent.Recording;
using Replay.Agent.Tests.Support;
using Replay.TestKit;
using Replay.TestKit.Packets;
using Replay.Workload;

namespace Replay.Agent.Tests.Recording;

public sealed class EncryptedTrafficTests : IDisposable
{
    private readonly TempFolder _folder = new("tls");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AnUpgradeIsCountedAndSaidWithRemedies()
    {
        var tcp = new TcpConversation().Open();
        tcp.Request([0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F]).Response("S"u8);
        tcp.Request([0x16, 3, 1, 0, 200, .. new byte[200]]).Response([0x16, 3, 3, 1, 0, .. new byte[256]]);
        tcp.Request([0x17, 3, 3, 1, 0, .. new byte[256]]);
        var error = Capture(tcp, out var counters);
        Assert.Equal((1, 1, 0), (counters.Sessions, counters.SessionsEncrypted, counters.SessionsUndecodable));
        Assert.Contains("encrypted", error, StringComparison.Ordinal);
        Assert.Contains("ssl = off", error, StringComparison.Ordinal);
    }

    [Fact]
    public void ASessionJoinedInItsCiphertextIsKnownByItsRecords()
    {
        var tcp = new TcpConversation();
        tcp.Request([0x17, 3, 3, 1, 0, .. new byte[256]]).Response([0x17, 3, 3, 1, 0, .. new byte[256]]);
        Capture(tcp, out var counters);
        Assert.Equal((1, 0, 1), (counters.Sessions, counters.SessionsFromStart, counters.SessionsEncrypted));
    }

    [Fact]
    public void ClearTrafficIsNotWarnedOf()
    {
        var pcap = Dbcapture.Pcap(_folder, "clear.pcap", SmallCaptures.Postgres(5));
        Assert.Equal("", Dbcapture.Run("pcap", pcap, "--out", _folder.File("w"), "--quiet").Error);
    }

    [Fact]
    public void TheWarningComesOnceAndOnlyForTheLargerPart()
    {
        using var said = new StringWriter();
        var totals = new RecordedTotals { Sessions = 10, SessionsEncrypted = 6, CipherBytes = 600, ClearBytes = 900 };
        var watch = new CipherWatch(new Reporter(said, quiet: true, isTerminal: false), totals, ServerSpec.Usual);
        Assert.False(watch.Look());
        totals.CipherBytes = 1000;
        Assert.True(watch.Look());
        Assert.False(watch.Look());
        Assert.Contains("6 of 10 sessions", said.ToString(), StringComparison.Ordinal);
        Assert.Contains("MySQL:", said.ToString(), StringComparison.Ordinal);
    }

    private string Capture(TcpConversation tcp, out CaptureCounters counters)
    {
        var (status, _, error) = Dbcapture.Run("pcap", Dbcapture.Pcap(_folder, "tls.pcap", tcp.Packets), "--out", _folder.File("w"), "--quiet");
        Assert.Equal(0, status);
        using var reader = WorkloadReader.Open(_folder.File("w"));
        counters = reader.Manifest.Counters;
        return error;
    }
}
