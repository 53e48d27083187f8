namespace Replay.Statistics.Tests;

public sealed class TestingTests
{
    [Fact]
    public void WithoutAThresholdItIsTheTwoSidedTTest() => Assert.Equal(0.05, MinimumEffectTest.PValue(4.302653, 1, 2, 0), 5);

    [Fact]
    public void AnEffectAtTheThresholdIsNotSignificant() => Assert.InRange(MinimumEffectTest.PValue(0.05, 0.01, 10, 0.05), 0.5, 0.51);

    [Fact]
    public void TheSignOfAnEffectDoesNotMatter() => Assert.Equal(MinimumEffectTest.PValue(0.2, 0.04, 5, 0.05), MinimumEffectTest.PValue(-0.2, 0.04, 5, 0.05));

    [Fact]
    public void SimesTakesTheBestOfItsFamily()
    {
        Assert.Equal(0.03, Multiplicity.Simes([0.01, 0.4, 0.9]), 12);
        Assert.Equal(0.02, Multiplicity.Simes([0.02, 0.02]), 12);
        Assert.Equal(1, Multiplicity.Simes([]));
        Assert.Equal(0.015, Multiplicity.Simes([0.01, 0.4, 0.9], [2, 0.5, 0.5]), 12);
    }

    [Fact]
    public void BenjaminiHochbergStepsUp()
    {
        // The classic example: 0.04 passes with the help of those before it.
        Assert.Equal([true, true, true, true, false], Multiplicity.BenjaminiHochberg([0.01, 0.02, 0.03, 0.04, 0.2], 0.05));
        Assert.Equal([false, false], Multiplicity.BenjaminiHochberg([0.04, 0.9], 0.05));
        Assert.Equal([true, false], Multiplicity.BenjaminiHochberg([0.04, 0.9], 0.05, [1.7, 0.3]));
        Assert.Empty(Multiplicity.BenjaminiHochberg([], 0.05));
    }

    [Fact]
    public void NullContrastsSumToZeroWithinSidesAndHaveOneRunsVariance()
    {
        foreach (var design in new[] { new RunDesign(2, 2), new RunDesign(3, 2), new RunDesign(1, 4), new RunDesign(5, 5), new RunDesign(2, 2, IsInterleaved: true), new RunDesign(4, 4, IsInterleaved: true) })
        {
            var contrasts = NullContrast.Of(design);
            Assert.All(contrasts, contrast =>
            {
                Assert.Equal(0, contrast.Coefficients.Take(design.BaselineRuns).Sum(), 12);
                Assert.Equal(0, contrast.Coefficients.Skip(design.BaselineRuns).Sum(), 12);
                Assert.Equal(1, contrast.Coefficients.Sum(c => c * c), 12);
            });
            Assert.True(contrasts.Count >= design.DegreesOfFreedom);
        }

        Assert.Empty(NullContrast.Of(new RunDesign(1, 1)));
    }
}
