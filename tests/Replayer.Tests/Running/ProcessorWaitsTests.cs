namespace Replay.Replayer.Tests;

public sealed class ProcessorWaitsTests
{
    [Theory]
    [InlineData("123456 789000 42\n", 789_000L)]
    [InlineData("1 2", null)]
    [InlineData("a b c", null)]
    [InlineData("", null)]
    public void TheSecondNumberIsTheWait(string text, long? nanoseconds) => Assert.Equal(nanoseconds, ProcessorWaits.Parse(text));

    [Fact]
    public void ThreadsThatOutnumberTheProcessorsWait()
    {
        var waits = new ProcessorWaits();
        using var go = new Barrier((2 * Environment.ProcessorCount) + 1);
        var threads = Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            for (var since = DateTime.UtcNow; DateTime.UtcNow - since < TimeSpan.FromMilliseconds(300);)
            {
                // Busy.
            }

            go.SignalAndWait();
            go.SignalAndWait();
        })).ToList();
        threads.ForEach(t => t.Start());
        go.SignalAndWait();
        Assert.True(waits.Since() > TimeSpan.FromMilliseconds(100));
        go.SignalAndWait();
        threads.ForEach(t => t.Join());
    }
}
