using MathNet.Numerics;

namespace Replay.Statistics;

/// <summary>
/// What the variances of all shapes say about the variance of one: s^2 ~ s0^2 (tau^2 + v) F(d, d0), v being what the time blocks explain (Smyth 2004, section 6.2, <see href="https://doi.org/10.2202/1544-6115.1027"/>, with a
/// trend as in limma).
/// </summary>
/// <remarks>
/// By maximum likelihood. Smyth's moments of log s^2 are simpler, but from two degrees of freedom, which is what 2 + 2 runs give, a logarithm says most about variances near zero: from 75 shapes that share one variance 1 / d0 then
/// scatters by 0.2, and some campaigns are given 4 degrees of freedom where others get 1,000. The likelihood, which looks at the large variances, has a third of that.
/// </remarks>
/// <param name="TauSquared">tau^2: run-to-run variance of a shape with very many executions, up to <paramref name="Scale"/>.</param>
/// <param name="Scale">s0^2.</param>
/// <param name="Degrees">d0: how many degrees of freedom the other shapes lend.</param>
internal sealed record VariancePrior(double TauSquared, double Scale, double Degrees)
{
    /// <summary>Prior degrees of freedom beyond which the prior is taken as exact.</summary>
    public const double MostDegrees = 1000;

    /// <summary>Least prior degrees of freedom that are looked for: less is as good as nothing.</summary>
    public const double LeastDegrees = 0.5;

    // So many tell the prior well enough; of more, every k-th is asked.
    private const int MostShapes = 2000;

    // tau in steps of 20 %, from a thousandth of the middle deviation to nine times that: the likelihood is flat around its maximum. In units of the data, so that runs that
    // lie apart by twice as much get an interval that is twice as wide, not one that depends on where it falls between two steps.
    private const int TauSteps = 51;
    private const int CoarseTauSteps = 4;
    private const double TauStep = 1.2;
    private const double LeastTau = 1e-3;

    private const int DegreeSteps = 12;
    private const int GoldenSteps = 20;

    /// <summary>The prior that makes the variances likeliest.</summary>
    /// <param name="variances">s^2 per shape.</param>
    /// <param name="degrees">d, of each of them.</param>
    /// <param name="sampling">v per shape.</param>
    /// <param name="leastVariance">What a variance of nothing counts as.</param>
    public static VariancePrior Of(double[] variances, double degrees, double[] sampling, double leastVariance)
    {
        var middle = Math.Max(leastVariance, Robust.Median(variances));

        // As in limma, variances near zero are lifted to 1e-5 of the median, lest their logarithms rule.
        var least = Math.Max(leastVariance, 1e-5 * middle);
        var stride = 1 + ((variances.Length - 1) / MostShapes);
        var asked = Enumerable.Range(0, variances.Length).Where(g => g % stride == 0).ToArray();
        var own = asked.Select(g => Math.Max(variances[g], least)).ToArray();
        var explained = asked.Select(g => Math.Max(sampling[g], leastVariance)).ToArray();

        double TauSquared(int step) => step == 0 ? 0 : middle * Math.Pow(LeastTau * Math.Pow(TauStep, step - 1), 2);
        Fit FitAt(int step, bool isFine = false) => Fit.Of(own, degrees, explained, TauSquared(step), isFine);

        var fits = new Dictionary<int, Fit>();
        for (var step = 0; step <= TauSteps; step += CoarseTauSteps)
        {
            fits[step] = FitAt(step);
        }

        var coarse = Best(fits);
        for (var step = Math.Max(0, coarse - CoarseTauSteps + 1); step < Math.Min(TauSteps + 1, coarse + CoarseTauSteps); step++)
        {
            fits.TryAdd(step, FitAt(step));
        }

        var best = Best(fits);
        var fine = FitAt(best, isFine: true);
        return new VariancePrior(TauSquared(best), fine.Scale, fine.Degrees);
    }

