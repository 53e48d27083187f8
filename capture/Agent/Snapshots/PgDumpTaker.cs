using System.Globalization;
using System.Text.RegularExpressions;
using Replay.Agent.Hosting;
using Replay.Workload;
using SequencePosition = Replay.Workload.SequencePosition;

namespace Replay.Agent.Snapshots;

/// <summary>
/// pg_dump: for each database a psql exports a snapshot in a transaction that it keeps open, and pg_dump reads with exactly that one. So the cut is one
/// statement on the wire, and <c>pg_current_snapshot()</c> with the transaction ids of the sessions decides what was in it.
/// <see href="https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-SNAPSHOT-SYNCHRONIZATION"/>
/// </summary>
internal sealed partial class PgDumpTaker(SnapshotRequest request, ToolSessions sessions, Reporter reporter, string folder)
    : PostgresTaker(request, sessions, reporter, folder)
{
    protected override async Task<SnapshotInfo> TakeCoreAsync(CancellationToken stop)
    {
        var version = await Tools.VersionAsync("pg_dump", stop).ConfigureAwait(false);
        using var psql = PsqlSession.Open(Tools, FirstDatabase);
        var serverVersion = await psql.ValueAsync("SHOW server_version", stop).ConfigureAwait(false);
        var systemIdentifier = await psql.OptionalAsync("SELECT system_identifier FROM pg_control_system()", stop).ConfigureAwait(false);
        var left = await WaitAsync(psql, stop).ConfigureAwait(false);
        IReadOnlyList<string> names = Request.Url.Database is { } one
            ? [one]
            : await DatabasesAsync(psql, stop).ConfigureAwait(false);

        var startedAt = DateTimeOffset.UtcNow;
        var cuts = new List<DatabaseCut>();
        try
        {
            foreach (var name in names)
            {
                cuts.Add(await CutDatabaseAsync(name, stop).ConfigureAwait(false));
            }

            var databases = new List<SnapshotDatabase>();
            foreach (var cut in cuts)
            {
                Reporter.Say($"snapshot: pg_dump of {cut.Name}");
                databases.Add(await DumpAsync(cut, stop).ConfigureAwait(false));
            }

            return new SnapshotInfo
            {
                Tool = "pg_dump",
                ToolVersion = version,
                Engine = Engine.PostgreSql,
                ServerVersion = serverVersion,
                SystemIdentifier = systemIdentifier,
                StartedAt = startedAt,
                EndedAt = DateTimeOffset.UtcNow,
                CutEarliestMicroseconds = databases.Min(d => d.CutEarliestMicroseconds),
                CutLatestMicroseconds = databases.Max(d => d.CutLatestMicroseconds),
                Databases = databases,
                Roles = await RolesAsync(psql, stop).ConfigureAwait(false),
                OpenTransactionsLeft = left,
            };
        }
        finally
        {
            cuts.ForEach(cut => cut.Psql.Dispose());
        }
    }

    protected override bool IsChangedDefinition(string words) => ChangedDefinition().IsMatch(words);

    private async Task<DatabaseCut> CutDatabaseAsync(string name, CancellationToken stop)
    {
        var psql = PsqlSession.Open(Tools, name);
        try
        {
            var number = int.Parse(await psql.ValueAsync("SHOW server_version_num", stop).ConfigureAwait(false), CultureInfo.InvariantCulture);
            var cut = await PostgresCut.TakeAsync(psql, number, stop).ConfigureAwait(false);
            var export = await psql.ValueAsync("SELECT pg_export_snapshot()", stop).ConfigureAwait(false);
            if (cut.Warning is not null)
            {
                Warnings.Add($"{name}: {cut.Warning}");
            }

            // Managed servers may refuse it, which must not end the transaction. (The export is not possible after a savepoint.)
            await psql.LinesAsync("SAVEPOINT position", stop).ConfigureAwait(false);
            var wal = await psql.OptionalAsync(
                "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END", stop).ConfigureAwait(false);
            await psql.LinesAsync("ROLLBACK TO SAVEPOINT position", stop).ConfigureAwait(false);
            // Sequences stand outside of transactions: read now, not when the dump is done.
            var sequences = await SequencesAsync(psql, stop).ConfigureAwait(false);
            var prepared = await psql.RowsAsync("SELECT transaction::text, gid, owner, database FROM pg_prepared_xacts", stop).ConfigureAwait(false);
            if (prepared.Count > 0)
            {
                Warnings.Add($"{name}: {prepared.Count} prepared transactions were open at the cut; they are not in the snapshot");
            }

            return new DatabaseCut(name, psql, export, cut, wal, sequences);
        }
        catch
        {
            psql.Dispose();
            throw;
        }
    }

    private async Task<SnapshotDatabase> DumpAsync(DatabaseCut cut, CancellationToken stop)
    {
        var file = FileName(cut.Name, ".dump");
        await Tools.RunAsync("pg_dump", ["-Fc", "-w", $"--snapshot={cut.Export}", "-f", Path.Combine(Folder, file), .. Tools.Server, "-d", cut.Name], stop).ConfigureAwait(false);
        var (earliest, latest, _) = await CutAsync(CutKind.PostgresSnapshot, cut.Name, cut.Cut.EarliestMicroseconds, cut.Cut.LatestMicroseconds, stop, cut.Cut.Attempt).ConfigureAwait(false);
        return new SnapshotDatabase
        {
            Name = cut.Name,
            File = file,
            CutEarliestMicroseconds = earliest,
            CutLatestMicroseconds = latest,
            SnapshotText = cut.Cut.Snapshot,
            Sessions = cut.Cut.Sessions,
            SessionsAreExact = cut.Cut.IsExact,
            WalPosition = cut.WalPosition,
            Types = await TypesAsync(cut.Psql, stop).ConfigureAwait(false),
            Extensions = await ExtensionsAsync(cut.Psql, stop).ConfigureAwait(false),
            Sequences = cut.Sequences,
        };
    }

    // pg_dump looks at catalogues by its snapshot, locks and describes by what is there now. It tells no SQLSTATE: a server that speaks another language is not understood.
    [GeneratedRegex("ERROR: .*(does not exist|could not open relation with OID|cache lookup failed|concurrently)")]
    private static partial Regex ChangedDefinition();

    private sealed record DatabaseCut(string Name, PsqlSession Psql, string Export, PostgresCut Cut, string? WalPosition, IReadOnlyList<SequencePosition> Sequences);
}
