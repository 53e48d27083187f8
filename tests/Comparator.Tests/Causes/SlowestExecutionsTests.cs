namespace Replay.Comparator.Tests.Causes;

public sealed class SlowestExecutionsTests
{
    [Theory]
    [InlineData(3, 3)]
    [InlineData(100, 4)]
    [InlineData(900, 9)]
    [InlineData(100_000, 30)]
    public void AreTheSlowestHundredthWithinBounds(int executions, int expected)
    {
        var slowest = new SlowestExecutions();
        foreach (var position in Enumerable.Range(0, executions))
        {
            slowest.Add(position, (position * 7919L) % executions); // 7919 is prime, so each latency comes once
        }

        var positions = slowest.Positions();
        Assert.Equal(expected, positions.Count);
        Assert.Equal(positions.Order(), positions);
        Assert.Equal(Enumerable.Range(executions - expected, expected).Select(latency => (float)latency), positions.Select(position => (float)((position * 7919L) % executions)).Order());
    }

    [Fact]
    public void OfEqualOnesTheFirstAreKept()
    {
        var slowest = new SlowestExecutions();
        foreach (var position in Enumerable.Range(0, 50_000))
        {
            slowest.Add(position, 5);
        }

        Assert.Equal(Enumerable.Range(0, SlowestExecutions.Most).Select(position => (long)position), slowest.Positions());
    }
}
