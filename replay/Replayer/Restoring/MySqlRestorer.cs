using System.Globalization;
using System.IO.Compression;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Restores dumps of mysqldump and mariadb-dump; a reset loads them again.</summary>
internal sealed class MySqlRestorer(WorkloadReader reader, SnapshotInfo snapshot, RestoreOptions options, TargetUrl url, Progress progress)
    : Restorer(reader, snapshot, options, url, progress)
{
    private static readonly TimeSpan FlushWithin = TimeSpan.FromSeconds(30);

    private IEnumerable<string> Schemas => Snapshot.Databases.Select(d => d.Name).Where(n => n is not ("mysql" or "sys" or "information_schema" or "performance_schema"));

    protected override async Task RestoreAsync(CancellationToken cancellation)
    {
        // Without a database of its own: the ones that are restored are dropped meanwhile.
        await using var control = await TargetControl.OpenAsync(Url with { Database = "" }, cancellation: cancellation);
        var facts = await control.ReadFactsAsync();
        RefuseSource(facts);
        var isMarked = facts.Databases.ContainsKey(ConsentMark.MySqlSchema) && facts.Databases.Values.Any(m => m is not null);
        foreach (var schema in Schemas.Where(facts.Databases.ContainsKey))
        {
            await MakeRoomAsync(control, schema, isMarked);
        }

        await CreateAccountsAsync(control);
        foreach (var file in Snapshot.Databases.GroupBy(d => d.File, StringComparer.Ordinal))
        {
            await LoadAsync(control, [.. file], cancellation);
        }

        await AnalyzeAsync(control);
        await MarkAsync(control);
        await FlushAsync(control, cancellation);
    }

    private async Task MakeRoomAsync(TargetControl control, string schema, bool isMarked)
    {
        var tables = await control.QueryAsync($"SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = {MySqlNames.Literal(schema)}", "looking for tables");
        if (tables.Scalar != "0" && !Options.Force.Contains("target") && !(Options.Reset && isMarked))
        {
            throw new CommandException(isMarked
                ? $"database '{schema}' has been restored already; say --reset to put it back to how it was then"
                : $"the target has a database '{schema}' with tables in it; use an empty server, or say --force target to drop it");
        }

        await control.QueryAsync($"DROP DATABASE {MySqlNames.Quote(schema)}", $"dropping database '{schema}'");
    }

    // Views, triggers and routines belong to accounts; nobody has to log in as them.
    private async Task CreateAccountsAsync(TargetControl control)
    {
        var created = new List<string>();
        foreach (var account in Snapshot.Roles)
        {
            var at = account.LastIndexOf('@');
            var name = (at > 0 ? account[..at] : account).Trim('\'', '`');
            var host = (at > 0 ? account[(at + 1)..] : "%").Trim('\'', '`');
            if (name.Length == 0 || name is "root" or "mariadb.sys" or "PUBLIC" || name.StartsWith("mysql.", StringComparison.Ordinal))
            {
                continue;
            }

            var who = $"{MySqlNames.Literal(name)}@{MySqlNames.Literal(host)}";
            var exists = await control.TryAsync($"SHOW GRANTS FOR {who}");
            if (exists.Succeeded)
            {
                continue;
            }

            var result = await control.TryAsync($"CREATE USER {who} ACCOUNT LOCK");
            if (result.Succeeded)
            {
                created.Add(account);
            }
            else
            {
                Progress.Warn($"account {account} was not created: {result.ErrorMessage}");
            }
        }

        if (created.Count > 0)
        {
            Progress.Say($"accounts created, locked and without privileges: {string.Join(", ", created)}");
        }
    }

    private async Task LoadAsync(TargetControl control, SnapshotDatabase[] databases, CancellationToken cancellation)
    {
        Progress.Say($"restoring {string.Join(", ", databases.Select(d => $"database '{d.Name}'"))}");
        foreach (var database in databases.Where(d => Schemas.Contains(d.Name, StringComparer.Ordinal)))
        {
            // The dump's own CREATE DATABASE IF NOT EXISTS, where it has one, keeps character sets; a dump of one database has none.
            await control.QueryAsync($"CREATE DATABASE IF NOT EXISTS {MySqlNames.Quote(database.Name)}", $"creating database '{database.Name}'");
        }

        var isMariaDb = (await control.TryAsync("SELECT VERSION()")).Scalar?.Contains("MariaDB", StringComparison.OrdinalIgnoreCase) == true;
        string[] names = isMariaDb ? ["mariadb", "mysql"] : ["mysql", "mariadb"];
        var client = Tools.Find(names);
        List<string> arguments =
        [
            "--no-defaults", "--protocol=tcp", $"--host={Url.Host}", $"--port={Url.Port.ToString(CultureInfo.InvariantCulture)}", $"--user={Url.User}",
            "--max-allowed-packet=1G", "--binary-mode",
        ];
        arguments.AddRange(MySqlClient.TlsArguments(client, Url.SslMode));
        if (databases.Length == 1)
        {
            arguments.Add($"--database={databases[0].Name}");
        }

        var path = FileOf(databases[0]);
        await VendorTools.RunAsync(
            client, arguments, new Dictionary<string, string>(StringComparer.Ordinal) { ["MYSQL_PWD"] = Url.Password ?? "" }, input => CopyAsync(path, input), cancellation);
    }

    private static async Task CopyAsync(string path, Stream into)
    {
        await using var file = File.OpenRead(path);
        if (path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
        {
            await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
            await unzipped.CopyToAsync(into);
            return;
        }

        await file.CopyToAsync(into);
    }

    // Fresh statistics, and every page of every index read once; both the same on every side.
    private async Task AnalyzeAsync(TargetControl control)
    {
        foreach (var schema in Schemas)
        {
            var tables = await control.QueryAsync(
                $"SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema = {MySqlNames.Literal(schema)}", "listing tables");
            foreach (var row in tables.Rows)
            {
                var table = $"{MySqlNames.Quote(schema)}.{MySqlNames.Quote(row[0]!)}";
                await control.QueryAsync($"ANALYZE TABLE {table}", $"ANALYZE TABLE {table}");
                if (Options.Prewarm)
                {
                    await PrewarmAsync(control, schema, row[0]!, table);
                }
            }
        }
    }

    private static async Task PrewarmAsync(TargetControl control, string schema, string name, string table)
    {
        var indexes = await control.QueryAsync(
            $"SELECT DISTINCT index_name FROM information_schema.statistics WHERE index_type = 'BTREE' AND table_schema = {MySqlNames.Literal(schema)} AND table_name = {MySqlNames.Literal(name)}",
            "listing indexes");
        foreach (var index in indexes.Rows)
        {
            // An index that is invisible or partial cannot be forced; then there is nothing to warm.
            await control.TryAsync($"SELECT COUNT(*) FROM {table} FORCE INDEX ({MySqlNames.Quote(index[0]!)})");
        }
    }

    private async Task MarkAsync(TargetControl control)
    {
        await control.QueryAsync($"CREATE DATABASE IF NOT EXISTS {ConsentMark.MySqlSchema}", "leaving the mark of consent");
        await control.QueryAsync($"CREATE TABLE IF NOT EXISTS {ConsentMark.MySqlSchema}.consent (document TEXT NOT NULL)", "leaving the mark of consent");
        await control.QueryAsync($"DELETE FROM {ConsentMark.MySqlSchema}.consent", "leaving the mark of consent");
        await control.QueryAsync($"INSERT INTO {ConsentMark.MySqlSchema}.consent VALUES ({MySqlNames.Literal(Mark.ToString())})", "leaving the mark of consent");
    }

    // InnoDB has no CHECKPOINT: with no dirty pages allowed it writes them all.
    private async Task FlushAsync(TargetControl control, CancellationToken cancellation)
    {
        var before = await control.TryAsync("SELECT @@GLOBAL.innodb_max_dirty_pages_pct");
        var set = await control.TryAsync("SET GLOBAL innodb_max_dirty_pages_pct = 0");
        if (before.Scalar is not { } percent || !set.Succeeded)
        {
            Progress.Warn($"dirty pages were not written out: {set.ErrorMessage}");
            return;
        }

        var until = DateTime.UtcNow + FlushWithin;
        while (DateTime.UtcNow < until && !cancellation.IsCancellationRequested)
        {
            var dirty = await control.QueryAsync("SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'", "looking for dirty pages");
            if (dirty.Rows.Count == 0 || dirty.Rows[0][1] == "0")
            {
                break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
        }

        await control.QueryAsync($"SET GLOBAL innodb_max_dirty_pages_pct = {percent}", "restoring a setting");
    }
}
