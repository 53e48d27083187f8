using Replay.Workload;

namespace Replay.Comparator;

/// <summary>Why an exchange's time is compared or not: the first reason that applies, in this order. None looks at the latency itself.</summary>
public enum Eligibility
{
    /// <summary>It is compared.</summary>
    Compared,

    /// <summary>It changes the session and does nothing else.</summary>
    SessionState,

    /// <summary>It only asks whether the server answers.</summary>
    HealthCheck,

    /// <summary>It asks what the server is or has, as drivers, pools and monitors do.</summary>
    SetUp,

    /// <summary>A run did not come to it, or left it out.</summary>
    NotReplayedEverywhere,

    /// <summary>A run had no response to it.</summary>
    NoResponseSomewhere,

    /// <summary>It failed in production, so its time there and here says nothing.</summary>
    FailedInProduction,

    /// <summary>It carries an error in a run.</summary>
    FailedInRun,

    /// <summary>It ran untimed: before the schedule began, or for the sake of what was selected.</summary>
    PreRoll,

    /// <summary>Its transaction straddles the snapshot's cut: what came before it in there ran untimed.</summary>
    Straddling,

    /// <summary>It is warm-up: played on the schedule, to warm caches and plans.</summary>
    WarmUp,

    /// <summary>Runs were interleaved, and production had it on the wire at a slice's border.</summary>
    AtBorder,

    /// <summary>It was let go before an exchange that it had to wait for.</summary>
    OrderViolated,

    /// <summary>It depends on an exchange that went otherwise than in the capture.</summary>
    Tainted,

    /// <summary>Its transaction was the victim of others in a run, and was sent again.</summary>
    Retried,

    /// <summary>A pause of the replayer overlapped it.</summary>
    Disturbed,

    /// <summary>Its response was not separately visible, or there is none.</summary>
    NotTimed,
}

/// <summary>The reasons in words, and the rule.</summary>
public static class EligibilityRule
{
    /// <summary>Number of reasons.</summary>
    public const int Reasons = (int)Eligibility.NotTimed + 1;

    private const RunFlags Spoiling = RunFlags.PreRoll | RunFlags.OrderViolated | RunFlags.Tainted | RunFlags.Retried | RunFlags.Disturbed;

    /// <summary>The reason in words.</summary>
    public static string Name(this Eligibility reason) => reason switch
    {
        Eligibility.Compared => "compared",
        Eligibility.SessionState => "session state",
        Eligibility.HealthCheck => "health check",
        Eligibility.SetUp => "set-up or catalogue",
        Eligibility.NotReplayedEverywhere => "left out by at least one run",
        Eligibility.NoResponseSomewhere => "without response in at least one run",
        Eligibility.FailedInProduction => "failed in production",
        Eligibility.FailedInRun => "failed in at least one run",
        Eligibility.PreRoll => "ran untimed, for what others need",
        Eligibility.Straddling => "in a transaction that straddles the snapshot",
        Eligibility.WarmUp => "warm-up",
        Eligibility.AtBorder => "on the wire at the border of a slice",
        Eligibility.OrderViolated => "ran out of order",
        Eligibility.Tainted => "depends on something that diverged",
        Eligibility.Retried => "sent again in at least one run, after a deadlock or a serialisation failure that production had not",
        Eligibility.Disturbed => "overlapped by a pause of the replayer",
        Eligibility.NotTimed => "time not separately visible",
        _ => "unknown",
    };

    /// <summary>What a shape's role says before anything else.</summary>
    internal static Eligibility Of(TrafficRole role) => role switch
    {
        TrafficRole.SessionState => Eligibility.SessionState,
        TrafficRole.HealthCheck => Eligibility.HealthCheck,
        TrafficRole.SetUp => Eligibility.SetUp,
        _ => Eligibility.Compared,
    };

    /// <summary>The rule, over an exchange's outcomes in all runs.</summary>
    internal static Eligibility Of(in CapturedOutcome captured, ReadOnlySpan<RunOutcome> outcomes)
    {
        var flags = RunFlags.None;
        var isTimed = true;
        var hasError = false;
        var worst = RunStatus.Replayed;
        foreach (ref readonly var outcome in outcomes)
        {
            flags |= outcome.Flags;
            isTimed &= !float.IsNaN(outcome.LatencyMicroseconds);
            hasError |= outcome.ErrorCode != 0;
            worst = outcome.Status == RunStatus.Replayed ? worst : worst is RunStatus.NotReached or RunStatus.Skipped ? worst : outcome.Status;
        }

        return worst is RunStatus.NotReached or RunStatus.Skipped ? Eligibility.NotReplayedEverywhere
            : worst == RunStatus.Failed ? Eligibility.NoResponseSomewhere
            : captured.ErrorCode != 0 ? Eligibility.FailedInProduction
            : hasError ? Eligibility.FailedInRun
            : (flags & Spoiling) != RunFlags.None ? OfFlags(flags)
            : isTimed ? Eligibility.Compared : Eligibility.NotTimed;
    }

    private static Eligibility OfFlags(RunFlags flags) =>
        (flags & RunFlags.PreRoll) != 0 ? Eligibility.PreRoll
        : (flags & RunFlags.OrderViolated) != 0 ? Eligibility.OrderViolated
        : (flags & RunFlags.Tainted) != 0 ? Eligibility.Tainted
        : (flags & RunFlags.Retried) != 0 ? Eligibility.Retried
        : Eligibility.Disturbed;
}
