namespace Replay.Statistics.Tests;

public sealed class VariancePriorTests
{
    private const double Degrees = 2;
    private const double Least = 1e-12;

    [Theory]
    [InlineData(4, 0.01)]
    [InlineData(10, 1)]
    [InlineData(30, 25)]
    public void WhatVariancesWereDrawnFromIsFoundAgain(double priorDegrees, double scale)
    {
        var random = new GaussianNoise(7);
        var variances = Enumerable.Range(0, 4000).Select(_ => scale * ChiSquare(random, (int)Degrees) / Degrees / (ChiSquare(random, (int)priorDegrees) / priorDegrees)).ToArray();
        var prior = VariancePrior.Of(variances, Degrees, [.. variances.Select(_ => 1e-9 * scale)], Least);
        Assert.InRange(prior.Degrees / priorDegrees, 0.7, 1.5);
        Assert.InRange(prior.Scale * (prior.TauSquared + (1e-9 * scale)) / scale, 0.93, 1.07);
    }

    /// <summary>75 shapes that share one variance: the truth is that all is lent, and four degrees of freedom would be a poor estimate of it.</summary>
    [Fact]
    public void OneVarianceForAllIsRarelyTakenForMany()
    {
        var few = 0;
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new GaussianNoise(seed);
            var variances = Enumerable.Range(0, 75).Select(_ => ChiSquare(random, 2) / 2).ToArray();
            few += VariancePrior.Of(variances, Degrees, [.. variances.Select(_ => 1.0)], Least).Degrees < 8 ? 1 : 0;
        }

        Assert.InRange(few, 0, 10); // by moments of the logarithms some 44
    }

    [Fact]
    public void TheUnitDoesNotMatter()
    {
        var random = new GaussianNoise(3);
        var variances = Enumerable.Range(0, 100).Select(i => (1 + (i % 7)) * ChiSquare(random, 2)).ToArray();
        var sampling = variances.Select((_, i) => 0.1 * (1 + (i % 5))).ToArray();
        var one = VariancePrior.Of(variances, Degrees, sampling, Least);
        var other = VariancePrior.Of([.. variances.Select(x => 1e-4 * x)], Degrees, [.. sampling.Select(x => 1e-4 * x)], Least);
        Assert.Equal(one.Degrees, other.Degrees, 4);
        Assert.Equal(one.Scale, other.Scale, 6);
        Assert.Equal(one.TauSquared, 1e4 * other.TauSquared, 6);
    }

    [Fact]
    public void WhereTheBlocksExplainAllNothingIsLeftBetweenRuns()
    {
        var random = new GaussianNoise(11);
        var sampling = Enumerable.Range(0, 400).Select(i => Math.Pow(10, -(i % 5))).ToArray();
        var prior = VariancePrior.Of([.. sampling.Select(v => v * ChiSquare(random, 2) / 2)], Degrees, sampling, Least);
        Assert.True(prior.TauSquared < 2e-5, $"tau^2 {prior.TauSquared}");
        Assert.InRange(prior.Scale, 0.85, 1.15);
    }

    private static double ChiSquare(GaussianNoise random, int degrees) => Enumerable.Range(0, degrees).Sum(_ => Math.Pow(random.Next(), 2));
}
