namespace Replay.TestKit;

/// <summary>The project's three programs as the tests' build made them.</summary>
public static class ProjectPrograms
{
    /// <summary>dbcapture.</summary>
    public static string Capture => Find("Agent", "dbcapture");

    /// <summary>dbreplay.</summary>
    public static string Replay => Find("Replayer", "dbreplay");

    /// <summary>dbcompare.</summary>
    public static string Compare => Find("Comparator", "dbcompare");

    private static string Find(string project, string program)
    {
        // .artifacts/bin/PROJECT/CONFIGURATION/PROGRAM, in the configuration that the tests run in
        var configuration = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)).Name;
        var path = RepositoryFolder.Path(".artifacts", "bin", project, configuration, program);
        return File.Exists(path) ? path : throw new FileNotFoundException($"build {program} first: ./build.sh build", path);
    }
}
