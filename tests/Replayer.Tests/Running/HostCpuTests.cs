using System.Diagnostics;

namespace Replay.Replayer.Tests;

public sealed class HostCpuTests
{
    [Theory]
    [InlineData("cpu  100 20 300 9999 999 4 5 66 50 7", 4.95)]
    [InlineData("cpu 1 0 0 0 0 0 0 0 0 0", 0.01)]
    [InlineData("cpu  100 20 300 9999", null)]
    [InlineData("cpu0 100 20 300 9999 999 4 5 66 50 7", null)]
    [InlineData("cpu  100 20 many 9999 999 4 5 66 50 7", null)]
    [InlineData("", null)]
    public void IdleTimeIsNotBusy(string line, double? seconds) => Assert.Equal(seconds, HostCpu.Parse(line));

    [Fact]
    public void WhatIsStolenIsToldApart() => Assert.Equal(0.5, HostCpu.ParseStolen("cpu  100 20 300 9999 999 4 5 50 66 7"));

    [Fact]
    public void WhatThisProcessUsesIsInIt()
    {
        using var self = Process.GetCurrentProcess();
        var host = HostCpu.BusySeconds();
        Assert.NotNull(host);
        var own = self.TotalProcessorTime;
        do
        {
            self.Refresh();
        }
        while ((self.TotalProcessorTime - own).TotalSeconds < 0.5);

        // The two are counted by different clocks of the kernel, to a tick.
        Assert.InRange(HostCpu.BusySeconds()!.Value - host.Value, 0.4, double.MaxValue);
    }
}
