using Replay.Agent.CommandLine;

namespace Replay.Agent.Tests.CommandLine;

public class QuantitiesTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("5m", 300)]
    [InlineData("1.5h", 5400)]
    [InlineData("24h", 86400)]
    [InlineData("2d", 172800)]
    [InlineData("500ms", 0.5)]
    [InlineData("7", 7)]
    public void Durations(string text, double seconds)
    {
        Assert.True(Quantities.TryDuration(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("200GiB", 200L << 30)]
    [InlineData("1.5MiB", 3L << 19)]
    [InlineData("500MB", 500_000_000)]
    [InlineData("10kB", 10_000)]
    [InlineData("12B", 12)]
    [InlineData("12", 12)]
    public void Sizes(string text, long expected)
    {
        Assert.True(Quantities.TrySize(text, out var bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("2026-11-20T09:30:00.123456Z", 1795167000123456)]
    [InlineData("2026-11-20T10:30:00+01:00", 1795167000000000)]
    [InlineData("2026-11-20", 1795132800000000)]
    public void Times(string text, long expected)
    {
        Assert.True(Quantities.TryTime(text, out var microseconds));
        Assert.Equal(expected, microseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("-5m")]
    [InlineData("5 parsecs")]
    [InlineData("1e99h")]
    public void NoQuantities(string text)
    {
        Assert.False(Quantities.TryDuration(text, out _));
        Assert.False(Quantities.TrySize(text, out _));
        Assert.False(Quantities.TryTime(text, out _));
    }
}
