using Replay.Workload;

namespace Replay.Replayer;

/// <summary>The parts of a run that was resumed as one: its manifest's numbers that outcomes do not tell.</summary>
internal static class RunSums
{
    /// <summary>The last part's manifest with the numbers of those before it.</summary>
    public static RunManifest Of(RunManifest last, RunManifest earlier) => last with
    {
        PlayedMicroseconds = last.PlayedMicroseconds + earlier.PlayedMicroseconds,
        Sessions = last.Sessions + earlier.Sessions,
        SessionsFailed = last.SessionsFailed + earlier.SessionsFailed,
        ConnectionsLost = last.ConnectionsLost + earlier.ConnectionsLost,
        Reopened = last.Reopened + earlier.Reopened,
        SessionsAsTargetUser = last.SessionsAsTargetUser + earlier.SessionsAsTargetUser,
        MaxConcurrency = Math.Max(last.MaxConcurrency, earlier.MaxConcurrency),
        CpuSeconds = last.CpuSeconds + earlier.CpuSeconds,
        Values = last.Values is { } values && earlier.Values is { } before ? Sum(values, before) : last.Values ?? earlier.Values,
        Retries = last.Retries is { } retries && earlier.Retries is { } tried ? Sum(retries, tried) : last.Retries ?? earlier.Retries,
        Knobs = last.Knobs is { } knobs && earlier.Knobs is { } knob ? Sum(knobs, knob) : last.Knobs,
        Warnings = [.. last.Warnings, .. earlier.Warnings.Except(last.Warnings, StringComparer.Ordinal)],
    };

    /// <summary>By key.</summary>
    public static IReadOnlyDictionary<string, long> Sum(IReadOnlyDictionary<string, long> one, IReadOnlyDictionary<string, long> other)
    {
        var sum = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (key, count) in one.Concat(other))
        {
            sum[key] = sum.GetValueOrDefault(key) + count;
        }

        return sum;
    }

    private static RunValueCounts Sum(RunValueCounts one, RunValueCounts other) => one with
    {
        Set = Sum(one.Set, other.Set),
        Mapped = one.Mapped + other.Mapped,
        Replaced = one.Replaced + other.Replaced,
        Missed = Sum(one.Missed, other.Missed),
    };

    private static RunRetryCounts Sum(RunRetryCounts one, RunRetryCounts other) => one with
    {
        Victims = one.Victims + other.Victims,
        Retried = one.Retried + other.Retried,
        GivenUp = Sum(one.GivenUp, other.GivenUp),
        Attempts = one.Attempts + other.Attempts,
        RetriedDifferently = one.RetriedDifferently + other.RetriedDifferently,
        Microseconds = one.Microseconds + other.Microseconds,
    };

    // Statements that took longer than allowed are errors, and counted from the outcomes.
    private static RunKnobs Sum(RunKnobs one, RunKnobs other) => one with
    {
        MostTransactions = one.MostTransactions is { } most ? Math.Max(most, other.MostTransactions ?? 0) : other.MostTransactions,
        AdmissionWaits = one.AdmissionWaits + other.AdmissionWaits,
        AdmittedBeyond = one.AdmittedBeyond + other.AdmittedBeyond,
        ClonedSessions = Math.Max(one.ClonedSessions, other.ClonedSessions),
        ClonedReplayed = one.ClonedReplayed + other.ClonedReplayed,
        ClonedFailed = one.ClonedFailed + other.ClonedFailed,
        ClonedNewErrors = one.ClonedNewErrors + other.ClonedNewErrors,
        Sharing = one.Sharing is not { } sharing || other.Sharing is not { } shared ? one.Sharing : sharing with
        {
            Most = Math.Max(sharing.Most, shared.Most),
            HandOvers = sharing.HandOvers + shared.HandOvers,
            Reconnects = sharing.Reconnects + shared.Reconnects,
            Returns = sharing.Returns + shared.Returns,
            Waits = sharing.Waits + shared.Waits,
        },
    };
}
