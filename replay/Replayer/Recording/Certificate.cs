using System.Globalization;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What a run must have kept to be trusted, and what it did keep.</summary>
public sealed record Certificate
{
    /// <summary>The least share of exchanges that ought to have been replayed and were: 99.5 %.</summary>
    public const double MinReplayedShare = 0.995;

    /// <summary>The longest own lag at the 99th percentile: 1 ms.</summary>
    public const long MaxOwnLagP99Microseconds = 1_000;

    /// <summary>The largest share of the machine's processors that the replayer may have used: 60 %.</summary>
    public const double MaxCpuShare = 0.60;

    /// <summary>The name of the gate that <see cref="MaxOwnLagP99Microseconds"/> is: a run that only this one is against says nothing of its target.</summary>
    public const string OwnLagGate = "own_lag";

    /// <summary>The names of gates that say that the schedule was not kept, which may be all that the target could do: where a run is unfit for these alone, its times are the target's.</summary>
    public static IReadOnlyList<string> PaceGates { get; } = ["rate"];

    /// <summary>How much longer than planned the schedule may have taken, which is how far the rate may lie below the schedule's: 1 %.</summary>
    public const double MaxStretch = 1.01;

    /// <summary>The largest share of exchanges that may have been sent before one that they had to wait for by order had ended: 0.1 %.</summary>
    public const double MaxViolatedShare = 0.001;

    // From where on it is named as what stood in the way: of the processors' time, of one thread's time.
    private const double NotableStolenShare = 0.01;
    private const double NotableWaitShare = 0.02;
    private const double NotablePauseShare = 0.005;

    /// <summary>Share of exchanges that ought to have been replayed and were; 1 if there were none.</summary>
    public required double ReplayedShare { get; init; }

    /// <summary>Own lag, 99th percentile, in microseconds.</summary>
    public required double OwnLagP99Microseconds { get; init; }

    /// <summary>Whether the threads that send and receive had real-time priority.</summary>
    public required bool IsRealTime { get; init; }

    /// <summary>Whether this host's processors were kept from sleeping deeply (<see cref="AwakeProcessors"/>).</summary>
    public bool ProcessorsStayedAwake { get; init; }

    /// <summary>Share of the machine's processors that the replayer used.</summary>
    public required double CpuShare { get; init; }

    /// <summary>Time that the schedule took, against planned; 1 at full speed.</summary>
    public required double Stretch { get; init; }

    /// <summary>Share of the exchanges replayed that were sent before one that they had to wait for by order had ended.</summary>
    public required double ViolatedShare { get; init; }

    /// <summary>Share of the machine's processors that the hypervisor gave to other machines while the schedule was played; null where it is not known.</summary>
    public double? StolenShare { get; init; }

    /// <summary>How long the replayer's threads stood in line for a processor while the schedule was played, in all, by its length; null where it is not known.</summary>
    public double? ProcessorWaitShare { get; init; }

    /// <summary>Share of the schedule's length that garbage collections stopped the replayer.</summary>
    public double PauseShare { get; init; }

    /// <summary>Whether due times were kept at all: not at full speed.</summary>
    public required bool IsPaced { get; init; }

    /// <summary>Whether the transactions in flight were limited (<c>--concurrency</c>): a schedule that was not kept need not be the target's fault then.</summary>
    public bool IsLimited { get; init; }

    /// <summary>Whether sessions shared fewer connections (<c>--connections</c>): as above.</summary>
    public bool IsSharing { get; init; }

    /// <summary>Whether the run was broken off.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>The share of exchanges replayed, of those that were not left out by design (in the snapshot, replication, asked for, skipped by both servers).</summary>
    public static double Share(OutcomeCounts counts, long captured)
    {
        var byDesign = counts.Of(RunReason.InSnapshot) + counts.Of(RunReason.BeforeSnapshot) + counts.Of(RunReason.SnapshotTool)
            + counts.Of(RunReason.Replication) + counts.AskedFor + counts.Of(RunReason.Cancel) + counts.Of(RunReason.VictimInCapture) + counts.SkippedAsCaptured;
        return captured == byDesign ? 1 : (double)counts.Replayed / (captured - byDesign);
    }

