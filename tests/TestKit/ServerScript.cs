namespace Replay.TestKit;

/// <summary>servers.sh, which gets, starts, stops and wipes real servers.</summary>
public static class ServerScript
{
    private static readonly string Path = RepositoryFolder.Path("tests", "TestKit", "servers.sh");

    /// <summary>Runs it; a message that it left is in the exception if it fails.</summary>
    public static Task<ProcessResult> RunAsync(params string[] arguments) => RunAsync(arguments, new ProcessOptions());

    /// <summary>Runs it with an environment or an input. Fetching may take minutes.</summary>
    public static async Task<ProcessResult> RunAsync(IEnumerable<string> arguments, ProcessOptions options)
    {
        var result = await ProcessRunner.RunAsync(Path, arguments, options with { Timeout = TimeSpan.FromMinutes(6) }).ConfigureAwait(false);
        return result.Expect();
    }

    /// <summary>The full path of a client program that comes with a server or a package of the kit (fetched if need be).</summary>
    public static async Task<string> ToolAsync(string engine, string major, string program)
    {
        var home = (await RunAsync("home", engine, major).ConfigureAwait(false)).Output.Trim();
        var path = System.IO.Path.Combine(home, "bin", program);
        return File.Exists(path) ? path : throw new FileNotFoundException($"{engine} {major} of the kit has no {program}", path);
    }
}
