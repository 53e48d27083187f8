namespace Replay.Statistics;

/// <summary>
/// Decides whether a ratio is beyond a minimum, looking after each round: the mixture sequential probability ratio test
/// (Robbins 1970, <see href="https://doi.org/10.1214/aoms/1177696786"/>; for such use Johari, Koomen, Pekelis, Walsh 2022,
/// <see href="https://doi.org/10.1287/opre.2021.2135"/>), in its form for an unknown variance.
/// </summary>
/// <remarks>
/// The Bayes factor of the t test with a normal prior of variance g on the standardised effect and the right Haar prior on the deviation is
/// (1 + n g)^(-1/2) * ((1 + t^2 / v) / (1 + t^2 / (v (1 + n g))))^(n / 2), v = n - 1 (Gonen, Johnson, Lu, Westfall 2005,
/// <see href="https://doi.org/10.1198/000313005X55233"/>). Under any mean and deviation it exceeds 1 / alpha ever with probability alpha at most, because it is a
/// martingale (Hendriksen, de Heide, Gruenwald 2021, <see href="https://arxiv.org/abs/1807.09077"/>; Wang, Ramdas 2024, <see href="https://arxiv.org/abs/2310.03722"/>).
/// The interval holds the means that it does not reject, so it may be looked at, and the test ended, at any time. Exact for normal rounds; <c>ConfirmationTests</c> has
/// the rates for others.
/// </remarks>
public sealed class SequentialRatioTest(ConfirmationOptions options)
{
    private double _mean;
    private double _squares;

    /// <summary>Rounds taken in.</summary>
    public int Rounds { get; private set; }

    /// <summary>The ratio, with the interval that holds at each look; without bounds as long as nothing bounds it.</summary>
    public RatioInterval Ratio
    {
        get
        {
            if (Rounds == 0)
            {
                return new RatioInterval(double.NaN, double.NaN, double.NaN);
            }

            var half = HalfWidth();
            return new RatioInterval(Math.Exp(_mean), Math.Exp(_mean - half), Math.Exp(_mean + half));
        }
    }

    /// <summary>What is certain by now.</summary>
    public ConfirmationOutcome Outcome
    {
        get
        {
            if (Rounds < options.LeastRounds)
            {
                return ConfirmationOutcome.Undecided;
            }

            var ratio = Ratio;
            return ratio.Low > options.MinimumRatio ? ConfirmationOutcome.Confirmed
                : ratio.High < options.MinimumRatio ? ConfirmationOutcome.Refuted
                : ConfirmationOutcome.Undecided;
        }
    }

    /// <summary>Takes a round in; its logarithm of candidate / baseline.</summary>
    public void Add(double logRatio)
    {
        Rounds++;
        var difference = logRatio - _mean;
        _mean += difference / Rounds;
        _squares += difference * (logRatio - _mean);
    }

    // The Bayes factor is below 1 / alpha where t^2 < v (R - 1) / (1 - R / N), N = 1 + n g, R = (N^(1/2) / alpha)^(2/n); with R >= N it is so everywhere.
    private double HalfWidth()
    {
        var n = Rounds;
        var spread = 1 + (n * options.PriorVariance);
        var limit = Math.Pow(Math.Sqrt(spread) / options.Alpha, 2.0 / n);
        if (n < 2 || limit >= spread)
        {
            return double.NaN;
        }

        var t = Math.Sqrt((n - 1) * (limit - 1) / (1 - (limit / spread)));
        var deviation = Math.Max(Math.Sqrt(_squares / (n - 1)), options.DeviationFloor);
        return t * deviation / Math.Sqrt(n);
    }
}
