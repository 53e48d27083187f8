using System.Text.Json;

namespace Replay.Comparator;

/// <summary>What a run's <c>certificate.json</c> says of how it kept the schedule. Parts that an older version did not write are null.</summary>
public sealed record RunCertificate
{
    /// <summary>The run's document.</summary>
    public const string Document = "certificate.json";

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Share of the processors that the replayer used.</summary>
    public double? CpuShare { get; init; }

    /// <summary>The replayer's own lag; nothing at full speed.</summary>
    public LagFigures? OwnLagUs { get; init; }

    /// <summary>Lag that came from slow predecessors in the session.</summary>
    public LagFigures? InheritedLagUs { get; init; }

    /// <summary>Exchanges a second.</summary>
    public RateFigures? Rate { get; init; }

    /// <summary>Exchanges on the wire at a time.</summary>
    public ConcurrencyFigures? Concurrency { get; init; }

    /// <summary>Both over time.</summary>
    public TimeFigures? OverTime { get; init; }

    /// <summary>Order between sessions.</summary>
    public OrderFigures? Order { get; init; }

    /// <summary>Pauses of the replayer.</summary>
    public CollectionFigures? GarbageCollections { get; init; }

    /// <summary>Whether the processors of the replayer's host were kept from sleeping deeply.</summary>
    public bool? ProcessorsStayedAwake { get; init; }

    /// <summary>What was taken from the replayer.</summary>
    public ProcessorFigures? Processor { get; init; }

    /// <summary>A run's; null if it has none, or it cannot be read, which is warned of.</summary>
    internal static RunCertificate? Of(ComparedRun run, List<string> warnings)
    {
        if (run.ReadDocument(Document) is not { } json)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<RunCertificate>(json, Options);
        }
        catch (JsonException exception)
        {
            warnings.Add($"{run.Label}: {Document} could not be read and is left out ({exception.Message})");
            return null;
        }
    }

    /// <summary>A distribution of lag, microseconds.</summary>
    public sealed record LagFigures(long Count, double P50, double P99, long Max);

    /// <summary>Exchanges a second: in production, on the schedule (null at full speed), and in the run.</summary>
    public sealed record RateFigures(double? CapturedPerSecond, double? ScheduledPerSecond, double? AchievedPerSecond);

    /// <summary>Exchanges on the wire at a time: on average in production and in the run, and the most in the run.</summary>
    public sealed record ConcurrencyFigures(double? Captured, double? Achieved, int Most);

    /// <summary>For each stretch of the run's clock: exchanges due and sent, and how many were on the wire, as answered in production and in the run. What was due is null at full speed.</summary>
    public sealed record TimeFigures(double BucketSeconds, long[]? Due, long[]? Sent, double[]? CapturedConcurrency, double[]? Concurrency, long[]? OwnLagMaxUs);

    /// <summary>Exchanges that waited for other sessions, how long in all, and those that were sent before what they had to wait for had ended.</summary>
    public sealed record OrderFigures(long Waits, long WaitUs, long Violations);

    /// <summary>Garbage collections, how long they stopped the replayer, and the exchanges that were on the wire meanwhile.</summary>
    public sealed record CollectionFigures(long Count, long PauseUs, long LongestUs, long Touched);

    /// <summary>Seconds of the schedule's length: the threads' in line for a processor, those that the hypervisor took; null where they are not known.</summary>
    public sealed record ProcessorFigures(double? WaitSeconds, double? StolenSeconds);
}
