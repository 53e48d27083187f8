using System.Collections.Concurrent;
using System.Text;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Writes outcomes into the run and counts them. No allocation for an exchange that went as in the capture.</summary>
public sealed partial class OutcomeRecorder : IOutcomeRecorder
{
    /// <summary>The most error texts kept in a run: 100,000. Codes are kept for all.</summary>
    public const int MaxErrorTexts = 100_000;

    /// <summary>The most differing responses per shape whose values are kept: 20.</summary>
    public const int MaxValuesPerShape = 20;

    /// <summary>The most bytes of values kept in a run: 256 MiB.</summary>
    public const long MaxValueBytes = 256L << 20;

    /// <summary>The most different warnings: 200; further ones are not told.</summary>
    public const int MaxWarnings = 200;

    private readonly RunWriter _writer;
    private readonly ConcurrentDictionary<ulong, ushort> _codes = new();
    private readonly ConcurrentDictionary<string, int> _warnings = new(StringComparer.Ordinal);
    private readonly int[] _valuesKept;
    private long _errorTexts;
    private long _valueBytes;
    private long _warmedUp;

    /// <summary>A recorder into <paramref name="writer"/>.</summary>
    public OutcomeRecorder(RunWriter writer, int shapes)
    {
        _writer = writer;
        _valuesKept = new int[shapes];
        Shapes = new ShapeTimes(shapes);
        Responses = new ShapeResponses(shapes);
    }

    /// <summary>What became of how many.</summary>
    public OutcomeCounts Counts { get; } = new();

    /// <summary>Whether rows are kept that are the captured ones (<see cref="PlannedExchange.IsSample"/>), so that two runs can be compared row by row.</summary>
    public bool KeepsSamples { get; init; }

    /// <summary>Where replayed exchanges are noted to be joined with packets; null if the run is measured by the client.</summary>
    public WireJournal? Journal { get; set; }

    /// <summary>Where due times are noted that run.json does not tell; null if it does.</summary>
    public DueFile? Dues { get; set; }

    /// <summary>What was asked before this moment of the workload's clock is warm-up: no part of lag and of where the time went.</summary>
    public long ComparedFromMicroseconds { get; set; } = long.MinValue;

    /// <summary>Exchanges replayed on the schedule that are warm-up.</summary>
    public long WarmedUp => Volatile.Read(ref _warmedUp);

    /// <summary>Errors that say that a statement took too long; null if there is no such limit (<c>--statement-timeout</c>).</summary>
    public IReadOnlySet<ulong>? TimeoutCodes { get; set; }

    /// <summary>Where the time went, by shape.</summary>
    public ShapeTimes Shapes { get; }

    /// <summary>Columns and warnings, by shape.</summary>
    public ShapeResponses Responses { get; }

    /// <summary>The replayer's own lag.</summary>
    public LagHistogram OwnLag { get; } = new();

    /// <summary>Lag that came from slow predecessors.</summary>
    public LagHistogram InheritedLag { get; } = new();

    /// <summary>Rate and concurrency over time.</summary>
    public RunSeries Series { get; } = new();

    /// <summary>Pauses of the replayer itself, since the schedule's beginning.</summary>
    public CollectionPauses Pauses { get; set; } = new();

    /// <summary>Warnings with how often each came.</summary>
    public IReadOnlyList<string> Warnings =>
        [.. _warnings.OrderByDescending(w => w.Value).ThenBy(w => w.Key, StringComparer.Ordinal).Select(w => w.Value == 1 ? w.Key : $"{w.Key} ({w.Value} times)")];

    /// <summary>Whether the run is resumed: an outcome that is there stays, and what is sent again is not counted.</summary>
    public bool IsResumed { get; init; }

