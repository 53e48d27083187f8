using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Who is to blame for lag that an exchange inherited: of those before it in its session the one whose own response was late, not one that was merely late itself. Takes exchanges in order of position. Memory grows with
/// the number of sessions.
/// </summary>
public sealed class LagBlame
{
    private readonly Dictionary<int, (int Ordinal, double Lag, int Blamed)> _last = [];

    /// <summary>The ordinal of the exchange of the same session that is to blame; null if the lag was not inherited.</summary>
    public int? Of(in Exchange exchange, in RunOutcome outcome)
    {
        if (outcome.Status is not (RunStatus.Replayed or RunStatus.Failed) || (outcome.Flags & RunFlags.PreRoll) != 0)
        {
            return null;
        }

        int? blamed = null;
        var lag = LogCode.Decode(outcome.LagCode);
        if ((outcome.Flags & RunFlags.LagInherited) != 0 && _last.TryGetValue(exchange.Session, out var before))
        {
            // Had it been sent as late as this one, most of that is not its own.
            blamed = before.Blamed >= 0 && before.Lag >= lag / 2 ? before.Blamed : before.Ordinal;
        }

        _last[exchange.Session] = (exchange.Ordinal, lag, blamed ?? -1);
        return blamed;
    }
}

/// <summary>An exchange's place in a run's time.</summary>
/// <param name="DueMicroseconds">When it was due on the run's clock, microseconds since 1970; null if it had no due time.</param>
/// <param name="BlamedOrdinal">The exchange of its session that is to blame for inherited lag; null if none was.</param>
/// <param name="IsWarmUp">Whether it is warm-up.</param>
public readonly record struct ShownTime(long? DueMicroseconds, int? BlamedOrdinal, bool IsWarmUp);
