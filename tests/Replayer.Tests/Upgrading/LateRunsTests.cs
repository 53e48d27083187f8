using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class LateRunsTests : IDisposable
{
    private readonly TempFolder _folder = new("late");
    private readonly Progress _progress = new(TextWriter.Null, quiet: true, isTerminal: false, TimeProvider.System);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ARunThatIsUnfitForOwnLagAloneMovesAsideForAnother()
    {
        var late = new LateRuns(allowed: 2, _progress);
        Assert.True(late.IsToRepeat(Played("B1.run", "own_lag")));
        Assert.True(late.IsRepeating);
        Assert.Contains("B1-late1.run", late.Remark, StringComparison.Ordinal);
        Assert.Contains("own_lag was not kept", late.Remark, StringComparison.Ordinal);
        Assert.True(late.IsToRepeat(Played("B1.run", "own_lag")));
        Assert.False(late.IsToRepeat(Played("B1.run")));
        Assert.False(late.IsRepeating);
        Assert.Equal(["B1-late1.run", "B1-late2.run", "B1.run"], Directory.GetDirectories(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void NoMoreAreRepeatedThanAllowed()
    {
        var late = new LateRuns(allowed: 1, _progress);
        Assert.True(late.IsToRepeat(Played("A1.run", "own_lag")));
        Assert.False(late.IsToRepeat(Played("A1.run", "own_lag")));
        Assert.Null(late.Remark);
        Assert.False(late.IsToRepeat(Played("B1.run", "own_lag")));
        Assert.False(new LateRuns(allowed: 0, _progress).IsToRepeat(Played("B2.run", "own_lag")));
    }

    [Theory]
    [InlineData("rate")]
    [InlineData("cpu")]
    [InlineData("replayed")]
    [InlineData("own_lag rate")]
    public void WhatTheTargetMayHaveDoneIsNotTriedAgain(string gates) => Assert.False(new LateRuns(allowed: 2, _progress).IsToRepeat(Played("A1.run", gates)));

    [Theory]
    [InlineData("own_lag", "", true)]
    [InlineData("", "own_lag", true)]
    [InlineData("own_lag", "rate", false)]
    [InlineData("", "", false)]
    public void APairIsPlayedAgainTogether(string first, string second, bool again)
    {
        var late = new LateRuns(allowed: 2, _progress);
        Assert.Equal(again, late.IsToRepeat(Played("A1.run", first), Played("B1.run", second)));
        Assert.Equal(again, Directory.Exists(_folder.File("A1-late1.run")) && Directory.Exists(_folder.File("B1-late1.run")));
    }

    private string Played(string name, string gates = "")
    {
        var folder = _folder.File(name);
        var manifest = new RunManifest();
        using var writer = RunWriter.Create(folder, manifest, 1);
        string[] missed = gates.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        writer.Complete(manifest with { Fitness = new RunFitness { Fit = missed.Length == 0, Gates = missed, Reasons = [.. missed.Select(g => $"{g} was not kept")] } });
        return folder;
    }
}