    /// <inheritdoc/>
    public void Replayed(in SentExchange sent, in Exchange exchange)
    {
        ref readonly var planned = ref sent.Planned;
        if (HasOutcome(planned.Position))
        {
            return;
        }

        var skippedByServer = (exchange.Flags & ExchangeFlags.SkippedAfterError) != 0;
        var isPreRoll = planned.Verdict == PlayVerdict.PreRoll || planned.IsUntimed;
        var isNormal = (exchange.Flags & ExchangeFlags.NormalHashed) != 0;
        var lag = Lag.Of(sent.DueMicroseconds, sent.PredecessorEndedMicroseconds, sent.OrderReadyMicroseconds, sent.Attempts > 0 ? sent.FirstSentMicroseconds : exchange.RequestedAtMicroseconds, sent.AdmittedMicroseconds);
        var outcome = new RunOutcome
        {
            Status = skippedByServer ? RunStatus.Skipped : RunStatus.Replayed,
            Reason = skippedByServer ? RunReason.SkippedAfterError : RunReason.None,
            TransactionState = exchange.TransactionState,
            LatencyMicroseconds = isPreRoll ? float.NaN : exchange.LatencyMicroseconds ?? float.NaN,
            FirstByteCode = LogCode.Encode(exchange.FirstByteMicroseconds ?? 0),
            LagCode = LogCode.Encode(lag.TotalMicroseconds),
            OrderWaitCode = LogCode.Encode(lag.OrderMicroseconds),
            ErrorCode = exchange.Failed ? CodeOf(exchange.ErrorCode) : (ushort)0,
            Rows = RunOutcome.Count(exchange.Rows),
            Affected = RunOutcome.Count(exchange.Affected),
            SetHash = isNormal ? exchange.NormalSetHash : (uint)exchange.SetHash,
            SequenceHash = isNormal ? exchange.NormalSequenceHash : (uint)exchange.SequenceHash,
            Flags = (isPreRoll ? RunFlags.PreRoll : RunFlags.None)
                | ((exchange.Flags & ExchangeFlags.Hashed) != 0 ? RunFlags.Hashed : RunFlags.None)
                | (sent.IsOutOfOrder ? RunFlags.OrderViolated : RunFlags.None)
                | (sent.Attempts > 0 ? RunFlags.Retried : RunFlags.None)
                | (lag.IsInherited ? RunFlags.LagInherited : RunFlags.None)
                | (Pauses.Disturbed(sent.Collections, planned.CapturedMicroseconds) ? RunFlags.Disturbed : RunFlags.None),
        };
        if (!skippedByServer)
        {
            outcome.Form = RunOutcome.FormOf(in exchange);
        }

        if (skippedByServer && (planned.Flags & ExchangeFlags.SkippedAfterError) != 0)
        {
            Counts.SawSkippedAsCaptured();
        }

        if (!skippedByServer && !exchange.Failed)
        {
            Responses.Add(planned.Shape, in exchange);
        }

        if (exchange.Failed && TimeoutCodes?.Contains(ErrorCodes.Pack(exchange.ErrorCode)) == true)
        {
            Counts.SawStatementTimeout();
        }

        if (Diverges(in planned, in exchange))
        {
            KeepDivergence(in planned, in exchange, ref outcome);
        }
        else if (planned.IsSample && KeepsSamples && !skippedByServer)
        {
            KeepValues(in planned, in exchange, ref outcome);
        }

        _writer.Set(planned.Position, in outcome);
        Journal?.Add(new WireEntry { Port = sent.Port, Ordinal = exchange.Ordinal, Position = planned.Position, EndedAtMicroseconds = exchange.EndedAtMicroseconds, Outcome = outcome });
        Counts.Add(in outcome);
        if (sent.DueMicroseconds != Pacer.AtOnce)
        {
            Dues?.Set(planned.Position, sent.DueMicroseconds);
        }

        if (isPreRoll || skippedByServer)
        {
            return;
        }

        Series.Add(
            sent.DueMicroseconds, sent.Attempts > 0 ? sent.FirstSentMicroseconds : exchange.RequestedAtMicroseconds, Math.Max(0, exchange.EndedAtMicroseconds - exchange.StartedAtMicroseconds),
            planned.RequestedAtMicroseconds, planned.CapturedMicroseconds, lag.OwnMicroseconds);
        if (planned.RequestedAtMicroseconds < ComparedFromMicroseconds)
        {
            Interlocked.Increment(ref _warmedUp);
            CountSchedule(in sent, in lag);
        }
        else
        {
            Shapes.Add(planned.Shape, planned.Position, exchange.LatencyMicroseconds ?? 0);
            CountLag(in sent, in lag);
        }
    }

    /// <inheritdoc/>
    public void Skipped(in PlannedExchange planned, RunReason reason) => SetUnplayed(planned.Position, RunStatus.Skipped, reason);

    /// <inheritdoc/>
    public void Failed(in PlannedExchange planned, RunReason reason) => SetUnplayed(planned.Position, RunStatus.Failed, reason);

