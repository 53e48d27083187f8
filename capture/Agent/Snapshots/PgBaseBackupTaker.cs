using System.Text.Json;
using System.Text.RegularExpressions;
using Replay.Agent.Hosting;
using Replay.Workload;

namespace Replay.Agent.Snapshots;

/// <summary>
/// pg_basebackup: the data folder with the write-ahead log up to the backup's end, which is the cut. When that position was written is found by
/// asking for the current one all the while. <see href="https://www.postgresql.org/docs/current/app-pgbasebackup.html"/>
/// </summary>
internal sealed partial class PgBaseBackupTaker(SnapshotRequest request, ToolSessions sessions, Reporter reporter, string folder)
    : PostgresTaker(request, sessions, reporter, folder)
{
    private const string BackupFolder = "base";
    private static readonly TimeSpan PositionPoll = TimeSpan.FromMilliseconds(20);

    protected override async Task<SnapshotInfo> TakeCoreAsync(CancellationToken stop)
    {
        var version = await Tools.VersionAsync("pg_basebackup", stop).ConfigureAwait(false);
        using var psql = PsqlSession.Open(Tools, FirstDatabase);
        var serverVersion = await psql.ValueAsync("SHOW server_version", stop).ConfigureAwait(false);
        var systemIdentifier = await psql.OptionalAsync("SELECT system_identifier FROM pg_control_system()", stop).ConfigureAwait(false);
        var left = await WaitAsync(psql, stop).ConfigureAwait(false);
        var names = await DatabasesAsync(psql, stop).ConfigureAwait(false);
        var tablespaces = await psql.RowsAsync("SELECT oid::bigint AS oid, pg_tablespace_location(oid) AS location FROM pg_tablespace WHERE pg_tablespace_location(oid) <> ''", stop).ConfigureAwait(false);

        var startedAt = DateTimeOffset.UtcNow;
        Reporter.Say("snapshot: pg_basebackup");
        string? endPosition = null;
        var saidEnd = NowMicroseconds;
        var backup = Tools.RunAsync(
            "pg_basebackup",
            ["-D", Path.Combine(Folder, BackupFolder), "-X", "stream", "-c", "fast", "-F", "plain", "-v", "-w", .. Mappings(tablespaces), .. Tools.Server],
            stop,
            said =>
            {
                if (EndPoint().Match(said) is { Success: true } match)
                {
                    (endPosition, saidEnd) = (match.Groups[1].Value, NowMicroseconds);
                }
            });
        var positions = await PositionsAsync(psql, backup, stop).ConfigureAwait(false);
        await backup.ConfigureAwait(false);

        var end = endPosition is null ? ulong.MaxValue : Position(endPosition);
        var earliest = positions.LastOrDefault(seen => seen.Position < end, (Position: 0UL, AtMicroseconds: (startedAt - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond)).AtMicroseconds;
        var latest = positions.FirstOrDefault(seen => seen.Position >= end && seen.AtMicroseconds >= earliest, (Position: 0UL, AtMicroseconds: NowMicroseconds)).AtMicroseconds;
        if (endPosition is null)
        {
            Warnings.Add("pg_basebackup did not say where the backup ended: the cut lies anywhere in the backup's time");
        }

        var databases = new List<SnapshotDatabase>();
        foreach (var name in names)
        {
            databases.Add(await DescribeAsync(
                new SnapshotDatabase { Name = name, File = BackupFolder, CutEarliestMicroseconds = earliest, CutLatestMicroseconds = Math.Max(latest, saidEnd), WalPosition = endPosition }, stop).ConfigureAwait(false));
        }

        return new SnapshotInfo
        {
            Tool = "pg_basebackup",
            ToolVersion = version,
            Engine = Engine.PostgreSql,
            ServerVersion = serverVersion,
            SystemIdentifier = systemIdentifier,
            StartedAt = startedAt,
            EndedAt = DateTimeOffset.UtcNow,
            CutEarliestMicroseconds = earliest,
            CutLatestMicroseconds = Math.Max(latest, saidEnd),
            Databases = databases,
            Roles = await RolesAsync(psql, stop).ConfigureAwait(false),
            OpenTransactionsLeft = left,
        };
    }

    /// <summary>Tablespaces lie at absolute paths, which on this very host are taken: they are copied to folders beside the data.</summary>
    private IEnumerable<string> Mappings(List<JsonElement> tablespaces) => tablespaces.SelectMany(tablespace => (string[])
    [
        "-T", $"{Escape(tablespace.GetProperty("location").GetString()!)}={Escape(Path.Combine(Path.GetFullPath(Folder), "tablespaces", tablespace.GetProperty("oid").ToString()))}",
    ]);

    private static string Escape(string path) => path.Replace("=", "\\=", StringComparison.Ordinal);

    /// <summary>Positions in the write-ahead log with the time after which each was current, until the backup is done.</summary>
    private static async Task<List<(ulong Position, long AtMicroseconds)>> PositionsAsync(PsqlSession psql, Task backup, CancellationToken stop)
    {
        var positions = new List<(ulong, long)>();
        while (!backup.IsCompleted)
        {
            var text = await psql.OptionalAsync("SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END", stop).ConfigureAwait(false);
            if (text is { Length: > 0 })
            {
                positions.Add((Position(text), NowMicroseconds));
            }

            await Task.WhenAny(backup, Task.Delay(PositionPoll, stop)).ConfigureAwait(false);
        }

        return positions;
    }

    private static ulong Position(string text)
    {
        var halves = text.Split('/');
        return (Convert.ToUInt64(halves[0], 16) << 32) | Convert.ToUInt64(halves[1], 16);
    }

    [GeneratedRegex("write-ahead log end point: ([0-9A-F]+/[0-9A-F]+)")]
    private static partial Regex EndPoint();
}