    /// <summary>Time that the schedule took, against planned. An end that is less than a quarter of a second late is on time: it is one late exchange.</summary>
    public static double StretchOf(long startedAtMicroseconds, long lastDueMicroseconds, long lastSentMicroseconds)
    {
        const long OnTimeMicroseconds = 250_000;
        return lastDueMicroseconds <= startedAtMicroseconds || lastSentMicroseconds - lastDueMicroseconds < OnTimeMicroseconds
            ? 1
            : (double)(lastSentMicroseconds - startedAtMicroseconds) / (lastDueMicroseconds - startedAtMicroseconds);
    }

    /// <summary>The judgement, with the reasons against and what helps.</summary>
    public RunFitness Judge()
    {
        var against = new List<(string Gate, string Reason)>();
        if (Interrupted)
        {
            against.Add(("complete", "the run was broken off"));
        }

        if (ReplayedShare < MinReplayedShare)
        {
            against.Add(("replayed", Invariant($"{ReplayedShare:P1} of the exchanges were replayed, {MinReplayedShare:P1} are needed; 'dbreplay show' lists the others with their reasons")));
        }

        if (ViolatedShare > MaxViolatedShare)
        {
            against.Add(("violations", Invariant($"{ViolatedShare:P2} of the exchanges were sent before one that they had to wait for by order had ended, {MaxViolatedShare:P1} is allowed; order.json says which stalls were ended so, --binary-log or --logical-decoding may tell the order better, and --order session keeps none between sessions")));
        }

        if (CpuShare > MaxCpuShare)
        {
            against.Add(("cpu", Invariant($"the replayer used {CpuShare:P0} of the processors, {MaxCpuShare:P0} are allowed; {Disturbance()}run it on a machine of its own")));
        }

        var isLate = IsPaced && OwnLagP99Microseconds > MaxOwnLagP99Microseconds;
        if (isLate)
        {
            against.Add((OwnLagGate, Invariant($"1 % of the exchanges were sent more than {OwnLagP99Microseconds / 1000:0.0} ms late by the replayer's fault, 1 ms is allowed; {Disturbance()}{(IsRealTime ? "" : "let it have real-time priority (ulimit -r 1), ")}free a processor or lower --speed")));
        }

        if (IsPaced && Stretch > MaxStretch)
        {
            var why = IsLimited ? "with so few transactions in flight it cannot keep up; raise --concurrency or lower --speed"
                : IsSharing ? "with so few connections it cannot keep up; raise --connections or lower --speed"
                : isLate ? "the replayer or the target could not keep up; lower --speed"
                : "the target could not keep up; lower --speed";
            against.Add(("rate", Invariant($"the rate was {1 / Stretch:P1} of the schedule's, which took {Stretch:0.000} times as long as planned ({MaxStretch:0.00} is allowed): {why}")));
        }

        return new RunFitness { Fit = against.Count == 0, Reasons = [.. against.Select(a => a.Reason)], Gates = [.. against.Select(a => a.Gate)] };
    }

    // What took the replayer's time, as far as that is known.
    private string Disturbance() =>
        (StolenShare > NotableStolenShare ? Invariant($"the hypervisor gave {StolenShare:P0} of the processors to other machines: give this one its own{(ProcessorsStayedAwake ? "" : $", let the replayer keep them awake (write access to {AwakeProcessors.File})")}; ") : "")
        + (ProcessorWaitShare > NotableWaitShare ? Invariant($"its threads stood in line for a processor for {ProcessorWaitShare:P0} of the time; ") : "")
        + (PauseShare > NotablePauseShare ? Invariant($"garbage collections stopped it for {PauseShare:P1} of the time; ") : "");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
