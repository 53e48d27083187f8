using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Support;

/// <summary>A disk of a few kilobytes at a folder, in a namespace of its own: what is on it is looked at from within, by the same script.</summary>
internal static class SmallDisk
{
    /// <summary>Mounts it at <paramref name="folder"/>, then runs lines of shell. What is told is what they tell.</summary>
    public static async Task<ProcessResult> RunAsync(string folder, string size, params string[] lines)
    {
        Directory.CreateDirectory(folder);
        return await ProcessRunner.RunAsync("unshare", ["-rm", "sh", "-c", string.Join('\n', lines.Prepend($"mount -t tmpfs -o size={size} none {folder} || exit 99"))]);
    }
}
