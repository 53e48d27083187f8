using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>Counts of one shape.</summary>
internal sealed class ShapeTally(int runs)
{
    private readonly LogHistogram?[] _unpaired = new LogHistogram?[runs];

    /// <summary>Exchanges in the workload that execute it.</summary>
    public long Captured { get; set; }

    /// <summary>Of those, errors in production.</summary>
    public long FailedInProduction { get; set; }

    /// <summary>Of those, answered without error in production and in all runs; they are not in the counts per run below.</summary>
    public long AnsweredEverywhere { get; set; }

    /// <summary>Replayed, per run.</summary>
    public long[] Replayed { get; } = new long[runs];

    /// <summary>Left out or not reached, per run.</summary>
    public long[] Skipped { get; } = new long[runs];

    /// <summary>Without response, per run.</summary>
    public long[] Failed { get; } = new long[runs];

    /// <summary>Responses that carry an error, per run.</summary>
    public long[] Errors { get; } = new long[runs];

    /// <summary>Exchanges by reason for comparing their time or not.</summary>
    public long[] ByEligibility { get; } = new long[EligibilityRule.Reasons];

    /// <summary>Results.</summary>
    public ResultTally Results { get; } = new();

    /// <summary>Latencies of answers without error that could not be paired, per run; null where there is none.</summary>
    public LogHistogram? Unpaired(int run) => _unpaired[run];

    /// <summary>Counts such a latency.</summary>
    public void AddUnpaired(int run, float latencyMicroseconds) => (_unpaired[run] ??= new LogHistogram()).Record(latencyMicroseconds);

    public void Add(ShapeTally other)
    {
        Captured += other.Captured;
        FailedInProduction += other.FailedInProduction;
        AnsweredEverywhere += other.AnsweredEverywhere;
        Sum(Replayed, other.Replayed);
        Sum(Skipped, other.Skipped);
        Sum(Failed, other.Failed);
        Sum(Errors, other.Errors);
        Sum(ByEligibility, other.ByEligibility);
        Results.Add(other.Results);
        for (var k = 0; k < _unpaired.Length; k++)
        {
            if (other._unpaired[k] is { } theirs)
            {
                (_unpaired[k] ??= new LogHistogram()).Add(theirs);
            }
        }
    }

    private static void Sum(long[] into, long[] from)
    {
        for (var i = 0; i < into.Length; i++)
        {
            into[i] += from[i];
        }
    }
}
