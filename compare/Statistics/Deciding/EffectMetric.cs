namespace Replay.Statistics;

/// <summary>In which respect a shape can have become slower.</summary>
public enum EffectMetric
{
    /// <summary>The typical execution: mean difference of centred, clipped logarithms.</summary>
    Typical,

    /// <summary>The time of all executions together.</summary>
    Total,

    /// <summary>How many executions take longer than the faster side's p99 (p95 below 2,000 executions).</summary>
    TailCount,

    /// <summary>How many executions take longer than twice that p99.</summary>
    FarTailCount,

    /// <summary>By how much the executions above that p99 exceed it, summed.</summary>
    TailExcess,

    /// <summary>The slowest 100th of the executions by their fastest run: mean difference of their centred, clipped logarithms. The same executions are compared, so few are enough.</summary>
    Slowest,
}
