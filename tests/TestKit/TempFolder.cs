using System.Globalization;

namespace Replay.TestKit;

/// <summary>
/// A folder for one test that the servers' unprivileged user can enter, removed at the end. Folders of test processes that were
/// killed are removed by the next one.
/// </summary>
public sealed class TempFolder : IDisposable
{
    private static readonly Lazy<string> Home = new(MakeHome);
    private static int _count;

    /// <summary>Makes a folder whose name has <paramref name="name"/> in it.</summary>
    public TempFolder(string name = "t")
    {
        Path = System.IO.Path.Combine(Home.Value, $"{Interlocked.Increment(ref _count)}-{name}");
        Directory.CreateDirectory(Path);
    }

    /// <summary>Its path.</summary>
    public string Path { get; }

    /// <summary>The path of a file in it, which need not exist.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private static string MakeHome()
    {
        // /var/tmp: on disk, and nobody may enter it. A unix socket's path has to fit, so the names are short.
        const string prefix = "replay-tests-";
        var root = OperatingSystem.IsWindows() ? System.IO.Path.GetTempPath() : "/var/tmp";
        foreach (var old in Directory.EnumerateDirectories(root, prefix + "*"))
        {
            if (int.TryParse(System.IO.Path.GetFileName(old)[prefix.Length..], CultureInfo.InvariantCulture, out var pid) && !Directory.Exists($"/proc/{pid}"))
            {
                TryDelete(old);
            }
        }

        var home = System.IO.Path.Combine(root, $"{prefix}{Environment.ProcessId}");
        Directory.CreateDirectory(home);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => TryDelete(home);
        return home;
    }

    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's, or another process is removing it: leaving it is all that can be done.
            Console.Error.WriteLine($"left behind: {folder} ({e.Message})");
        }
    }
}
