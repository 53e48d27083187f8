namespace Replay.Statistics;

/// <summary>Thresholds of a confirmation.</summary>
public sealed record ConfirmationOptions
{
    /// <summary>Slower by more than this factor is confirmed, by surely less refuted: the comparison's own minimum.</summary>
    public double MinimumRatio { get; init; } = new DecisionOptions().MinimumRatio;

    /// <summary>Chance at most that the interval ever misses the truth, however often it is looked at.</summary>
    public double Alpha { get; init; } = 0.01;

    /// <summary>
    /// Variance of the prior of the standardised effect (difference from the minimum by the deviation of one round): what the test is quickest for. A shape
    /// that is slower by a quarter lies 2 to 8 deviations beyond the minimum.
    /// </summary>
    public double PriorVariance { get; init; } = 10;

    /// <summary>No decision before so many rounds: what is rare within a round does not show in fewer.</summary>
    public int LeastRounds { get; init; } = 5;

    /// <summary>Rounds are never taken to differ by less than this: latencies are whole microseconds, and no two connections are alike.</summary>
    public double DeviationFloor { get; init; } = 0.005;
}
