namespace Replay.Statistics.Tests;

/// <summary>The sequential test: what it says whenever it is looked at, and how often it is wrong and right, in seeded simulations.</summary>
public sealed class ConfirmationTests
{
    private const int Campaigns = 4_000;
    private const int Rounds = 200;

    [Fact]
    public void TheBoundIsTheBayesFactorsOfTheTTest()
    {
        // At the ends of the interval the Bayes factor of Gonen et al. against that mean is 1 / alpha, whatever the data.
        var options = new ConfirmationOptions { DeviationFloor = 0 };
        double[] values = [0.11, 0.19, 0.14, 0.17, 0.12, 0.16, 0.15];
        var test = Test(options, values);
        var interval = test.Ratio;
        foreach (var end in new[] { Math.Log(interval.Low), Math.Log(interval.High) })
        {
            double n = values.Length, mean = values.Average(), deviation = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (n - 1));
            var t = (mean - end) * Math.Sqrt(n) / deviation;
            var spread = 1 + (n * options.PriorVariance);
            var factor = Math.Pow(spread, -0.5) * Math.Pow((1 + (t * t / (n - 1))) / (1 + (t * t / ((n - 1) * spread))), n / 2);
            Assert.Equal(1 / options.Alpha, factor, 6);
        }

        Assert.Equal(Math.Exp(values.Average()), interval.Estimate, 12);
    }

    [Fact]
    public void FewRoundsDecideNothing()
    {
        var test = Test(new ConfirmationOptions(), [1, 1, 1, 1]);
        Assert.Equal(ConfirmationOutcome.Undecided, test.Outcome);
        Assert.True(double.IsNaN(Test(new ConfirmationOptions(), [1]).Ratio.Low));
        test.Add(1);
        Assert.Equal(ConfirmationOutcome.Confirmed, test.Outcome);
    }

    [Fact]
    public void SlowerByMoreThanTheMinimumIsConfirmedAndBySurelyLessRefuted()
    {
        double[] noise = [0.01, -0.01, 0.02, -0.02, 0.005, -0.005, 0.015, -0.015, 0.01, -0.01];
        Assert.Equal(ConfirmationOutcome.Confirmed, Test(new ConfirmationOptions(), [.. noise.Select(x => 0.22 + x)]).Outcome);
        Assert.Equal(ConfirmationOutcome.Refuted, Test(new ConfirmationOptions(), [.. noise.Select(x => -0.1 + x)]).Outcome);
        Assert.Equal(ConfirmationOutcome.Undecided, Test(new ConfirmationOptions(), [.. noise.Select(x => Math.Log(1.05) + x)]).Outcome);
    }

    [Fact]
    public void ARoundIsTheMiddleOfItsContrasts()
    {
        Assert.Equal(0.5, ConfirmationRound.LogRatio([0.5]));
        Assert.Equal(0.5, ConfirmationRound.LogRatio([0.4, 0.6]), 12);
        Assert.Equal(0.2, ConfirmationRound.LogRatio([0.2, 0.1, 0.3, 9, 0.2, 0.2, -5, 0.2]), 12); // single outliers do not move it
        Assert.Equal(Math.Log(2), ConfirmationRound.Contrast(100, 200, 200, 100), 12);
        Assert.Equal(0, ConfirmationRound.Contrast(100, 110, 121, 133.1), 12); // what drifts evenly cancels
    }

    [Theory]
    [InlineData(1.05, 0.02, 0)] // the hardest: exactly at the minimum
    [InlineData(1.05, 0.05, 0)]
    [InlineData(1.05, 0.04, 0.05)] // one round in twenty lies far off
    public void AtTheMinimumItSeldomDecides(double ratio, double deviation, double outliers)
    {
        var (confirmed, refuted, _) = Simulate(ratio, deviation, outliers, Rounds);
        Assert.True(confirmed + refuted <= 0.012 * Campaigns, $"{confirmed} confirmed, {refuted} refuted of {Campaigns}");
    }

    [Theory]
    [InlineData(1.0, 0.03)]
    [InlineData(1.02, 0.03)]
    [InlineData(0.8, 0.1)]
    public void EqualShapesAreNotConfirmedAndAreRefutedSoon(double ratio, double deviation)
    {
        var (confirmed, refuted, middle) = Simulate(ratio, deviation, 0, Rounds);
        Assert.True(confirmed <= 0.002 * Campaigns, $"{confirmed} confirmed");
        Assert.True(refuted >= 0.99 * Campaigns, $"{refuted} refuted of {Campaigns}");
        Assert.True(middle <= 45, $"{middle} rounds");
    }

    [Theory]
    [InlineData(1.25, 0.03, 8)]
    [InlineData(1.25, 0.08, 25)]
    [InlineData(1.10, 0.03, 25)]
    [InlineData(2.00, 0.10, 8)]
    public void SlowerShapesAreConfirmedSoon(double ratio, double deviation, int within)
    {
        var (confirmed, refuted, middle) = Simulate(ratio, deviation, 0, Rounds);
        Assert.True(confirmed >= 0.99 * Campaigns, $"{confirmed} confirmed of {Campaigns}");
        Assert.True(refuted <= 0.002 * Campaigns, $"{refuted} refuted");
        Assert.True(middle <= within, $"{middle} rounds");
    }

    [Fact]
    public void TheIntervalHoldsTheTruthWheneverItIsLookedAt()
    {
        var missed = 0;
        var noise = new GaussianNoise(5);
        for (var campaign = 0; campaign < Campaigns; campaign++)
        {
            var test = new SequentialRatioTest(new ConfirmationOptions());
            var holds = true;
            for (var round = 0; round < Rounds && holds; round++)
            {
                test.Add(Math.Log(1.2) + (0.06 * noise.Next()));
                holds = double.IsNaN(test.Ratio.Low) || (test.Ratio.Low <= 1.2 && test.Ratio.High >= 1.2);
            }

            missed += holds ? 0 : 1;
        }

        Assert.True(missed <= 0.01 * Campaigns, $"{missed} of {Campaigns}");
    }

    private static SequentialRatioTest Test(ConfirmationOptions options, double[] logRatios)
    {
        var test = new SequentialRatioTest(options);
        foreach (var value in logRatios)
        {
            test.Add(value);
        }

        return test;
    }

    // As the program does it: looks after each round, ends when it is decided. The last is the median number of rounds of those that were decided.
    private static (int Confirmed, int Refuted, double Rounds) Simulate(double ratio, double deviation, double outliers, int rounds)
    {
        var noise = new GaussianNoise(1);
        var (confirmed, refuted) = (0, 0);
        var needed = new List<double>();
        for (var campaign = 0; campaign < Campaigns; campaign++)
        {
            var test = new SequentialRatioTest(new ConfirmationOptions());
            while (test.Outcome == ConfirmationOutcome.Undecided && test.Rounds < rounds)
            {
                var far = noise.NextUniform() < outliers ? 5 : 1;
                test.Add(Math.Log(ratio) + (deviation * far * noise.Next()));
            }

            confirmed += test.Outcome == ConfirmationOutcome.Confirmed ? 1 : 0;
            refuted += test.Outcome == ConfirmationOutcome.Refuted ? 1 : 0;
            if (test.Outcome != ConfirmationOutcome.Undecided)
            {
                needed.Add(test.Rounds);
            }
        }

        return (confirmed, refuted, Robust.Median(needed.ToArray()));
    }
}
