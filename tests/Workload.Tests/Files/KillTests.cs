using Replay.TestKit;

namespace Replay.Workload.Tests;

public sealed class KillTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(57)]
    [InlineData(400)]
    [InlineData(1789)]
    public void A_killed_writer_leaves_all_that_it_had_flushed(int lines)
    {
        using var folder = new TempFolder();
        var flushed = KilledWriter.Run(Program.WriteWorkload, folder.File("w"), lines);

        using var reader = WorkloadReader.Open(folder.File("w"));
        Assert.Null(reader.Manifest.CompletedAt);
        Assert.InRange(reader.ExchangeCount, flushed, flushed + 100_000);
        using var cursor = reader.Read();
        for (var i = 0; i < reader.ExchangeCount; i++)
        {
            Assert.True(cursor.MoveNext());
            ExchangeCopy.AssertSame(SampleWorkload.ExchangeAt(i), cursor.Current, $"position {i}");
        }

        Assert.False(cursor.MoveNext());
        Assert.Equal(Enumerable.Range(1, 1 + (int)((reader.ExchangeCount - 1) / 100)), reader.Sessions.Select(s => s.Number));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    public void A_killed_run_keeps_every_outcome_that_was_set(int lines)
    {
        using var folder = new TempFolder();
        var set = KilledWriter.Run(Program.WriteRun, folder.File("r"), lines);

        using var reader = RunReader.Open(folder.File("r"));
        Assert.Null(reader.Manifest.EndedAt);
        var outcomes = new RunOutcome[reader.Count];
        reader.Read(0, outcomes);
        var reached = Array.FindIndex(outcomes, o => o.Status == RunStatus.NotReached);
        Assert.InRange(reached, set, Program.RunExchanges);
        for (var i = 0; i < reached; i++)
        {
            Assert.Equal(RunSample.OutcomeAt(i), outcomes[i]);
        }

        Assert.All(outcomes[reached..], o => Assert.Equal(RunStatus.NotReached, o.Status));
    }
}
