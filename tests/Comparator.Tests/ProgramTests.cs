using System.Diagnostics;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Comparator.Tests;

/// <summary>The program as a user starts it.</summary>
public sealed class ProgramTests
{
    [Fact]
    public void ExitStatusIsTheVerdict()
    {
        using var equal = new SyntheticCampaign(SyntheticCampaign.Ordinary());
        Assert.Equal(0, Start([.. equal.Side('A'), "--against", .. equal.Side('B')]).Status);
        using var slower = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(), new SyntheticShape("select slow", 300, 3000) { Ratio = 2 }]);
        var (status, output, _) = Start([.. slower.Side('A'), "--against", .. slower.Side('B'), "--html", slower.File("r.html"), "--junit", slower.File("r.xml"), "--markdown", slower.File("r.md")]);
        Assert.Equal(1, status);
        Assert.StartsWith("FAIL", output, StringComparison.Ordinal);
        Assert.All(new[] { "r.html", "r.xml", "r.md" }, name => Assert.True(new FileInfo(slower.File(name)).Length > 500));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(slower.File("r.html")));
        }

        File.WriteAllText(slower.File("accepted.yaml"), $"waivers:\n- {{sql: select slow, accept: slower, at_most: 3, reason: known, owner: ana, until: {DateTime.UtcNow.AddDays(1):yyyy-MM-dd}}}\n");
        Assert.Equal(0, Start([.. slower.Side('A'), "--against", .. slower.Side('B'), "--waivers", slower.File("accepted.yaml")]).Status);

        using var unfit = new SyntheticCampaign(SyntheticCampaign.Ordinary(), manifest: (_, manifest) => manifest with { Fitness = new RunFitness { Reasons = ["late"] } });
        Assert.Equal(3, Start([.. unfit.Side('A'), "--against", .. unfit.Side('B'), "--quiet"]).Status);
    }

    [Fact]
    public void JsonMayGoToStandardOutput()
    {
        using var campaign = new SyntheticCampaign(SyntheticCampaign.Ordinary(), ["A1", "B1"]);
        var (status, output, _) = Start([campaign.Run("A1"), "--against", campaign.Run("B1"), "--json", "-"]);
        using var document = System.Text.Json.JsonDocument.Parse(output);
        Assert.Equal(status == 0 ? "pass" : "undecided", document.RootElement.GetProperty("verdict").GetString());
    }

    [Fact]
    public void TheSchemaOfTheJsonNeedsNoRuns()
    {
        var schema = File.ReadAllText(RepositoryFolder.Path("compare", "Comparator", "Reports", "comparison.schema.json"));
        Assert.Equal((0, schema, ""), Start(["--json-schema"]));
        Assert.Equal((0, schema, ""), Start(["no-such.run", "--against", "none.run", "--json-schema"]));
    }

    [Fact]
    public void WhatCannotBeComparedIsOneLineAndStatus2()
    {
        using var campaign = new SyntheticCampaign(SyntheticCampaign.Ordinary(3, 20));
        using var wire = new SyntheticCampaign(SyntheticCampaign.Ordinary(3, 20), ["B1"], manifest: (_, manifest) => manifest with { Instrument = "wire" });
        using var other = new SyntheticCampaign(SyntheticCampaign.Ordinary(3, 20), ["B1"], manifest: (_, manifest) => manifest with { WorkloadId = Guid.NewGuid() });
        CouldNot("instrument", campaign.Run("A1"), "--against", wire.Run("B1"));
        CouldNot("workload", campaign.Run("A1"), "--against", other.Run("B1"));
        CouldNot("same run", campaign.Run("A1"), "--against", campaign.Run("A1"));
        CouldNot("no-such.run", campaign.File("no-such.run"), "--against", campaign.Run("B1"));
        CouldNot("--against", campaign.Run("A1"));
        CouldNot("workload", campaign.Run("A1"), "--against", campaign.Run("B1"), "--workload", campaign.Run("A1"));
        CouldNot("no folder", campaign.Run("A1"), "--against", campaign.Run("B1"), "--html", campaign.File("none/r.html"));
        CouldNot("standard output", campaign.Run("A1"), "--against", campaign.Run("B1"), "--html", "-", "--json", "-");
        CouldNot("none.yaml", campaign.Run("A1"), "--against", campaign.Run("B1"), "--waivers", campaign.File("none.yaml"));
        File.WriteAllText(campaign.File("bad.yaml"), "waivers:\n- sql: select 1\n");
        CouldNot("'accept' is one of", campaign.Run("A1"), "--against", campaign.Run("B1"), "--waivers", campaign.File("bad.yaml"));
        CouldNot("--min-ratio", campaign.Run("A1"), "--against", campaign.Run("B1"), "--min-ratio", "0.5");
    }

    [Fact]
    public void TheWorkloadMayHaveMoved()
    {
        using var campaign = new SyntheticCampaign(SyntheticCampaign.Ordinary());
        Directory.Move(campaign.Workload, campaign.File("moved.workload"));
        string[] runs = [.. campaign.Side('A'), "--against", .. campaign.Side('B')];
        CouldNot("--workload", runs);
        Assert.Equal(0, Start([.. runs, "--workload", campaign.File("moved.workload")]).Status);
    }

    [Fact]
    public void SimulateTellsPowerAndFalseAlarms()
    {
        var (status, output, _) = Start(["simulate", "--campaigns", "2", "--shapes", "30", "--ratio", "2"]);
        Assert.Equal(0, status);
        Assert.Contains("false regression in 0 of 2 campaigns", output, StringComparison.Ordinal);
    }

    private static void CouldNot(string says, params string[] arguments)
    {
        var (status, output, error) = Start(arguments);
        Assert.Equal(2, status);
        Assert.Empty(output);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    private static (int Status, string Output, string Error) Start(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(ComparisonMaker).Assembly.Location);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
