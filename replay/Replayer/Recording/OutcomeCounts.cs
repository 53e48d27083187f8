using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What became of how many exchanges; filled by many threads at once.</summary>
public sealed class OutcomeCounts
{
    private readonly long[] _reasons = new long[256];
    private long _replayed;
    private long _skipped;
    private long _failed;
    private long _again;
    private long _preRolled;
    private long _skippedAsCaptured;
    private long _errors;
    private long _newErrors;
    private long _goneErrors;
    private long _countDifferences;
    private long _valueDifferences;
    private long _statementTimeouts;
    private long _violations;
    private long _lastDue = long.MinValue;
    private long _lastSent = long.MinValue;

    /// <summary>Exchanges that had a response.</summary>
    public long Replayed => Volatile.Read(ref _replayed);

    /// <summary>Exchanges that were left out.</summary>
    public long Skipped => Volatile.Read(ref _skipped);

    /// <summary>Exchanges that had no response.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>All that has been dealt with.</summary>
    public long Done => Replayed + Skipped + Failed;

    /// <summary>Exchanges that were dealt with once more, before the seam of a run that is resumed; in no other number.</summary>
    public long Again => Volatile.Read(ref _again);

    /// <summary>Exchanges replayed in the pre-roll.</summary>
    public long PreRolled => Volatile.Read(ref _preRolled);

    /// <summary>Of the skipped: those that the target passed over after an error in their batch, as production's server had.</summary>
    public long SkippedAsCaptured => Volatile.Read(ref _skippedAsCaptured);

    /// <summary>Responses that carried an error.</summary>
    public long Errors => Volatile.Read(ref _errors);

    /// <summary>Responses with an error that the capture had not, or with another one.</summary>
    public long NewErrors => Volatile.Read(ref _newErrors);

    /// <summary>Responses without the error that the capture had.</summary>
    public long GoneErrors => Volatile.Read(ref _goneErrors);

    /// <summary>Responses whose rows or changed rows are another number than captured.</summary>
    public long CountDifferences => Volatile.Read(ref _countDifferences);

    /// <summary>Responses whose rows have other values than captured.</summary>
    public long ValueDifferences => Volatile.Read(ref _valueDifferences);

    /// <summary>Exchanges that were sent before one that they had to wait for by order had ended.</summary>
    public long Violations => Volatile.Read(ref _violations);

    /// <summary>The latest moment at which anything was due; <see cref="long.MinValue"/> if nothing was.</summary>
    public long LastDueMicroseconds => Volatile.Read(ref _lastDue);

    /// <summary>The latest moment at which anything that had a due time was sent; <see cref="long.MinValue"/> if nothing was.</summary>
    public long LastSentMicroseconds => Volatile.Read(ref _lastSent);

    /// <summary>Numbers by reason: of skipped ones, or of failed ones.</summary>
    public SortedDictionary<string, long> ByReason(bool failed)
    {
        var result = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var reason in Enum.GetValues<RunReason>())
        {
            var count = Volatile.Read(ref _reasons[(byte)reason]);
            if (reason != RunReason.None && count > 0 && (byte)reason >= 100 == failed)
            {
                result.Add(reason.Name(), count);
            }
        }

        return result;
    }

    /// <summary>How many were left out or failed for a reason.</summary>
    public long Of(RunReason reason) => Volatile.Read(ref _reasons[(byte)reason]);

    /// <summary>Exchanges left out because the user asked for a run without them.</summary>
    public long AskedFor => Enum.GetValues<RunReason>().Where(static r => r.IsAskedFor()).Sum(Of);

    /// <summary>Responses that say that the statement had taken longer than <c>--statement-timeout</c> allows.</summary>
    public long StatementTimeouts => Volatile.Read(ref _statementTimeouts);

    internal void Add(in RunOutcome outcome)
    {
        switch (outcome.Status)
        {
            case RunStatus.Replayed:
                Interlocked.Increment(ref _replayed);
                break;
            case RunStatus.Skipped:
                Interlocked.Increment(ref _skipped);
                break;
            case RunStatus.Failed:
                Interlocked.Increment(ref _failed);
                break;
        }

        if (outcome.Reason != RunReason.None)
        {
            Interlocked.Increment(ref _reasons[(byte)outcome.Reason]);
        }

        if (outcome.ErrorCode != 0)
        {
            Interlocked.Increment(ref _errors);
        }

        if ((outcome.Flags & RunFlags.OrderViolated) != 0)
        {
            Interlocked.Increment(ref _violations);
        }

        if ((outcome.Flags & RunFlags.PreRoll) != 0)
        {
            Interlocked.Increment(ref _preRolled);
        }
    }

    internal void SawAgain() => Interlocked.Increment(ref _again);

    internal void SawSkippedAsCaptured() => Interlocked.Increment(ref _skippedAsCaptured);

    internal void SawErrorDifference(bool isNew) => Interlocked.Increment(ref isNew ? ref _newErrors : ref _goneErrors);

    internal void SawCountDifference() => Interlocked.Increment(ref _countDifferences);

    internal void SawStatementTimeout() => Interlocked.Increment(ref _statementTimeouts);

    internal void SawValueDifference() => Interlocked.Increment(ref _valueDifferences);

    internal void SawSchedule(long dueMicroseconds, long sentMicroseconds)
    {
        Raise(ref _lastDue, dueMicroseconds);
        Raise(ref _lastSent, sentMicroseconds);
    }

    private static void Raise(ref long target, long value)
    {
        var old = Volatile.Read(ref target);
        while (value > old && Interlocked.CompareExchange(ref target, value, old) is var seen && seen != old)
        {
            old = seen;
        }
    }
}
