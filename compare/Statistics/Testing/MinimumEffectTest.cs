namespace Replay.Statistics;

/// <summary>
/// Tests whether an effect is larger than a threshold, not merely different from nothing: TREAT
/// (McCarthy, Smyth 2009, <see href="https://doi.org/10.1093/bioinformatics/btp053"/>).
/// </summary>
public static class MinimumEffectTest
{
    /// <summary>
    /// p = P(T &gt; (|effect| - threshold) / se) + P(T &gt; (|effect| + threshold) / se). With a threshold of 0 it is the two-sided t test.
    /// </summary>
    public static double PValue(double effect, double standardError, double degreesOfFreedom, double threshold)
    {
        var size = Math.Abs(effect);
        var p = StudentT.UpperTail((size - threshold) / standardError, degreesOfFreedom) + StudentT.UpperTail((size + threshold) / standardError, degreesOfFreedom);
        return Math.Min(1, p);
    }
}
