using System.Globalization;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Lays a physical snapshot (pg_basebackup, mariadb-backup) into an empty folder, from which a server can be started. What on production reaches out to
/// others (archiving, replication, scheduled jobs) is turned off, and a mark tells later that this is a copy.
/// </summary>
public static class PhysicalCopy
{
    /// <summary>PostgreSQL: the file in the data folder that holds the mark.</summary>
    public const string ConsentFile = "replay_consent.json";

    // Appended to postgresql.auto.conf, where the last line counts. A setting of an extension that is not there does no harm.
    private const string PostgresSettings = """

        # dbreplay: a copy of production archives nothing, follows nobody, and starts no job
        archive_mode = 'off'
        archive_command = ''
        archive_cleanup_command = ''
        restore_command = ''
        primary_conninfo = ''
        synchronous_standby_names = ''
        max_logical_replication_workers = '0'
        cron.launch_active_jobs = 'off'

        """;

    private const string UsualPostgresConfiguration = "# The captured server kept its configuration outside of its data folder: give its settings here.\nlisten_addresses = '127.0.0.1'\n";
    private const string UsualHostBasedAuthentication = "local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\nhost all all ::1/128 scram-sha-256\n";

    /// <summary>Whether a snapshot is a copy of the server's files.</summary>
    public static bool IsPhysical(SnapshotInfo snapshot) => snapshot.Tool is "pg_basebackup" or "mariadb-backup" or "mariabackup";

    /// <summary>The major version of a PostgreSQL snapshot's server: 15 of 15.18.</summary>
    public static int Major(SnapshotInfo snapshot) => ServerVersion.Of(Engine.PostgreSql, snapshot.ServerVersion).Number.Major;

    /// <summary>MariaDB: the empty schema that tells that a server runs on the copy of a workload's snapshot.</summary>
    public static string ConsentSchema(Guid workload) => $"replay_copy_{workload:N}";

    /// <summary>Copies it; a <see cref="CommandException"/> if the folder is not empty or the snapshot is no physical one.</summary>
    public static async Task LayAsync(WorkloadReader reader, SnapshotInfo snapshot, RestoreOptions options, string directory, Progress progress, CancellationToken cancellation)
    {
        if (!IsPhysical(snapshot))
        {
            throw new CommandException($"the snapshot was taken by {snapshot.Tool}, which copies no files; restore it to a server by --target URL");
        }

        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
        {
            throw new CommandException($"{directory} is not empty; give an empty folder");
        }

        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var from = Path.GetFullPath(Path.Combine(reader.SnapshotFolder, snapshot.Databases.Count > 0 ? snapshot.Databases[0].File : "."));
        if (!Path.Exists(from))
        {
            throw new CommandException($"the snapshot is not at {from}; copy it there");
        }

        progress.Say($"copying {from} to {directory}");
        await FolderCopy.CopyAsync(from, directory, cancellation);
        var mark = new ConsentMark { Workload = reader.Manifest.Id, RestoredAt = DateTimeOffset.UtcNow, ToolVersion = ToolVersion.Current };
        if (snapshot.Engine == Engine.PostgreSql)
        {
            await PreparePostgresAsync(directory, mark, cancellation);
            progress.Say($"start PostgreSQL {Major(snapshot)} on {directory} (the folder has to be its user's own), then say 'dbreplay restore {options.Workload} --target URL'");
        }
        else
        {
            await PrepareMariaDbAsync(directory, mark, new VendorTools(options.Tools), cancellation);
            progress.Say($"start MariaDB on {directory} (the folder has to be its user's own) with --event-scheduler=OFF --skip-slave-start, then say 'dbreplay restore {options.Workload} --target URL'");
        }
    }

    private static async Task PreparePostgresAsync(string directory, ConsentMark mark, CancellationToken cancellation)
    {
        foreach (var file in (string[])["standby.signal", "recovery.signal", "recovery.conf", "postmaster.pid", "postmaster.opts"])
        {
            File.Delete(Path.Combine(directory, file));
        }

        await File.AppendAllTextAsync(Path.Combine(directory, "postgresql.auto.conf"), Known(PostgresSettings, directory), cancellation);
        await WriteIfMissingAsync(Path.Combine(directory, "postgresql.conf"), UsualPostgresConfiguration, cancellation);
        await WriteIfMissingAsync(Path.Combine(directory, "pg_hba.conf"), UsualHostBasedAuthentication, cancellation);
        await WriteIfMissingAsync(Path.Combine(directory, "pg_ident.conf"), "", cancellation);
        await File.WriteAllTextAsync(Path.Combine(directory, ConsentFile), mark.ToString(), cancellation);
    }

    // Up to 11 these belong into recovery.conf, which is not there, and are unknown to the server, which would not start.
    private static string Known(string settings, string directory)
    {
        const int RecoverySettingsAreOrdinary = 12;
        var version = File.Exists(Path.Combine(directory, "PG_VERSION")) ? File.ReadAllText(Path.Combine(directory, "PG_VERSION")).Trim() : "";
        return int.TryParse(version, CultureInfo.InvariantCulture, out var major) && major < RecoverySettingsAreOrdinary
            ? string.Join('\n', settings.Split('\n').Where(l => !l.StartsWith("restore_command", StringComparison.Ordinal) && !l.StartsWith("primary_conninfo", StringComparison.Ordinal) && !l.StartsWith("archive_cleanup", StringComparison.Ordinal)))
            : settings;
    }

    private static async Task WriteIfMissingAsync(string file, string text, CancellationToken cancellation)
    {
        if (!File.Exists(file))
        {
            await File.WriteAllTextAsync(file, text, cancellation);
        }
    }

    private static async Task PrepareMariaDbAsync(string directory, ConsentMark mark, VendorTools tools, CancellationToken cancellation)
    {
        // The redo log that was written while files were copied is applied here, not on production. It has to be of the captured version.
        await VendorTools.RunAsync(
            tools.Find("mariadb-backup", "mariabackup"), ["--prepare", $"--target-dir={Path.GetFullPath(directory)}"], new Dictionary<string, string>(StringComparer.Ordinal), input: null, cancellation);
        // A folder is a schema to MariaDB.
        Directory.CreateDirectory(Path.Combine(directory, ConsentSchema(mark.Workload)), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
