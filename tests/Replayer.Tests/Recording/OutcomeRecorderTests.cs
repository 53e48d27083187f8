using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class OutcomeRecorderTests
{
    private const ExchangeFlags Whole = ExchangeFlags.Complete | ExchangeFlags.RequestComplete;

    [Theory]
    [InlineData(Whole, 28, 1)]
    [InlineData(Whole, 2854, 0)]
    [InlineData(ExchangeFlags.RequestComplete, 28, 0)] // its client was killed while it read: 28 of 2854 rows
    public void OnlyWholeResponsesAreComparedWithTheCapture(ExchangeFlags captured, uint rows, long differences)
    {
        var (counts, _) = Record(new PlannedExchange { Flags = captured, Rows = rows, Affected = RunOutcome.NoCount }, rows: 2854);
        Assert.Equal(differences, counts.CountDifferences);
        Assert.Equal(1, counts.Replayed);
    }

    [Theory]
    [InlineData(Whole | ExchangeFlags.SkippedAfterError, 1)]
    [InlineData(Whole, 0)]
    public void WhatBothServersSkippedIsCounted(ExchangeFlags captured, long asCaptured)
    {
        var (counts, status) = Record(new PlannedExchange { Flags = captured, Rows = RunOutcome.NoCount, Affected = RunOutcome.NoCount }, rows: -1, Whole | ExchangeFlags.SkippedAfterError);
        Assert.Equal((asCaptured, RunStatus.Skipped), (counts.SkippedAsCaptured, status));
    }

    private static (OutcomeCounts Counts, RunStatus Status) Record(PlannedExchange planned, long rows, ExchangeFlags flags = Whole)
    {
        using var folder = new TempFolder("recorder");
        using var writer = RunWriter.Create(folder.File("a.run"), new RunManifest(), 1);
        var recorder = new OutcomeRecorder(writer, shapes: 1);
        var exchange = Exchange.Empty;
        (exchange.Rows, exchange.Flags) = (rows, flags);
        recorder.Replayed(new SentExchange { Planned = planned, DueMicroseconds = Pacer.AtOnce }, exchange);
        return (recorder.Counts, recorder.Counts.Skipped == 1 ? RunStatus.Skipped : RunStatus.Replayed);
    }
}
