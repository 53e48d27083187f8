namespace Replay.Replayer.Tests;

public sealed class ProgressTests
{
    private readonly StringWriter _out = new() { NewLine = "\n" };
    private readonly SteppedClock _clock = new();

    [Fact]
    public void ATerminalsLinesAreTakenBackBeforeTheNext()
    {
        var progress = new Progress(_out, quiet: false, isTerminal: true, _clock, width: static () => 60);
        Show(progress, "first", "second", "third");
        Assert.Equal("[###############...............] 50.0 %  first\n  second\n  third", Written());
        Show(progress, "alone");
        Assert.Equal("\r\u001b[2A\u001b[J[###############...............] 50.0 %  alone", Written());
        progress.Say("something");
        Assert.Equal("\r\u001b[Jsomething\n", Written());
        progress.Clear();
        Assert.Equal("", Written());
        Show(progress, new string('x', 100));
        Assert.Equal(59, Written().Length);
    }

    [Fact]
    public void WhatIsWiderThanTheTerminalIsFolded()
    {
        var progress = new Progress(_out, quiet: false, isTerminal: true, _clock, width: static () => 61);
        Show(progress, "900 replayed, 20 skipped, 3 failed; 1 min 15 s left; 1000 a second", "64 sessions open");
        Assert.Equal("[###############...............] 50.0 %  900 replayed,\n    20 skipped, 3 failed; 1 min 15 s left; 1000 a second\n  64 sessions open", Written());
        progress.Clear();
        Assert.Equal("\r\u001b[2A\u001b[J", Written());
    }

    [Fact]
    public void ElsewhereThereIsALineEveryTenSeconds()
    {
        var progress = new Progress(_out, quiet: false, isTerminal: false, _clock);
        _clock.Step(TimeSpan.FromSeconds(9));
        progress.Show(0.5, string () => throw new InvalidOperationException("it is not time"));
        Show(progress, "first", "second");
        Assert.Equal("50.0 %  first; second\n", Written());
    }

    [Fact]
    public void TwoOnOneTerminalSayWhoTheyAreAndHaveNoBar()
    {
        var progress = new Progress(_out, quiet: false, isTerminal: true, _clock, label: "A1.run");
        Show(progress, "first", "second");
        progress.Say("something");
        progress.Clear();
        Assert.Equal("A1.run: 50.0 %  first; second\nA1.run: something\n", Written());
    }

    [Fact]
    public void AQuietOneOnlyWarns()
    {
        var progress = new Progress(_out, quiet: true, isTerminal: true, _clock);
        Show(progress, "first");
        progress.Say("something");
        progress.Warn("this");
        Assert.Equal("warning: this\n", Written());
    }

    private void Show(Progress progress, params string[] lines)
    {
        _clock.Step(TimeSpan.FromSeconds(10));
        progress.Show(0.5, () => lines);
    }

    private string Written()
    {
        var text = _out.ToString();
        _out.GetStringBuilder().Clear();
        return text;
    }

    private sealed class SteppedClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Step(TimeSpan by) => _now += by.Ticks;
    }
}
