using System.Collections.Concurrent;
using MathNet.Numerics.Distributions;

namespace Replay.Statistics;

/// <summary>Student's t distribution, by MathNet.Numerics; from <see cref="NormalFrom"/> degrees of freedom on the normal one.</summary>
public static class StudentT
{
    /// <summary>Degrees of freedom from which the t distribution is taken as normal.</summary>
    public const double NormalFrom = 1e6;

    // Quantiles are found by root search; a decision asks for the same few again and again.
    private const int RememberedQuantiles = 4096;
    private static readonly ConcurrentDictionary<(double, double), double> Quantiles = new();

    /// <summary>P(T &gt; <paramref name="t"/>).</summary>
    public static double UpperTail(double t, double degreesOfFreedom) =>
        degreesOfFreedom >= NormalFrom ? Normal.CDF(0, 1, -t) : MathNet.Numerics.Distributions.StudentT.CDF(0, 1, degreesOfFreedom, -t);

    /// <summary>The value that T stays below with probability <paramref name="probability"/>.</summary>
    public static double Quantile(double probability, double degreesOfFreedom)
    {
        if (Quantiles.TryGetValue((probability, degreesOfFreedom), out var known))
        {
            return known;
        }

        var value = degreesOfFreedom >= NormalFrom
            ? Normal.InvCDF(0, 1, probability)
            : MathNet.Numerics.Distributions.StudentT.InvCDF(0, 1, degreesOfFreedom, probability);
        if (Quantiles.Count < RememberedQuantiles)
        {
            Quantiles[(probability, degreesOfFreedom)] = value;
        }

        return value;
    }

    /// <summary>The normal deviate that has the same upper tail as <paramref name="t"/>: lets t values of different degrees of freedom be looked at together.</summary>
    public static double ToNormal(double t, double degreesOfFreedom)
    {
        // Tails beyond 1e-300 are cut: the deviate only enters medians and counts.
        var tail = Math.Clamp(UpperTail(Math.Abs(t), degreesOfFreedom), 1e-300, 0.5);
        return Math.Sign(t) * -Normal.InvCDF(0, 1, tail);
    }
}
