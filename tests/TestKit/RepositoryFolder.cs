namespace Replay.TestKit;

/// <summary>Where the repository is: the nearest folder above the running assembly that holds Replay.sln.</summary>
public static class RepositoryFolder
{
    private static readonly Lazy<string> Found = new(Find);

    /// <summary>The repository's root.</summary>
    public static string Root => Found.Value;

    /// <summary>A path inside the repository.</summary>
    public static string Path(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Replay.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no Replay.sln above {AppContext.BaseDirectory}: tests run from the repository's own build output");
    }
}
