namespace Replay.Replayer.Tests;

public sealed class HostGuardsTests
{
    [Theory]
    [InlineData(824, GuardLevel.Passed)]
    [InlineData(825, GuardLevel.Refused)]
    public void ThereIsAFileForEachConnection(int connections, GuardLevel expected)
    {
        var guard = HostGuards.CheckFiles(connections, $"the run opens {connections} connections", limit: 1024);
        Assert.Equal(("files", expected), (guard.Name, guard.Level));
        if (expected == GuardLevel.Refused)
        {
            Assert.Contains("ulimit -n 1025", guard.Text, StringComparison.Ordinal);
            Assert.Contains("--force files", guard.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(99, GuardLevel.Refused, "--force disk")]
    [InlineData(100, GuardLevel.Warning, "up to 300 MiB")]
    [InlineData(299, GuardLevel.Warning, "299 MiB are free at /data")]
    [InlineData(300, GuardLevel.Passed, "300 MiB are free at /data")]
    public void WhatIsSurelyNeededIsAskedForAndWhatMayBeIsSaid(int freeMiB, GuardLevel expected, string words)
    {
        var guard = HostGuards.CheckDisk(exchanges: 1000, least: 100L << 20, most: 300L << 20, free: (long)freeMiB << 20, "/data");
        Assert.Equal(("disk", expected), (guard.Name, guard.Level));
        Assert.Contains(words, guard.Text, StringComparison.Ordinal);
    }
}
