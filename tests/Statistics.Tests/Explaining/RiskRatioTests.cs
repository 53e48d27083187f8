namespace Replay.Statistics.Tests;

public sealed class RiskRatioTests
{
    [Fact]
    public void AValueWhoseExecutionsAreSlowStandsOut()
    {
        // 1,000 executions of 50 sessions; value 1 has a tenth of them, of which 90 % are slow, of the rest 3 %.
        var random = new Random(1);
        var values = Enumerable.Range(0, 1000).Select(i => i % 10 == 0 ? 1 : 0).ToArray();
        bool[] slow = [.. values.Select(value => random.NextDouble() < (value == 1 ? 0.9 : 0.03))];
        var found = RiskRatios.Of(values, Executions(slow), tests: 10);
        var contrast = found.Single(one => one.Value == 1);
        Assert.Equal((100, 0.1), (contrast.Executions, contrast.ExecutionShare));
        Assert.InRange(contrast.RiskRatio.Estimate, 15, 60);
        Assert.InRange(contrast.RiskRatio.Low, 10, contrast.RiskRatio.Estimate);
        Assert.True(contrast.RiskRatio.High > contrast.RiskRatio.Estimate);
        Assert.InRange(contrast.ExcessShare, 0.6, 0.9);
        Assert.True(contrast.Weight > 2);
    }

    [Fact]
    public void WhatHangsTogetherIsNoEvidenceOfItsOwn()
    {
        // All executions of two sessions are slow, which both have value 1 by chance, as half of the sessions do; of the others each 20th is.
        var sessions = Enumerable.Range(0, 2000).Select(i => i % 20).ToArray();
        var values = sessions.Select(session => session < 10 ? 1 : 0).ToArray();
        bool[] slow = [.. sessions.Select((session, i) => session is 3 or 4 || i / 20 % 20 == 0)];
        double[] excess = [.. slow.Select(one => one ? 1.0 : 0)];
        var single = RiskRatios.Of(values, new SlowExecutions(slow, excess, []), 1).Single(one => one.Value == 1);
        var clustered = RiskRatios.Of(values, new SlowExecutions(slow, excess, [sessions]), 1).Single(one => one.Value == 1);
        Assert.Equal(single.RiskRatio.Estimate, clustered.RiskRatio.Estimate);
        Assert.True(clustered.RiskRatio.Low < single.RiskRatio.Low);
    }

    [Fact]
    public void FewExecutionsHaveExactBounds()
    {
        // 13 of 13 against none of 27: at 0.25 % a bound, 0.0025^(1/13) and 1 - 0.0025^(1/27).
        int[] values = [.. Enumerable.Range(0, 40).Select(i => i < 13 ? 1 : 0)];
        bool[] slow = [.. values.Select(value => value == 1)];
        var contrast = RiskRatios.Of(values, new SlowExecutions(slow, [.. slow.Select(one => one ? 1.0 : 0)], []), tests: 5).Single();
        Assert.Equal(Math.Pow(0.0025, 1.0 / 13) / (1 - Math.Pow(0.0025, 1.0 / 27)), contrast.RiskRatio.Low, 6);
        Assert.Equal((1, 13), (contrast.ExcessShare, contrast.Slow));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WithoutAnyEffectHardlyAnyValueIsFound(int seed)
    {
        var random = new Random(seed);
        var found = 0;
        for (var round = 0; round < 100; round++)
        {
            int[] values = [.. Enumerable.Range(0, 500).Select(_ => random.Next(10))];
            bool[] slow = [.. values.Select(_ => random.NextDouble() < 0.2)];
            found += RiskRatios.Of(values, Executions(slow), tests: 10).Count(one => one.RiskRatio.Low > 1);
        }

        Assert.InRange(found, 0, 10);
    }

    [Fact]
    public void WhatAllHaveAndWhatNobodyHasIsNoContrast()
    {
        Assert.Empty(RiskRatios.Of(new int[100], Executions([.. Enumerable.Range(0, 100).Select(i => i < 50)]), 1));
        Assert.Empty(RiskRatios.Of([.. Enumerable.Repeat(-1, 100)], Executions([.. Enumerable.Range(0, 100).Select(i => i < 50)]), 1));
        Assert.Empty(RiskRatios.Of([], new SlowExecutions([], [], [[]]), 1));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.1)]
    [InlineData(0.9)]
    public void TwoGroupsArePartedWhereverTheyAre(double share)
    {
        var random = new Random(7);
        double[] values = [.. Enumerable.Range(0, 1000).Select(i => (i < share * 1000 ? 1.6 : 0) + (0.2 * (random.NextDouble() - 0.5)))];
        Assert.InRange(TwoGroups.Border(values), 0.1, 1.5);
    }

    [Fact]
    public void EqualNumbersHaveNoBorder()
    {
        Assert.Equal(double.NaN, TwoGroups.Border([1, 1, 1, 1, 1]));
        Assert.Equal(double.NaN, TwoGroups.Border([1, 2, 3]));
    }

    [Fact]
    public void OverlapTellsWhatSaysTheSame()
    {
        bool[] one = [true, true, false, false, false, false], other = [true, false, true, false, true, false];
        Assert.Equal(1, Overlap.Of(one, one), 9);
        Assert.Equal(1, Overlap.Of(one, [.. one.Select(value => !value)]), 9);
        Assert.InRange(Overlap.Of(one, other), 0, 0.1);
        Assert.Equal(0, Overlap.Of(one, new bool[6]));
    }

    private static SlowExecutions Executions(bool[] slow) =>
        new(slow, [.. slow.Select(one => one ? 1000.0 : 0)], [[.. Enumerable.Range(0, slow.Length).Select(i => i % 50)]]);
}
