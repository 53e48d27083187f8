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

    [Theory]
    [InlineData("1.50", false)]
    [InlineData("1.51", true)]
    public void AnotherFormIsNoDivergence(string now, bool differs)
    {
        var counts = RecordRows(now, isNormal: true, out var outcome);
        Assert.Equal(differs ? 1 : 0, counts.ValueDifferences);
        Assert.Equal(differs, outcome.Form == 0);
        Assert.Equal(RunReason.None, outcome.Reason);
    }

    [Fact]
    public void WhereTheCapturedFormIsNotKnownTheWireCounts() => Assert.Equal(1, RecordRows("1.50", isNormal: false, out _).ValueDifferences);

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public void SamplesAreKeptIfValuesMayBe(bool isSample, bool keeps, bool expected)
    {
        using var folder = new TempFolder("recorder");
        using var writer = RunWriter.Create(folder.File("a.run"), new RunManifest(), 1);
        var recorder = new OutcomeRecorder(writer, shapes: 1) { KeepsSamples = keeps };
        var exchange = Exchange.Empty;
        (exchange.Rows, exchange.Flags) = (2, Whole);
        exchange.Values = new byte[] { 1, 2, 49, 1, 2, 50 };
        var planned = new PlannedExchange { Flags = Whole, Rows = 2, Affected = RunOutcome.NoCount, IsSample = isSample };
        recorder.Replayed(new SentExchange { Planned = planned, DueMicroseconds = Pacer.AtOnce }, exchange);
        Assert.Equal(expected, (writer.Get(0).Flags & RunFlags.HasValues) != 0);
    }

    [Theory]
    [InlineData(999, 1, 0)]
    [InlineData(1_000, 0, 1)]
    public void WarmUpHasNoLagInTheCertificateAndIsCounted(long requestedAt, long warmedUp, long lags)
    {
        using var folder = new TempFolder("recorder");
        using var writer = RunWriter.Create(folder.File("a.run"), new RunManifest(), 1);
        using var dues = DueFile.Create(folder.Path, 1);
        dues.StartMicroseconds = 7_000;
        var recorder = new OutcomeRecorder(writer, shapes: 1) { ComparedFromMicroseconds = 1_000, Dues = dues };
        var exchange = Exchange.Empty;
        (exchange.RequestedAtMicroseconds, exchange.Flags) = (7_900, Whole);
        recorder.Replayed(new SentExchange { Planned = new PlannedExchange { Flags = Whole, RequestedAtMicroseconds = requestedAt }, DueMicroseconds = 7_500, PredecessorEndedMicroseconds = long.MinValue, OrderReadyMicroseconds = long.MinValue }, exchange);
        Assert.Equal((warmedUp, lags, 1), (recorder.WarmedUp, recorder.OwnLag.Count, recorder.Counts.Replayed));
        Assert.Equal(7_500, dues.Get(0));
        Assert.Equal(7_500, recorder.Counts.LastDueMicroseconds);
    }

    // Production answered 1.5.
    private static OutcomeCounts RecordRows(string now, bool isNormal, out RunOutcome outcome)
    {
        using var folder = new TempFolder("recorder");
        using var writer = RunWriter.Create(folder.File("a.run"), new RunManifest(), 1);
        var recorder = new OutcomeRecorder(writer, shapes: 1);
        var before = HashOf("1.5");
        var after = HashOf(now);
        const ExchangeFlags Normal = Whole | ExchangeFlags.Hashed | ExchangeFlags.NormalHashed;
        var planned = new PlannedExchange
        {
            Flags = isNormal ? Normal : Normal & ~ExchangeFlags.NormalHashed,
            Rows = 1,
            Affected = RunOutcome.NoCount,
            SetHash = (uint)before.SetHash,
            NormalSetHash = before.NormalSetHash,
        };
        var exchange = Exchange.Empty;
        (exchange.Rows, exchange.SetHash, exchange.NormalSetHash) = (1, after.SetHash, after.NormalSetHash);
        exchange.Flags = Normal | (after.HasOtherForm ? ExchangeFlags.OtherForm : 0);
        recorder.Replayed(new SentExchange { Planned = planned, DueMicroseconds = Pacer.AtOnce }, exchange);
        outcome = writer.Get(0);
        return recorder.Counts;
    }

    private static RowHasher HashOf(string value)
    {
        var hasher = default(RowHasher);
        hasher.Reset();
        hasher.BeginRow();
        hasher.AppendValue(System.Text.Encoding.ASCII.GetBytes(value), ValueForm.Exact);
        hasher.EndRow();
        return hasher;
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
