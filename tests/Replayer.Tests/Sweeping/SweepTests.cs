using System.Text.Json;
using Replay.Client;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class SweepTests : IDisposable
{
    private readonly TempFolder _folder = new("sweep");
    private readonly WorkloadReader _workload;
    private int _runs;

    public SweepTests()
    {
        using (var maker = new WorkloadMaker(_folder.File("w.workload")))
        {
            maker.Add(WorkloadMaker.Session(1));
            for (var i = 0; i < 100; i++)
            {
                maker.Add(1, i * 1000, (i * 1000) + 500);
            }
        }

        _workload = WorkloadReader.Open(_folder.File("w.workload"));
    }

    public void Dispose()
    {
        _workload.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void StepsRise()
    {
        Assert.Equal([("0.5", 0.5), ("2", 2), ("max", double.PositiveInfinity)], SweepStep.Parse(SweepKind.Rate, "0.5, 2,max").Select(static s => (s.Text, s.Level)));
        Assert.Equal([1.0, 8], SweepStep.Parse(SweepKind.Concurrency, "1,8").Select(static s => s.Level));
    }

    [Theory]
    [InlineData(SweepKind.Rate, "1,1", "each step has to be higher")]
    [InlineData(SweepKind.Rate, "max,2", "each step has to be higher")]
    [InlineData(SweepKind.Rate, "1,fast", "--rates fast: expected")]
    [InlineData(SweepKind.Rate, "", "--rates : expected")]
    [InlineData(SweepKind.Concurrency, "0", "--concurrency 0: expected")]
    [InlineData(SweepKind.Concurrency, "1,max", "--concurrency max: expected")]
    public void OtherStepsAreRefused(SweepKind kind, string text, string says) =>
        Assert.Contains(says, Assert.Throws<CommandException>(() => SweepStep.Parse(kind, text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("p99<20", true)] // seconds
    [InlineData("p99<21ms", true)]
    [InlineData("p99<19ms", false)]
    [InlineData("p50<2ms", true)]
    [InlineData("p50 < 2ms, p95<19ms", true)]
    [InlineData("p50<2ms,p98<19ms", false)]
    [InlineData("errors<1.5%", true)]
    [InlineData("errors<0.5%", false)]
    public void TimesCountFromWhenTheyWereDue(string objective, bool isMet) =>
        Assert.Equal(isMet, SweepObjective.Parse(objective).IsMetBy(Measure(latencyMicroseconds: 1000, lateMicroseconds: 19_000, late: 3, newErrors: 1)));

    [Theory]
    [InlineData("p99")]
    [InlineData("p99<many")]
    [InlineData("p100<1s")]
    [InlineData("q50<1s")]
    [InlineData("errors<1")]
    [InlineData("p50<1s,")]
    public void OtherObjectivesAreRefused(string text) => Assert.Throws<CommandException>(() => SweepObjective.Parse(text));

    [Fact]
    public void WhatAStepMeasuredIsReadFromItsRun()
    {
        var measure = Measure(latencyMicroseconds: 1000, lateMicroseconds: 19_000, late: 3, newErrors: 2, failed: 1, preRolled: 10);
        Assert.Equal((89, 89.0, 2, 1), (measure.Exchanges, measure.PerSecond, measure.NewErrors, measure.Failed));
        Assert.Equal(3.0 / 90, measure.ErrorShare, 6);
        Assert.Equal((89, 89), (measure.Latency.Count, measure.Response.Count));
        Assert.InRange(measure.Latency.Quantile(0.99), 990, 1010);
        Assert.InRange(measure.Response.Quantile(0.99), 19_800, 20_200);
        Assert.InRange(measure.Response.Quantile(0.5), 990, 1010);
    }

    [Fact]
    public void WarmUpHasNoTimes()
    {
        var measure = Measure(comparedFrom: WorkloadMaker.Base + 40_000);
        Assert.Equal((100, 60), (measure.Exchanges, measure.Latency.Count));
    }

    [Theory]
    [InlineData("", false, false)]
    [InlineData("rate", true, false)]
    [InlineData("own_lag", false, true)]
    [InlineData("rate own_lag", true, true)]
    public void AScheduleThatWasNotKeptIsTheTargetsLimitAndNothingElseIs(string gates, bool isSaturated, bool isUnfit)
    {
        var measure = Measure(gates: gates);
        Assert.Equal((isSaturated, isUnfit), (measure.IsSaturated, measure.IsUnfit));
        Assert.Equal(isUnfit ? null : !isSaturated, SweepSide.Meets(measure, SweepObjective.Parse("p99<1s")));
    }

    // m: met, s: too slow, u: unfit, k: not kept up.
    [Theory]
    [InlineData("mms", "2", ExitCode.Done)]
    [InlineData("mum", "4", ExitCode.Done)]
    [InlineData("msm", "1", ExitCode.Done)]
    [InlineData("mku", "1", ExitCode.Done)]
    [InlineData("sss", null, ExitCode.No)]
    [InlineData("kkk", null, ExitCode.No)]
    [InlineData("uss", null, ExitCode.Undecided)]
    [InlineData("uuu", null, ExitCode.Undecided)]
    public void TheHighestThatMeetsHasNoneBelowThatDoesNot(string steps, string? highest, int status)
    {
        var options = Swept(steps);
        Assert.Equal((highest, status), (options.Sides[0].Highest(options.Objective!)?.Text, SweepVerdict.ExitStatus(options)));
        Assert.Equal(steps == "uuu", options.Sides[0].Best is null);
        Assert.Equal(ExitCode.Done, SweepVerdict.ExitStatus(options with { Objective = null }));
    }

    [Theory]
    [InlineData("mms", "mms", ExitCode.Done)]
    [InlineData("mms", "mmm", ExitCode.Done)]
    [InlineData("mms", "mss", ExitCode.No)]
    [InlineData("mms", "mus", ExitCode.Undecided)]
    [InlineData("mms", "umm", ExitCode.Done)]
    [InlineData("mms", "usm", ExitCode.No)]
    [InlineData("sss", "mss", ExitCode.Done)]
    [InlineData("sss", "sss", ExitCode.No)]
    [InlineData("uss", "mss", ExitCode.Done)]
    [InlineData("uss", "sss", ExitCode.Undecided)]
    [InlineData("uuu", "mms", ExitCode.Undecided)]
    [InlineData("uuu", "mmm", ExitCode.Done)]
    [InlineData("ums", "sss", ExitCode.No)]
    public void TheNewServerHasToMeetItWhereTheOldOneDoes(string old, string fresh, int status) => Assert.Equal(status, SweepVerdict.ExitStatus(Swept(old, fresh)));

    [Fact]
    public void OldStandsBesideNew()
    {
        var options = Swept("mms", "mku");
        using var text = new StringWriter();
        SweepReport.Print(text, options);
        var lines = text.ToString().Split('\n').Select(static line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToList();
        Assert.Equal("2 | baseline | 100 | 997 us | 997 us | 997 us | 997 us | 0 | met", lines[3]); // histograms are within 0.5 %
        Assert.EndsWith("| not kept up", lines[4], StringComparison.Ordinal);
        Assert.EndsWith("| unfit", lines[6], StringComparison.Ordinal);
        Assert.Contains("baseline most at 1, 100 a second; p99<10ms is met up to 2", lines);
        Assert.Contains("unfit candidate at 4: own_lag was not kept", lines);

        using var json = JsonDocument.Parse(SweepDocument.Write(options));
        var candidate = json.RootElement.GetProperty("servers")[1];
        Assert.Equal(("candidate", "1"), (candidate.GetProperty("name").GetString(), candidate.GetProperty("highest_met").GetString()));
        var steps = candidate.GetProperty("steps");
        Assert.Equal([true, true, false], steps.EnumerateArray().Select(static s => s.GetProperty("fit").GetBoolean()));
        Assert.Equal([true, false, true], steps.EnumerateArray().Select(static s => s.GetProperty("kept_up").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, steps[2].GetProperty("met").ValueKind);
        Assert.InRange(steps[0].GetProperty("from_due_us").GetProperty("p99").GetDouble(), 990, 1010);
    }

    [Fact]
    public void AStepIsARunWithFurtherOptions()
    {
        var options = Swept("mms") with { RunArguments = ["--peak", "10m", "--explain", "5"], Quiet = true };
        var rate = SweepRunner.ArgumentsOf(options, options.Sides[0], options.Steps[1], "A-2.run");
        Assert.Equal($"run {_workload.Folder} --target postgres://app@old:5432/shop --out A-2.run --speed 2 --peak 10m --explain 5 --force source --tools /t --quiet", string.Join(' ', rate));
        var concurrency = SweepRunner.ArgumentsOf(options, options.Sides[0], new SweepStep(SweepKind.Concurrency, "8", 8), "A-8.run");
        Assert.Contains("--concurrency 8 --speed max --peak", string.Join(' ', concurrency), StringComparison.Ordinal);
        concurrency = SweepRunner.ArgumentsOf(options with { RunArguments = ["--speed=2"] }, options.Sides[0], new SweepStep(SweepKind.Concurrency, "8", 8), "A-8.run");
        Assert.Contains("--concurrency 8 --explain 0 --speed=2", string.Join(' ', concurrency), StringComparison.Ordinal);
    }

    private SweepOptions Swept(params string[] sides)
    {
        var data = new FreshData { Workload = _workload.Folder, Target = TargetUrl.Parse("postgres://app@old:5432/shop"), Force = new HashSet<string>(["source"], StringComparer.Ordinal), Tools = ["/t"] };
        var steps = SweepStep.Parse(SweepKind.Rate, "1,2,4");
        var options = new SweepOptions
        {
            Workload = _workload.Folder,
            Sides = sides.Length == 1 ? [new SweepSide("target", 'A', data)] : [new SweepSide("baseline", 'A', data), new SweepSide("candidate", 'B', data)],
            Out = _folder.Path,
            Steps = steps,
            Objective = SweepObjective.Parse("p99<10ms"),
        };
        foreach (var (side, letters) in options.Sides.Zip(sides))
        {
            side.Steps.AddRange(steps.Zip(letters, (step, letter) => (step, Measure(latencyMicroseconds: letter == 's' ? 20_000 : 1000, gates: letter switch { 'u' => "own_lag", 'k' => "rate", _ => "" }))));
        }

        return options;
    }

    private SweepMeasure Measure(
        float latencyMicroseconds = 1000, double lateMicroseconds = 0, int late = 0, int newErrors = 0, int failed = 0, int preRolled = 0, string gates = "", long? comparedFrom = null)
    {
        var folder = _folder.File($"{_runs++}.run");
        var manifest = new RunManifest { ComparedFromMicroseconds = comparedFrom };
        using (var writer = RunWriter.Create(folder, manifest, 100))
        {
            for (var i = 0; i < 100; i++)
            {
                var outcome = new RunOutcome
                {
                    Status = i < failed ? RunStatus.Failed : RunStatus.Replayed,
                    Flags = i >= 100 - preRolled ? RunFlags.PreRoll : RunFlags.None,
                    LatencyMicroseconds = latencyMicroseconds,
                    LagCode = LogCode.Encode(i < failed + late ? lateMicroseconds : 0),
                };
                if (i < failed)
                {
                    outcome.Reason = RunReason.ConnectionLost;
                }

                writer.Set(i, in outcome);
            }

            writer.WriteDocument("certificate.json", $$"""{"against": { "new_errors": {{newErrors}} } }""");
            string[] missed = gates.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            writer.Complete(manifest with
            {
                PlayedMicroseconds = 1_000_000,
                FailedByReason = failed == 0 ? new Dictionary<string, long>() : new Dictionary<string, long> { ["connection_lost"] = failed },
                Fitness = new RunFitness { Fit = missed.Length == 0, Gates = missed, Reasons = [.. missed.Select(static g => $"{g} was not kept")] },
            });
        }

        return SweepMeasure.Read(folder, _workload);
    }
}