    /// <inheritdoc/>
    public void Warn(string what)
    {
        if (_warnings.ContainsKey(what) || _warnings.Count < MaxWarnings)
        {
            _warnings.AddOrUpdate(what, 1, static (_, n) => n + 1);
        }
    }

    private void SetUnplayed(long position, RunStatus status, RunReason reason)
    {
        if (HasOutcome(position))
        {
            return;
        }

        var outcome = new RunOutcome
        {
            Status = status,
            Reason = reason,
            LatencyMicroseconds = float.NaN,
            Rows = RunOutcome.NoCount,
            Affected = RunOutcome.NoCount,
        };
        _writer.Set(position, in outcome);
        Counts.Add(in outcome);
    }

    private void CountLag(in SentExchange sent, in Lag lag)
    {
        if (sent.DueMicroseconds == Pacer.AtOnce)
        {
            return;
        }

        OwnLag.Add(lag.OwnMicroseconds);
        if (lag.IsInherited)
        {
            InheritedLag.Add(lag.InheritedMicroseconds);
        }

        CountSchedule(in sent, in lag);
    }

    private void CountSchedule(in SentExchange sent, in Lag lag)
    {
        if (sent.DueMicroseconds != Pacer.AtOnce)
        {
            Counts.SawSchedule(sent.DueMicroseconds, sent.DueMicroseconds + lag.TotalMicroseconds);
        }
    }

    private bool Diverges(in PlannedExchange planned, in Exchange exchange)
    {
        if ((planned.Flags & ExchangeFlags.Complete) == 0)
        {
            // The client went away in the middle of the response, or packets were lost: what there is of it cannot be compared.
            return false;
        }

        var error = ErrorCodes.Pack(exchange.ErrorCode);
        if (error != planned.ErrorCode)
        {
            Counts.SawErrorDifference(isNew: error != 0);
            return true;
        }

        if (error != 0)
        {
            return false;
        }

        if (RunOutcome.Count(exchange.Rows) != planned.Rows || RunOutcome.Count(exchange.Affected) != planned.Affected)
        {
            Counts.SawCountDifference();
            return true;
        }

        var both = planned.Flags & exchange.Flags;
        var isEqual = (both & ExchangeFlags.Hashed) == 0 || (uint)exchange.SetHash == planned.SetHash
            || ((both & ExchangeFlags.NormalHashed) != 0 && exchange.NormalSetHash == planned.NormalSetHash);
        if (!isEqual)
        {
            Counts.SawValueDifference();
            return true;
        }

        return false;
    }

    private void KeepDivergence(in PlannedExchange planned, in Exchange exchange, ref RunOutcome outcome)
    {
        var shape = (uint)planned.Shape;
        if (exchange.Failed && Interlocked.Increment(ref _errorTexts) <= MaxErrorTexts)
        {
            KeepError(planned.Position, in exchange);
        }
        else if (shape < (uint)_valuesKept.Length && Interlocked.Increment(ref _valuesKept[shape]) <= MaxValuesPerShape)
        {
            KeepValues(in planned, in exchange, ref outcome);
        }
    }

    // Outcomes have their space already; if the disk is full only what explains them is lost.
    private void KeepError(long position, in Exchange exchange)
    {
        try
        {
            _writer.WriteError(position, Encoding.ASCII.GetString(exchange.ErrorCode), Encoding.UTF8.GetString(exchange.ErrorMessage));
        }
        catch (WorkloadException e)
        {
            Warn($"errors and values are not kept any more: {e.Message}");
        }
    }

    private void KeepValues(in PlannedExchange planned, in Exchange exchange, ref RunOutcome outcome)
    {
        if (exchange.Values.IsEmpty)
        {
            return;
        }

        if (Interlocked.Add(ref _valueBytes, exchange.Values.Length) > MaxValueBytes)
        {
            Warn("values of a response are not kept, because the run has 256 MiB of them: if it differs, its rows cannot be named");
            return;
        }

        try
        {
            _writer.WriteValues(planned.Position, exchange.Columns, exchange.Values, exchange.ColumnHashes);
            outcome.Flags |= RunFlags.HasValues;
        }
        catch (WorkloadException e)
        {
            Warn($"errors and values are not kept any more: {e.Message}");
        }
    }

    private ushort CodeOf(ReadOnlySpan<byte> code)
    {
        var packed = ErrorCodes.Pack(code);
        return _codes.TryGetValue(packed, out var index) ? index : _codes.GetOrAdd(packed, p => _writer.AddErrorCode(ErrorCodes.Unpack(p)));
    }
}
