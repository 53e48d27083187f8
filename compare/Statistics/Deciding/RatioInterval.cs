namespace Replay.Statistics;

/// <summary>A ratio candidate / baseline with its interval. NaN bounds: there is nothing that an interval could be made of.</summary>
/// <param name="Estimate">The ratio.</param>
/// <param name="Low">Lower bound.</param>
/// <param name="High">Upper bound.</param>
public readonly record struct RatioInterval(double Estimate, double Low, double High)
{
    /// <summary>The interval of a logarithm: exp(effect -+ quantile * se), two-sided at <paramref name="confidence"/>.</summary>
    public static RatioInterval OfLog(double effect, double standardError, double degreesOfFreedom, double confidence)
    {
        var half = StudentT.Quantile((1 + confidence) / 2, degreesOfFreedom) * standardError;
        return new RatioInterval(Math.Exp(effect), Math.Exp(effect - half), Math.Exp(effect + half));
    }
}
