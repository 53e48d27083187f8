namespace Replay.Comparator;

/// <summary>Finds the project's other programs.</summary>
internal static class ProjectProgram
{
    /// <summary>The path of a program of <c>capture/Agent</c>; null if it is not found.</summary>
    public static string? TryFind(string name)
    {
        // Beside this program; in a build's output, bin/PROJECT/CONFIGURATION, in the other project's folder and where the launchers are; on the PATH.
        var own = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        var bin = Path.GetFullPath(Path.Combine(own, "..", ".."));
        string[] folders = [own, Path.Combine(bin, ".."), Path.Combine(bin, "Agent", Path.GetFileName(own)), .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)];
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}