    // Of equals the smallest tau.
    private static int Best(Dictionary<int, Fit> fits) => fits.OrderByDescending(fit => fit.Value.LogLikelihood).ThenBy(fit => fit.Key).First().Key;

    /// <summary>The likeliest scale and degrees of freedom for one tau: of steps of log d0 the best, and if it is to be fine, by the golden section around that.</summary>
    private readonly record struct Fit(double LogLikelihood, double Scale, double Degrees)
    {
        public static Fit Of(double[] own, double degrees, double[] explained, double tauSquared, bool isFine)
        {
            var ratios = new double[own.Length];
            double logs = 0, start = 0;
            for (var g = 0; g < own.Length; g++)
            {
                var unit = tauSquared + explained[g];
                ratios[g] = own[g] / unit;
                start += ratios[g] / own.Length;
                logs -= Math.Log(unit);
            }

            var range = Math.Log(MostDegrees / LeastDegrees);
            Fit At(double place)
            {
                var prior = LeastDegrees * Math.Exp(place * range);
                start = ScaleOf(ratios, degrees, prior, start);
                return new Fit(logs + LogLikelihoodOf(ratios, degrees, prior, start), start, prior);
            }

            // From the highest down, so that each has its neighbour's scale to start from; of equals the highest.
            var (best, at) = (At(1), DegreeSteps);
            for (var step = DegreeSteps - 1; step >= 0; step--)
            {
                if (At((double)step / DegreeSteps) is var fit && fit.LogLikelihood > best.LogLikelihood)
                {
                    (best, at) = (fit, step);
                }
            }

            return isFine ? Golden(Math.Max(0, at - 1.0) / DegreeSteps, Math.Min(DegreeSteps, at + 1.0) / DegreeSteps, At) : best;
        }

        private static Fit Golden(double low, double high, Func<double, Fit> at)
        {
            var golden = (Math.Sqrt(5) - 1) / 2;
            var (left, right) = (at(high - (golden * (high - low))), at(low + (golden * (high - low))));
            for (var i = 0; i < GoldenSteps; i++)
            {
                if (left.LogLikelihood > right.LogLikelihood)
                {
                    high = low + (golden * (high - low));
                    (left, right) = (at(high - (golden * (high - low))), left);
                }
                else
                {
                    low = high - (golden * (high - low));
                    (left, right) = (right, at(low + (golden * (high - low))));
                }
            }

            return left.LogLikelihood > right.LogLikelihood ? left : right;
        }

        // Where the derivative by log s0^2 is nothing: it falls, so Newton's steps find it, kept short where it is flat.
        private static double ScaleOf(double[] ratios, double degrees, double prior, double start)
        {
            const int MostSteps = 60;
            var log = Math.Log(start);
            for (var i = 0; i < MostSteps; i++)
            {
                double value = -ratios.Length * degrees, slope = 0;
                var scale = prior * Math.Exp(log);
                foreach (var ratio in ratios)
                {
                    var part = degrees * ratio / (scale + (degrees * ratio));
                    value += (degrees + prior) * part;
                    slope -= (degrees + prior) * part * (1 - part);
                }

                var step = Math.Clamp(-value / slope, -1, 1);
                log += step;
                if (Math.Abs(step) < 1e-10)
                {
                    break;
                }
            }

            return Math.Exp(log);
        }

        // Logarithm of the density of s0^2 F(d, d0), summed.
        private static double LogLikelihoodOf(double[] ratios, double degrees, double prior, double scale)
        {
            double half = degrees / 2, halfPrior = prior / 2, sum = 0;
            foreach (var ratio in ratios)
            {
                var x = ratio / scale;
                sum += ((half - 1) * Math.Log(x)) - ((half + halfPrior) * Math.Log(1 + (degrees * x / prior)));
            }

            var each = SpecialFunctions.GammaLn(half + halfPrior) - SpecialFunctions.GammaLn(half) - SpecialFunctions.GammaLn(halfPrior) + (half * Math.Log(degrees / prior)) - Math.Log(scale);
            return sum + (ratios.Length * each);
        }
    }
}
