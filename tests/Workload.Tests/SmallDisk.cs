using Replay.TestKit;

namespace Replay.Workload.Tests;

/// <summary>A file system of one megabyte.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private static readonly Lazy<string?> Reason = new(() =>
    {
        using var folder = new TempFolder("mount");
        return ProcessRunner.ShellAsync($"mount -t tmpfs -o size=1m none {folder.Path} && umount {folder.Path}").GetAwaiter().GetResult().ExitCode == 0
            ? null
            : "no right to mount a file system";
    });

    private readonly TempFolder _folder = new("disk");

    /// <summary>Why there can be none here; null if there can.</summary>
    public static string? WhyNot => Reason.Value;

    public string Path => _folder.Path;

    public static async Task<SmallDisk> MountAsync()
    {
        var disk = new SmallDisk();
        var result = await ProcessRunner.ShellAsync($"mount -t tmpfs -o size=1m none {disk.Path}");
        Assert.Equal(0, result.ExitCode);
        return disk;
    }

    public async ValueTask DisposeAsync()
    {
        var result = await ProcessRunner.ShellAsync($"umount {Path}");
        Assert.Equal(0, result.ExitCode);
        _folder.Dispose();
    }
}
