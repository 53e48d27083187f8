using Replay.Agent.Tests.Support;
using Replay.TestKit;
using Replay.TestKit.Packets;

namespace Replay.Agent.Tests.CommandLine;

public sealed class UsageTests : IDisposable
{
    private readonly TempFolder _folder = new("usage");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("frobnicate")]
    [InlineData("live")]
    [InlineData("live --interface lo --out x")]
    [InlineData("pcap")]
    [InlineData("pcap f.pcap")]
    [InlineData("pcap f.pcap --no-such-option --out x")]
    [InlineData("pcap f.pcap --out x --server 5432")]
    [InlineData("pcap f.pcap --out x --server oracle:1521")]
    [InlineData("pcap f.pcap --out x --server postgres:99999")]
    [InlineData("pcap f.pcap --out x --server postgres:5432 --server mysql:5432")]
    [InlineData("pcap f.pcap --out x --require-complete 101")]
    [InlineData("pcap f.pcap --out x --keep-values some")]
    [InlineData("live -i lo --server postgres:1 --out x --duration soon")]
    [InlineData("live -i lo --server postgres:1 --out x --max-disk 5parsecs")]
    [InlineData("live -i lo --server postgres:1 --out x --snapshot mongodump --snapshot-url postgres://u@h/d")]
    [InlineData("live -i lo --server postgres:1 --out x --snapshot pg_dump")]
    [InlineData("live -i lo --server postgres:1 --out x --snapshot-url postgres://u@h/d")]
    [InlineData("live -i lo --server postgres:1 --out x --snapshot pg_dump --snapshot-url mysql://u@h/d")]
    [InlineData("show w --from yesterday-ish")]
    [InlineData("info w --format xml")]
    public void WrongUsageIsOneLineAndTwo(string line)
    {
        var (status, output, error) = Dbcapture.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, status);
        Assert.Equal("", output);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("--help", "live")]
    [InlineData("live --help", "--snapshot-wait")]
    [InlineData("pcap --help", "--require-complete")]
    [InlineData("info --help", "--format")]
    [InlineData("show --help", "--errors")]
    public void HelpIsThereAtEachLevel(string line, string mentions)
    {
        var (status, output, _) = Dbcapture.Run(line.Split(' '));
        Assert.Equal(0, status);
        Assert.Contains(mentions, output, StringComparison.Ordinal);
    }

    [Fact]
    public void BadInputIsOneLineAndTwoAndLeavesNothingBehind()
    {
        var text = _folder.File("notes.txt");
        File.WriteAllText(text, "to whom it may concern\n");
        var pcap = Dbcapture.Pcap(_folder, "small.pcap", SmallCaptures.Postgres(3));
        string[][] lines =
        [
            ["pcap", text, "--out", _folder.File("w")],
            ["pcap", _folder.File("nowhere.pcap"), "--out", _folder.File("w")],
            ["pcap", pcap, "--server", "postgres:5433", "--out", _folder.File("w")],
            ["pcap", pcap, "--server", "mysql:5432", "--out", _folder.File("w"), "--quiet"],
            ["live", "-i", "nosuch0", "--server", "postgres:5432", "--out", _folder.File("w")],
            ["info", _folder.File("w")],
            ["show", _folder.File("w")],
        ];
        foreach (var line in lines)
        {
            var (status, _, error) = Dbcapture.Run(line);
            Assert.Equal(2, status);
            Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.False(Directory.Exists(_folder.File("w")), error);
        }
    }

    [Fact]
    public void AWrongPortNamesTheRightOne()
    {
        var pcap = Dbcapture.Pcap(_folder, "small.pcap", SmallCaptures.Postgres(3));
        Assert.Contains("5432 (1 connection)", Dbcapture.Run("pcap", pcap, "--server", "postgres:5433", "--out", _folder.File("w")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AWrongEngineIsContradictedByTheBytes()
    {
        var pcap = Dbcapture.Pcap(_folder, "small.pcap", SmallCaptures.Postgres(3));
        Assert.Contains("speaks postgres, not mysql", Dbcapture.Run("pcap", pcap, "--server", "mysql:5432", "--out", _folder.File("w")).Error, StringComparison.Ordinal);
        pcap = Dbcapture.Pcap(_folder, "my.pcap", SmallCaptures.MySql(3));
        Assert.Contains("speaks mysql, not postgres", Dbcapture.Run("pcap", pcap, "--server", "postgres:3306", "--out", _folder.File("w")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AnExistingWorkloadIsNotTouched()
    {
        var workload = Dbcapture.Workload(_folder, 3);
        var before = Directory.EnumerateFiles(workload).ToDictionary(f => f, File.ReadAllBytes);
        Assert.Equal(2, Dbcapture.Run("pcap", _folder.File("small.pcap"), "--out", workload).Status);
        Assert.All(before, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
    }

    [Fact]
    public void ATruncatedFileKeepsWhatIsWhole()
    {
        var pcap = Dbcapture.Pcap(_folder, "small.pcap", SmallCaptures.Postgres(20));
        File.WriteAllBytes(pcap, File.ReadAllBytes(pcap)[..^30]);
        var (status, _, error) = Dbcapture.Run("pcap", pcap, "--out", _folder.File("w"), "--quiet");
        Assert.Equal(2, status);
        Assert.Contains("is cut off", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains("\"exchanges\": 21,", Inspected.Info(_folder.File("w")), StringComparison.Ordinal);
    }

    [Fact]
    public void AnIncompleteCaptureFailsTheGateOnlyWhenAskedTo()
    {
        var packets = SmallCaptures.Postgres(20).ToList();
        packets.RemoveAt(packets.Count / 2);
        var pcap = Dbcapture.Pcap(_folder, "lossy.pcap", packets);
        Assert.Equal(0, Dbcapture.Run("pcap", pcap, "--out", _folder.File("a"), "--quiet").Status);
        Assert.Equal(0, Dbcapture.Run("pcap", pcap, "--out", _folder.File("b"), "--quiet", "--require-complete", "50").Status);
        var (status, _, error) = Dbcapture.Run("pcap", pcap, "--out", _folder.File("c"), "--quiet", "--require-complete");
        Assert.Equal(1, status);
        Assert.Contains("--require-complete asks for 100 %", error, StringComparison.Ordinal);
    }
}
