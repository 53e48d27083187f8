using System.Globalization;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>The user's own command, which puts the data of a snapshot that a hook took onto the target.</summary>
internal static class RestoreHook
{
    /// <summary>Runs it; a <see cref="CommandException"/> if there is none, or if it fails.</summary>
    public static Task RunAsync(RestoreOptions options, SnapshotInfo snapshot, string snapshotFolder, TargetUrl url, CancellationToken cancellation)
    {
        var command = options.Hook
            ?? throw new CommandException($"the snapshot was taken by a command of yours ({snapshot.ToolVersion}); say by --hook CMD how its data come onto the target");
        return VendorTools.RunAsync(
            "/bin/sh",
            ["-c", command],
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["REPLAY_SNAPSHOT_FOLDER"] = Path.GetFullPath(Path.Combine(snapshotFolder, snapshot.Databases.Count > 0 ? snapshot.Databases[0].File : ".")),
                ["REPLAY_HOST"] = url.Host,
                ["REPLAY_PORT"] = url.Port.ToString(CultureInfo.InvariantCulture),
                ["REPLAY_USER"] = url.User,
                ["REPLAY_DATABASE"] = url.Database,
                [url.Engine == Engine.PostgreSql ? "PGPASSWORD" : "MYSQL_PWD"] = url.Password ?? "",
            },
            input: null,
            cancellation);
    }
}
