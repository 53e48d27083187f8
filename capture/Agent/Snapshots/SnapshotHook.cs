using Replay.Agent.Hosting;

namespace Replay.Agent.Snapshots;

/// <summary>
/// The user's own command: a snapshot of the volume, a tool of the cloud's. It finds REPLAY_SNAPSHOT_FOLDER (for what it wants to leave with the
/// workload), REPLAY_HOST, REPLAY_PORT, REPLAY_USER and REPLAY_DATABASE in its environment. A line <c>cut begins</c> and a line <c>cut ends</c> on its standard
/// output narrow the moment down; else it is the command's whole time.
/// </summary>
internal static class SnapshotHook
{
    /// <summary>The folder for what the command leaves, in the workload's snapshot folder.</summary>
    public const string LeftFolder = "hook";

    private const string OutputFile = "hook.log";

    /// <summary>
    /// What the manifest calls the command: its program's name, if it begins with one. Nothing else of it, as passwords may be in the rest, and in variables before the program.
    /// </summary>
    public static string Name(string command)
    {
        var program = command.Trim().Split([' ', '\t', '\n', ';', '|', '&', '<', '>', '('], 2)[0];
        return program.Length > 0 && program.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-') ? Path.GetFileName(program) : "a line of shell";
    }

    /// <summary>Runs it; returns the interval in which it cut, in microseconds since 1970.</summary>
    public static async Task<(long Earliest, long Latest)> RunAsync(SnapshotRequest request, ToolSessions sessions, string folder, CancellationToken stop)
    {
        var left = Path.Combine(Path.GetFullPath(folder), LeftFolder);
        Directory.CreateDirectory(left, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["REPLAY_SNAPSHOT_FOLDER"] = left,
            ["REPLAY_HOST"] = request.Url.Host,
            ["REPLAY_PORT"] = request.Url.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["REPLAY_USER"] = request.Url.User,
            ["REPLAY_DATABASE"] = request.Url.Database ?? "",
        };
        var (earliest, latest) = (Now(), long.MaxValue);
        using var hook = ToolProcess.Start("/bin/sh", ["-c", request.Command!], environment, sessions);
        hook.Input.Close();
        await using (var log = File.CreateText(Path.Combine(folder, OutputFile)))
        {
            while (await hook.Output.ReadLineAsync(stop).ConfigureAwait(false) is { } line)
            {
                earliest = line == "cut begins" ? Now() : earliest;
                latest = line == "cut ends" ? Now() : latest;
                await log.WriteLineAsync(line).ConfigureAwait(false);
            }
        }

        var status = await hook.WaitAsync(stop).ConfigureAwait(false);
        return status == 0 ? (earliest, Math.Min(latest, Now())) : throw new UserException($"the hook ended with status {status}: {hook.LastError}");
    }

    private static long Now() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
