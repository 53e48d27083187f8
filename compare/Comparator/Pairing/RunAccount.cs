using Replay.Workload;

namespace Replay.Comparator;

/// <summary>What became of a run's exchanges, counted from its outcomes: captured = replayed + skipped (why) + failed (why).</summary>
public sealed class RunAccount
{
    private readonly long[] _byReason = new long[256];

    /// <summary>Exchanges with a response, errors included.</summary>
    public long Replayed { get; private set; }

    /// <summary>Exchanges left out; those that the run did not reach are among them.</summary>
    public long Skipped { get; private set; }

    /// <summary>Exchanges without a response.</summary>
    public long Failed { get; private set; }

    /// <summary>Exchanges that the run did not reach.</summary>
    public long NotReached { get; private set; }

    /// <summary>All.</summary>
    public long Captured => Replayed + Skipped + Failed;

    /// <summary>Responses that carry an error.</summary>
    public long Errors { get; private set; }

    /// <summary>Left out and failed by reason, largest first.</summary>
    public IReadOnlyList<(string Reason, long Count)> ByReason(bool failed)
    {
        var reasons = _byReason.Select((count, i) => (Reason: (RunReason)i, Count: count))
            .Where(one => one.Count > 0 && one.Reason >= RunReason.ConnectFailed == failed && one.Reason != RunReason.None)
            .Select(one => (one.Reason.Name(), one.Count)).ToList();
        if (!failed && NotReached > 0)
        {
            reasons.Add(("not_reached", NotReached));
        }

        return reasons.OrderByDescending(one => one.Item2).ThenBy(one => one.Item1, StringComparer.Ordinal).ToArray();
    }

    internal void Count(in RunOutcome outcome)
    {
        switch (outcome.Status)
        {
            case RunStatus.Replayed:
                Replayed++;
                Errors += outcome.ErrorCode != 0 ? 1 : 0;
                break;
            case RunStatus.Failed:
                Failed++;
                _byReason[(byte)outcome.Reason]++;
                break;
            case RunStatus.Skipped:
                Skipped++;
                _byReason[(byte)outcome.Reason]++;
                break;
            default:
                Skipped++;
                NotReached++;
                break;
        }
    }

    internal void AddReplayed(long count) => Replayed += count;

    internal void Add(RunAccount other)
    {
        Replayed += other.Replayed;
        Skipped += other.Skipped;
        Failed += other.Failed;
        NotReached += other.NotReached;
        Errors += other.Errors;
        for (var i = 0; i < _byReason.Length; i++)
        {
            _byReason[i] += other._byReason[i];
        }
    }
}
