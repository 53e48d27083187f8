using MathNet.Numerics.Distributions;

namespace Replay.Statistics;

/// <summary>Tests of counts of rare events.</summary>
public static class CountTest
{
    /// <summary>P(X &gt;= <paramref name="count"/>) for a Poisson count with the given expectation: how surprising so many are.</summary>
    public static double UpperTail(long count, double expected) =>
        count <= 0 ? 1 : expected <= 0 ? 0 : Gamma.CDF(count, 1, expected);
}
