using System.Text.Json;
using Replay.Statistics;
using Replay.Workload;

namespace Replay.Comparator.Tests;

/// <summary>Runs that played slices in turn. Exchanges are 1 ms apart and took 0.4 ms in production; 20 shapes of 300 executions: 6 s.</summary>
public sealed class InterleavedTests
{
    private static readonly Guid One = new("00000000-0000-0000-0000-000000000001"), Two = new("00000000-0000-0000-0000-000000000002");

    [Fact]
    public void PairsAreFoundWhateverTheOrderOfTheirRuns()
    {
        // B1 was A2's partner.
        using var campaign = new SyntheticCampaign(SyntheticCampaign.Ordinary(), manifest: (label, manifest) => InTurn(manifest, label is "A1" or "B2" ? One : Two));
        var comparison = campaign.Compare();
        Assert.Equal(new RunDesign(2, 2, IsInterleaved: true), comparison.Decision.Design);
        Assert.Equal([("A1", "A1.run"), ("A2", "A2.run"), ("B1", "B2.run"), ("B2", "B1.run")], comparison.Runs.Select(run => (run.Label, run.Name)));
        Assert.Equal(["(B1 - A1) - (B2 - A2)"], comparison.Decision.Audit.Contrasts);
        Assert.All(comparison.Shapes, shape => Assert.Equal(ShapeVerdict.Same, shape.Decision.Verdict));
        using var output = new MemoryStream();
        JsonReport.Write(comparison, output);
        using var json = JsonDocument.Parse(output.ToArray());
        Assert.Equal(("interleaved", 0.25), (json.RootElement.GetProperty("design").GetString(), json.RootElement.GetProperty("slice_seconds").GetDouble()));
    }

    [Fact]
    public void WhatProductionHadOnTheWireAtABorderIsNotTimed()
    {
        // Slices of 250.2 ms of the captured time: borders at 250.2, 500.4, ... lie within 400 us of an exchange that began up to 400 us before.
        using var campaign = new SyntheticCampaign(SyntheticCampaign.Ordinary(), manifest: (label, manifest) => InTurn(manifest, label[1] == '1' ? One : Two, 125_100) with { Speed = "2" });
        var borders = Enumerable.Range(1, 23).Count(i => i * 250_200 % 1000 is > 0 and <= 400);
        Assert.Equal(borders, campaign.Compare().ByEligibility[(int)Eligibility.AtBorder]);
        Assert.True(borders > 5);
    }

    [Fact]
    public void RunsThatWereAskedForOtherKnobsAreNotCompared()
    {
        // What came of them may differ.
        using var same = new SyntheticCampaign(SyntheticCampaign.Ordinary(), manifest: static (label, manifest) => manifest with { Knobs = new RunKnobs { Concurrency = 4, AdmissionWaits = label.Length + label[1] } });
        Assert.NotEmpty(same.Compare().Shapes);
        using var mixed = new SyntheticCampaign(SyntheticCampaign.Ordinary(), manifest: static (label, manifest) => label == "B2" ? manifest with { Knobs = new RunKnobs { Writes = "skip" } } : manifest);
        var refusal = Assert.Throws<ComparisonException>(() => mixed.Compare()).Message;
        Assert.Contains("writes keep", refusal, StringComparison.Ordinal);
        Assert.Contains("--writes", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void AfterTheSeamOfOneRunNoneIsTimedForAWhile()
    {
        using var campaign = new SyntheticCampaign(
            SyntheticCampaign.Ordinary(),
            manifest: static (label, manifest) => label == "B2" ? manifest with { Seams = [new RunSeam { AtMicroseconds = 2_000_000, ComparedFromMicroseconds = 2_250_000 }] } : manifest);
        var comparison = campaign.Compare();
        Assert.Equal(250, comparison.ByEligibility[(int)Eligibility.WarmUp]);
        Assert.Equal(5_750, comparison.ByEligibility[(int)Eligibility.Compared]);
    }

    [Fact]
    public void WarmUpIsNotTimedAndHasToBeThatOfAllRuns()
    {
        // Exchanges are asked for at 0, 1000, 2000 ... us.
        using var campaign = new SyntheticCampaign(SyntheticCampaign.Ordinary(), manifest: static (_, manifest) => manifest with { Schedule = "absolute, warm-up 1.5 s", ComparedFromMicroseconds = 1_500_000 });
        var comparison = campaign.Compare();
        Assert.Equal(1_500, comparison.ByEligibility[(int)Eligibility.WarmUp]);
        Assert.Equal(4_500, comparison.ByEligibility[(int)Eligibility.Compared]);

        using var mixed = new SyntheticCampaign(SyntheticCampaign.Ordinary(), manifest: static (label, manifest) => label == "B2" ? manifest with { Schedule = "think-time" } : manifest);
        Assert.Contains("schedule", Assert.Throws<ComparisonException>(() => mixed.Compare()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RunsWithoutTheirPartnersAreTakenForASequence()
    {
        using var campaign = new SyntheticCampaign(SyntheticCampaign.Ordinary(), manifest: (label, manifest) => InTurn(manifest, label[0] == 'A' ? One : Two));
        var comparison = campaign.Compare();
        Assert.False(comparison.Decision.Design.IsInterleaved);
        Assert.Contains(comparison.Warnings, warning => warning.Contains("not all of them with one another", StringComparison.Ordinal));
    }

    [Fact]
    public void ASequenceIsNotComparedWithRunsInTurn()
    {
        using var campaign = new SyntheticCampaign(SyntheticCampaign.Ordinary(), manifest: (label, manifest) => label == "B2" ? manifest : InTurn(manifest, One));
        Assert.Contains("design", Assert.Throws<ComparisonException>(() => campaign.Compare()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OnePairSaysHowLittleItIs()
    {
        using var campaign = new SyntheticCampaign(SyntheticCampaign.Ordinary(), ["A1", "B1"], manifest: (_, manifest) => InTurn(manifest, One));
        Assert.Contains(campaign.Compare().Warnings, warning => warning.StartsWith("ONE PAIR OF RUNS", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(10, 9)] // fewer slices than blocks: each is one
    [InlineData(1000, 47)]
    public void BlocksAreWholeSlices(int slices, int last)
    {
        var grid = new SliceGrid(5_000, 100, 5_000 + (slices * 100) - 1);
        Assert.Equal((0, 0, last), (grid.BlockOf(4_000), grid.BlockOf(5_099), grid.BlockOf(5_000 + (slices * 100) - 1)));
        for (var slice = 0; slice < slices; slice++)
        {
            Assert.Equal(grid.BlockOf(5_000 + (slice * 100)), grid.BlockOf(5_099 + (slice * 100)));
        }
    }

    private static RunManifest InTurn(RunManifest manifest, Guid pair, long length = 250_000) =>
        manifest with { Slices = new RunSlices { Pair = pair, LengthMicroseconds = length, GoesFirst = true } };
}
