using MathNet.Numerics;

namespace Replay.Statistics;

/// <summary>Digamma and trigamma, as the moderation of variances needs them.</summary>
public static class GammaFunctions
{
    /// <summary>The logarithmic derivative of the gamma function.</summary>
    public static double Digamma(double x) => SpecialFunctions.DiGamma(x);

    /// <summary>
    /// The derivative of digamma for x &gt; 0: recurrence up to 10, then the asymptotic series
    /// (<see href="https://dlmf.nist.gov/5.15"/>, 5.15.8).
    /// </summary>
    public static double Trigamma(double x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(x);
        double sum = 0;
        for (; x < 10; x++)
        {
            sum += 1 / (x * x);
        }

        var f = 1 / (x * x);
        return sum + (1 / x) + (f / 2) + (f / x * ((1.0 / 6) - (f * ((1.0 / 30) - (f * ((1.0 / 42) - (f / 30)))))));
    }

    /// <summary>
    /// The x &gt; 0 with trigamma(x) = <paramref name="y"/>, by Newton steps on 1 / trigamma, which is convex and nearly straight
    /// (Smyth 2004, appendix; <see href="https://doi.org/10.2202/1544-6115.1027"/>).
    /// </summary>
    public static double TrigammaInverse(double y)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(y);
        if (y > 1e7)
        {
            return 1 / Math.Sqrt(y);
        }

        if (y < 1e-6)
        {
            return 1 / y;
        }

        var x = 0.5 + (1 / y);
        for (var i = 0; i < 60; i++)
        {
            var trigamma = Trigamma(x);
            var step = trigamma * (1 - (trigamma / y)) / Tetragamma(x);
            x += step;
            if (Math.Abs(step) < 1e-10 * x)
            {
                break;
            }
        }

        return x;
    }

    /// <summary>The derivative of trigamma, negative (5.15.8 differentiated).</summary>
    private static double Tetragamma(double x)
    {
        double sum = 0;
        for (; x < 10; x++)
        {
            sum -= 2 / (x * x * x);
        }

        var f = 1 / (x * x);
        return sum - f - (f / x) - (f * f * (0.5 - (f * ((1.0 / 6) - (f * ((1.0 / 6) - (f * 0.3)))))));
    }
}
