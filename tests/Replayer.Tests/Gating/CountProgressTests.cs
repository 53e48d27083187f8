namespace Replay.Replayer.Tests;

public class CountProgressTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 8)]
    [InlineData(3, 64)]
    [InlineData(4, 65)]
    [InlineData(5, 5_000)]
    public void AllUpToANumberHaveEndedWhateverTheOrder(int seed, int apart)
    {
        var random = new Random(seed);
        var numbers = Enumerable.Range(1, 20_000).OrderBy(n => n + random.Next(apart)).ToArray();
        var progress = new CountProgress();
        var ended = new HashSet<long>();
        var through = 0L;
        foreach (var number in numbers)
        {
            progress.End(number);
            ended.Add(number);
            while (ended.Contains(through + 1))
            {
                through++;
            }

            Assert.Equal(through, progress.Through);
        }

        Assert.Equal(20_000, progress.Through);
    }

    [Fact]
    public void AUnitThatEndsAgainChangesNothing()
    {
        var progress = new CountProgress();
        progress.End(1);
        progress.End(3);
        progress.End(1);
        progress.End(3);
        progress.End(2);
        Assert.Equal(3, progress.Through);
    }
}
