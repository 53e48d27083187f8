using System.Text.Json;
using Replay.Agent.Recording;
using Replay.Agent.Tests.Support;
using Replay.TestKit;
using Replay.TestKit.Packets;
using Replay.Workload;

namespace Replay.Agent.Tests.Inspection;

public sealed class InfoTests : IDisposable
{
    private readonly TempFolder _folder = new("info");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void JsonCountsWhatIsThere()
    {
        var info = JsonDocument.Parse(Inspected.Info(Dbcapture.Workload(_folder, 21))).RootElement;
        Assert.True(info.GetProperty("finished").GetBoolean());
        Assert.Equal(1, info.GetProperty("sessions").GetInt32());
        Assert.Equal(22, info.GetProperty("exchanges").GetInt32());
        Assert.Equal(21, info.GetProperty("commands").GetProperty("query").GetInt32());
        Assert.Equal(3, info.GetProperty("errors_by_code").GetProperty("22012").GetInt32());
        Assert.Equal(1, info.GetProperty("shapes").GetInt32());
        Assert.Equal("select ?", info.GetProperty("top_shapes")[0].GetProperty("sql").GetString());
        Assert.Equal(1, info.GetProperty("busiest").GetProperty("minutes").GetInt32());
        Assert.Equal(100, info.GetProperty("completeness").GetProperty("percent").GetDouble());
        var counters = info.GetProperty("counters");
        Assert.Equal(counters.GetProperty("seen").GetInt64(), counters.GetProperty("decoded").GetInt64() + counters.GetProperty("ignored").GetInt64() + counters.GetProperty("dropped").GetInt64());
    }

    [Fact]
    public void TextNamesWhatMatters()
    {
        var text = Inspected.Text(Dbcapture.Workload(_folder, 21));
        foreach (var part in new[] { "postgres query", "22012", "select ?", "complete        100 %", "busiest minute", "snapshot        none", "1 from their start" })
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TheSumsHoldWhenPacketsAreMissingOrForeign()
    {
        var packets = SmallCaptures.Postgres(50).Concat(SmallCaptures.MySql(5)).ToList();
        packets.RemoveAt(30);
        var pcap = Dbcapture.Pcap(_folder, "mixed.pcap", packets);
        Assert.Equal(0, Dbcapture.Run("pcap", pcap, "--server", "postgres:5432", "--out", _folder.File("w"), "--quiet").Status);
        using var reader = WorkloadReader.Open(_folder.File("w"));
        var counters = reader.Manifest.Counters;
        Assert.Equal(packets.Count, counters.PacketsSeen);
        Assert.Equal(counters.PacketsSeen, counters.PacketsDecoded + counters.PacketsIgnored.Values.Sum() + counters.PacketsDroppedByKernel + counters.PacketsDroppedByAgent);
        Assert.True(counters.PacketsIgnored["other_port"] > 0);
        Assert.Equal(1, counters.Gaps);
        Assert.Equal(counters.GapBytes, reader.Gaps.Sum(gap => gap.Bytes));
        Assert.True(Completeness.From(counters).Share < 1);
    }

    [Fact]
    public void CompletenessIsTheLeastOfItsShares()
    {
        var counters = new CaptureCounters { PacketsSeen = 100, PacketsDroppedByKernel = 1, BytesSeen = 1000, Sessions = 4, SessionsEncrypted = 1, Exchanges = 10, ExchangesIncomplete = 1 };
        Assert.Equal("75 % (sessions that could be read)", Completeness.From(counters).ToString());
        Assert.Equal(0.9, Completeness.From(counters with { SessionsEncrypted = 0 }).Share);
        Assert.Equal(1, Completeness.From(new CaptureCounters()).Share);
    }
}
