using System.Globalization;
using Replay.TestKit;

namespace Replay.Replayer.Tests;

public sealed class ComparisonFileTests
{
    private const string Json = """
        {"verdict":"fail","shapes":[
          {"shape":"01","sql":"select a","class":"read","captured":500,"verdict":"regressed","ratio":{"estimate":1.3},
           "effects":[{"metric":"typical","regressed":true},{"metric":"total","regressed":true}]},
          {"shape":"02","sql":"select b","class":"read","captured":5000,"verdict":"regressed","ratio":{"estimate":1.0},
           "effects":[{"metric":"typical","regressed":false},{"metric":"tail_count","regressed":true}]},
          {"shape":"03","sql":"select c","class":"read","captured":9,"verdict":"slower","ratio":{"estimate":null},"effects":[]},
          {"shape":"04","sql":"update d","class":"write","captured":9,"verdict":"regressed","ratio":{"estimate":2},"effects":[]},
          {"shape":"06","sql":"select f","class":"read","captured":9,"verdict":"regressed","ratio":{"estimate":1.2},"baseline":{"p50_us":100},"candidate":{"p50_us":115},
           "effects":[{"metric":"typical","regressed":true}]},
          {"shape":"07","sql":"select g","class":"read","captured":9,"verdict":"regressed","ratio":{"estimate":1.2},"baseline":{"p50_us":100},"candidate":{"p50_us":130},
           "effects":[{"metric":"typical","regressed":true}]},
          {"shape":"05","sql":"select e","class":"read","captured":9,"verdict":"same","ratio":{"estimate":1},"effects":[]},
          {"shape":"08","sql":"select h","class":"read","captured":9,"verdict":"not_enough_data","withheld":"regressed","ratio":{"estimate":1.3},"effects":[]},
          {"shape":"09","sql":"select i","class":"read","captured":9,"verdict":"not_enough_data","withheld":null,"perhaps_slower":null,"ratio":{"estimate":1.3},"effects":[]},
          {"shape":"10","sql":"update j","class":"write","captured":9,"verdict":"not_enough_data","withheld":null,"perhaps_slower":"typical","ratio":{"estimate":1.3},"effects":[]},
          {"shape":"12","sql":"select l","class":"read","captured":900,"verdict":"same","withheld":null,"perhaps_slower":"slowest","ratio":{"estimate":0.98},"effects":[],"causes":{"slow_in_each_run":[7,88,99]}},
          {"shape":"11","sql":"select k","class":"read","captured":9,"verdict":"not_enough_data","withheld":null,"perhaps_slower":"typical","ratio":{"estimate":1.3},"effects":[]}],
         "runs":[{"instrument":"wire"}],"overall":{"ratio":{"estimate":1.12},"removed":true,"counted_in_shapes":false},
         "minimum_ratio":1.1,"minimum_slowest_ratio":1.2,"workload":{"id":"11111111-2222-3333-4444-555555555555","folder":"/x/w.workload"}}
        """;

    [Fact]
    public void SuspectsAreWhatBecameSlowerAndOnlyReads()
    {
        using var folder = new TempFolder("comparison");
        File.WriteAllText(folder.File("c.json"), Json);
        var comparison = ComparisonFile.Read(folder.File("c.json"));
        Assert.Equal("11111111-2222-3333-4444-555555555555", comparison.WorkloadId.ToString());
        Assert.Equal(("/x/w.workload", 1.1), (comparison.WorkloadFolder, comparison.MinimumRatio));
        Assert.Equal([("01", SuspectRespect.Typical), ("02", SuspectRespect.Tail), ("03", SuspectRespect.Typical), ("06", SuspectRespect.Some), ("07", SuspectRespect.Typical), ("08", SuspectRespect.Typical), ("12", SuspectRespect.Tail), ("11", SuspectRespect.Typical)], comparison.Suspects.Select(s => (s.Shape, s.Respect)));
        Assert.Equal(["08"], comparison.Suspects.Where(s => s.IsWithheld && s.Verdict == "regressed").Select(s => s.Shape));
        Assert.Equal(["03", "08", "12", "11"], comparison.Suspects.Where(s => s.IsUnproven).Select(s => s.Shape));
        Assert.Equal([("12", 1.2)], comparison.Suspects.Where(s => s.MinimumRatio is not null).Select(s => (s.Shape, s.MinimumRatio!.Value)));
        Assert.Equal([7, 88, 99], comparison.Suspects.Single(s => s.Shape == "12").Slow);
        Assert.True(double.IsNaN(comparison.Suspects[2].Ratio));
        Assert.Equal((double.NaN, 100), (comparison.Suspects[0].WireMicroseconds, comparison.Suspects[4].WireMicroseconds));
        Assert.Equal("04", Assert.Single(comparison.Writing).Shape);
    }

    [Fact]
    public void OfThoseThatArePerhapsSlowerOnlyTheFirstTwentyAreSuspects()
    {
        // One is called the same, but for its slowest executions.
        using var folder = new TempFolder("comparison");
        var last = Json[Json.IndexOf("{\"shape\":\"11\"", StringComparison.Ordinal)..Json.IndexOf("],\n \"runs\"", StringComparison.Ordinal)];
        var many = string.Join(',', Enumerable.Range(11, 40).Select(number => last.Replace("\"11\"", $"\"{number}\"", StringComparison.Ordinal)));
        File.WriteAllText(folder.File("c.json"), Json.Replace(last, many, StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(11, 19).Select(number => number.ToString(CultureInfo.InvariantCulture)), ComparisonFile.Read(folder.File("c.json")).Suspects.Where(s => s.Verdict == "not_enough_data").Select(s => s.Shape));
    }

    [Fact]
    public void ANewerFormatIsRefused()
    {
        using var folder = new TempFolder("comparison");
        File.WriteAllText(folder.File("c.json"), Json.Replace("{\"verdict\":\"fail\"", "{\"format\":1,\"verdict\":\"fail\"", StringComparison.Ordinal));
        Assert.NotEmpty(ComparisonFile.Read(folder.File("c.json")).Suspects);
        File.WriteAllText(folder.File("c.json"), Json.Replace("{\"verdict\":\"fail\"", "{\"format\":2,\"verdict\":\"fail\"", StringComparison.Ordinal));
        Assert.Contains("has format 2", Assert.Throws<CommandException>(() => ComparisonFile.Read(folder.File("c.json"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("no json")]
    public void WhatIsNoComparisonIsRefusedInOneLine(string text)
    {
        using var folder = new TempFolder("comparison");
        File.WriteAllText(folder.File("c.json"), text);
        Assert.Contains("dbcompare --json", Assert.Throws<CommandException>(() => ComparisonFile.Read(folder.File("c.json"))).Message, StringComparison.Ordinal);
        Assert.Throws<CommandException>(() => ComparisonFile.Read(folder.File("none.json")));
    }
}
