namespace Replay.Replayer.Tests;

public sealed class CommandTests
{
    [Theory]
    [InlineData("250ms", 0.25)]
    [InlineData("30s", 30)]
    [InlineData("30", 30)]
    [InlineData("5m", 300)]
    [InlineData("1.5h", 5400)]
    public void DurationsAreRead(string text, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Durations.Parse(text, "--timeout"));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5 days")]
    [InlineData("0s")]
    public void WhatIsNoDurationIsRefusedWithTheOptionsName(string text) =>
        Assert.Contains("--timeout", Assert.Throws<CommandException>(() => Durations.Parse(text, "--timeout")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", 0)]
    [InlineData("--retry-victims", 3)]
    [InlineData("--retry-victims 7", 7)]
    [InlineData("--retry-victims 0", 0)]
    public void VictimsAreRetriedWhereThatIsAskedFor(string arguments, int attempts) => Assert.Equal(attempts, RetryVictims(arguments));

    [Fact]
    public void MoreAttemptsThanMakeSenseAreRefused() =>
        Assert.Contains("--retry-victims 101", Assert.Throws<CommandException>(() => RetryVictims("--retry-victims 101")).Message, StringComparison.Ordinal);

    private static int RetryVictims(string arguments)
    {
        var option = CommonOptions.RetryVictims();
        return CommonOptions.ReadRetryVictims(new System.CommandLine.RootCommand { option }.Parse(arguments), option);
    }

    [Fact]
    public void PasswordsAreReadByUser()
    {
        var file = PasswordFile.Parse(["# users", "", "app:se:cret", "bob:"], "f");
        Assert.Equal("se:cret", file.Find("app"));
        Assert.Equal("", file.Find("bob"));
        Assert.Null(file.Find("carol"));
    }

    [Fact]
    public void ABadLineOfThePasswordFileIsNamedWithoutShowingIt()
    {
        var e = Assert.Throws<CommandException>(() => PasswordFile.Parse(["app:x", "hunter2"], "f"));
        Assert.Contains("line 2", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ConsentMarksComeBackAndOtherCommentsAreNone()
    {
        var mark = new ConsentMark { Workload = Guid.NewGuid(), RestoredAt = DateTimeOffset.UnixEpoch, ToolVersion = "1" };
        Assert.Equal(mark, ConsentMark.Parse(mark.ToString()));
        Assert.Null(ConsentMark.Parse(null));
        Assert.Null(ConsentMark.Parse("our shop"));
        Assert.Null(ConsentMark.Parse("{broken"));
        Assert.Null(ConsentMark.Parse("{}"));
    }
}
