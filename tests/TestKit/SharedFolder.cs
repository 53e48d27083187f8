using System.Diagnostics.CodeAnalysis;

namespace Replay.TestKit;

/// <summary>
/// The folder beside the repository with captures made by others. It is not everywhere: what needs it skips where it is absent.
/// REPLAY_SHARED names it where it lies elsewhere.
/// </summary>
public static class SharedFolder
{
    /// <summary>Why a test that needs it was skipped.</summary>
    public const string Absent = "the folder ../shared (captures made by others) is not on this machine";

    /// <summary>Finds a file or folder in it.</summary>
    public static bool TryFind(string relative, [NotNullWhen(true)] out string? path)
    {
        var root = Environment.GetEnvironmentVariable("REPLAY_SHARED") ?? Path.Combine(RepositoryFolder.Root, "..", "shared");
        path = Path.GetFullPath(Path.Combine(root, relative));
        if (Path.Exists(path))
        {
            return true;
        }

        path = null;
        return false;
    }

    /// <summary>The path of a file or folder in it; for tests that <see cref="SharedFactAttribute"/> guards.</summary>
    public static string Find(string relative) =>
        TryFind(relative, out var path) ? path : throw new FileNotFoundException(Absent, relative);
}
