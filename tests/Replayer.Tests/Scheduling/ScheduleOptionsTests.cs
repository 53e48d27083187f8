namespace Replay.Replayer.Tests;

public sealed class ScheduleOptionsTests
{
    [Theory]
    [InlineData("50%", 0.5)]
    [InlineData("0%", 0)]
    [InlineData("0.25", 0.25)]
    [InlineData("250 %", 2.5)]
    public void SharesAreRead(string text, double scale) => Assert.Equal(scale, ScheduleOptions.ParseScale(text, "--think-time"));

    [Theory]
    [InlineData("")]
    [InlineData("-5%")]
    [InlineData("half")]
    [InlineData("10001%")]
    [InlineData("NaN")]
    public void WhatIsNoneIsRefusedByName(string text) => Assert.Contains("--think-time", Assert.Throws<CommandException>(() => ScheduleOptions.ParseScale(text, "--think-time")).Message, StringComparison.Ordinal);

    [Fact]
    public void TheWordsTellSchedulesApart()
    {
        Assert.Equal("absolute", ScheduleOptions.Plain.ToString());
        Assert.Equal(
            "think-time, connect time 50 %, think time 0 %, idle at most 5 s, warm-up 60 s",
            new ScheduleOptions { Mode = ScheduleMode.ThinkTime, ConnectScale = 0.5, ThinkScale = 0, IdleSkip = TimeSpan.FromSeconds(5), WarmUp = TimeSpan.FromMinutes(1) }.ToString());
    }

    [Fact]
    public void AWarmUpMovesNothing() => Assert.True(new ScheduleOptions { WarmUp = TimeSpan.FromMinutes(1) }.HasPlainTimes);
}
