using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Finds the moment of the workload at which a run that was broken off is best gone on with: the one with the fewest exchanges on its wrong side, which are those asked for before it that have no outcome, and those after it that have one.
/// The latest of equal ones.
/// </summary>
internal static class SeamFinder
{
    /// <summary>How many steps of the window are counted at the most, 8 bytes each: 2,000,000, which are 43 ms of a day.</summary>
    private const int MaxSteps = 2_000_000;

    /// <summary>The moment, workload clock, microseconds since 1970; the window's beginning if nothing of it was played on schedule.</summary>
    /// <param name="reader">The workload.</param>
    /// <param name="outcomes">The run's, by position, in ascending order.</param>
    /// <param name="fromMicroseconds">The window's beginning.</param>
    /// <param name="toMicroseconds">Its end; <see cref="long.MaxValue"/>: the workload's.</param>
    /// <param name="cancellation">Breaks it off.</param>
    public static long Find(WorkloadReader reader, Func<long, RunOutcome> outcomes, long fromMicroseconds, long toMicroseconds, CancellationToken cancellation)
    {
        var end = Math.Min(toMicroseconds, reader.Blocks.Select(static b => b.MaxEndedAtMicroseconds).DefaultIfEmpty(fromMicroseconds).Max() + 1);
        var step = Math.Max(1, ((end - fromMicroseconds) / MaxSteps) + 1);
        var steps = (int)(Math.Max(0, end - fromMicroseconds) / step) + 1;
        var balance = new int[steps]; // with an outcome - without one
        var played = 0L;
        using var cursor = reader.Read(0, ExchangeParts.WithoutRequest);
        while (cursor.MoveNext())
        {
            if ((cursor.Position & 0xFFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            var requested = cursor.Current.RequestedAtMicroseconds;
            if (requested < fromMicroseconds || requested >= end)
            {
                continue;
            }

            var sign = SignOf(outcomes(cursor.Position));
            played += Math.Max(0, sign);
            balance[(int)((requested - fromMicroseconds) / step)] += sign;
        }

        if (played == 0)
        {
            return fromMicroseconds;
        }

        // Going on, each with an outcome comes to the right side, each without one to the wrong one.
        var (sum, best, at) = (0L, 0L, 0);
        for (var i = 0; i < steps; i++)
        {
            sum += balance[i];
            if (sum >= best)
            {
                (best, at) = (sum, i + 1);
            }
        }

        return fromMicroseconds + (at * step);
    }

    /// <summary>Whether an exchange has no outcome that stays.</summary>
    public static bool IsOwed(in RunOutcome outcome) => outcome.Status == RunStatus.NotReached || outcome is { Status: RunStatus.Failed, Reason: RunReason.Interrupted };

    // What was lost with a connection says that nothing was played then, if all others were too.
    private static int SignOf(in RunOutcome outcome) => outcome.Status switch
    {
        RunStatus.Replayed => (outcome.Flags & RunFlags.PreRoll) != 0 ? 0 : 1,
        RunStatus.NotReached => -1,
        RunStatus.Failed => -1,
        _ => outcome.Reason == RunReason.TransactionLost ? -1 : 0,
    };
}
