using System.Globalization;
using System.IO.Compression;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Restores dumps of mysqldump and mariadb-dump; a reset loads them again.</summary>
internal class MySqlRestorer(WorkloadReader reader, SnapshotInfo snapshot, RestoreOptions options, TargetUrl url, Progress progress)
    : Restorer(reader, snapshot, options, url, progress)
{
    private static readonly TimeSpan FlushWithin = TimeSpan.FromSeconds(30);

    /// <summary>The databases of the snapshot that are the users' own.</summary>
    protected IEnumerable<string> Schemas => Snapshot.Databases.Select(d => d.Name).Where(n => n is not ("mysql" or "sys" or "information_schema" or "performance_schema"));

    protected override async Task RestoreAsync(CancellationToken cancellation)
    {
        // Without a database of its own: the ones that are restored are dropped meanwhile.
        await using var control = await TargetControl.OpenAsync(Url with { Database = "" }, cancellation: cancellation);
        var facts = await control.ReadFactsAsync();
        RefuseSource(facts);
        await new MySqlQuiet(control, Progress).MakeQuietAsync();
        await PutAsync(control, facts, cancellation);
        await SetAutoIncrementsAsync(control);
        await AnalyzeAsync(control);
        await MarkAsync(control);
        await WarmAsync(control);
        await FlushAsync(control, cancellation);
    }

    protected override async Task SettleAsync(CancellationToken cancellation)
    {
        await using var control = await TargetControl.OpenAsync(Url with { Database = "" }, cancellation: cancellation);
        await new MySqlQuiet(control, Progress).MakeQuietAsync(); // a server that was started anew has forgotten it
        await WarmAsync(control);
        await FlushAsync(control, cancellation);
    }

    protected override async Task KeepAsync(CancellationToken cancellation)
    {
        await using (var control = await TargetControl.OpenAsync(Url with { Database = "" }, cancellation: cancellation))
        {
            await AnalyzeAsync(control);
            await MarkAsync(control);
        }

        await SettleAsync(cancellation);
    }

    /// <summary>Puts the data there.</summary>
    protected virtual async Task PutAsync(TargetControl control, TargetFacts facts, CancellationToken cancellation)
    {
        var isMarked = facts.Databases.ContainsKey(ConsentMark.MySqlSchema) && facts.Databases.Values.Any(m => m is not null);
        foreach (var schema in Schemas.Where(facts.Databases.ContainsKey))
        {
            await MakeRoomAsync(control, schema, isMarked);
        }

        var accounts = await MySqlAccounts.ReadAsync(SnapshotFolder, Progress);
        await accounts.CreateAsync(control, Snapshot.Roles);
        foreach (var file in Snapshot.Databases.GroupBy(d => d.File, StringComparer.Ordinal))
        {
            await LoadAsync(control, [.. file], cancellation);
        }

        // Grants on single tables need the tables.
        await accounts.GrantAsync(control, [.. Schemas]);
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

    private async Task LoadAsync(TargetControl control, SnapshotDatabase[] databases, CancellationToken cancellation)
    {
        Progress.Say($"restoring {string.Join(", ", databases.Select(d => $"database '{d.Name}'"))}");
        foreach (var database in databases.Where(d => Schemas.Contains(d.Name, StringComparer.Ordinal)))
        {
            // The dump's own CREATE DATABASE IF NOT EXISTS, where it has one, keeps character sets; a dump of one database has none.
            await control.QueryAsync($"CREATE DATABASE IF NOT EXISTS {MySqlNames.Quote(database.Name)}", $"creating database '{database.Name}'");
        }

        var isMariaDb = ServerVersion.Of(Engine.MySql, (await control.TryAsync("SELECT VERSION()")).Scalar).IsMariaDb;
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

    // A dump has each counter as it stood when its table was read, which is later than the cut: what was drawn in between is drawn again by the replay.
    // InnoDB never sets one below the largest value in the table.
    private async Task SetAutoIncrementsAsync(TargetControl control)
    {
        await control.TryAsync("SET SESSION information_schema_stats_expiry = 0"); // MySQL from 8.0 on caches these figures for a day
        foreach (var database in Snapshot.Databases)
        {
            var now = await control.QueryAsync(
                $"SELECT table_name, auto_increment FROM information_schema.tables WHERE auto_increment IS NOT NULL AND table_schema = {MySqlNames.Literal(database.Name)}", "reading AUTO_INCREMENT");
            var next = now.Rows.ToDictionary(r => $"{database.Name}.{r[0]}", r => r[1], StringComparer.Ordinal);
            foreach (var position in database.Sequences)
            {
                var wanted = ((position.LastValue ?? 0) + 1).ToString(CultureInfo.InvariantCulture);
                if (next.TryGetValue(position.Name, out var stands) && stands != wanted)
                {
                    var table = $"{MySqlNames.Quote(database.Name)}.{MySqlNames.Quote(position.Name[(database.Name.Length + 1)..])}";
                    await control.QueryAsync($"ALTER TABLE {table} AUTO_INCREMENT = {wanted}", $"setting AUTO_INCREMENT of {table}");
                }
            }
        }
    }

    // Fresh statistics, the same on every side.
    private async Task AnalyzeAsync(TargetControl control)
    {
        foreach (var (schema, name) in await TablesAsync(control))
        {
            var table = $"{MySqlNames.Quote(schema)}.{MySqlNames.Quote(name)}";
            await control.QueryAsync($"ANALYZE TABLE {table}", $"ANALYZE TABLE {table}");
        }
    }

    // Every page of every index read once.
    private async Task WarmAsync(TargetControl control)
    {
        foreach (var (schema, name) in Options.Prewarm ? await TablesAsync(control) : [])
        {
            await PrewarmAsync(control, schema, name, $"{MySqlNames.Quote(schema)}.{MySqlNames.Quote(name)}");
        }
    }

    private async Task<List<(string Schema, string Name)>> TablesAsync(TargetControl control)
    {
        var tables = new List<(string, string)>();
        foreach (var schema in Schemas)
        {
            var names = await control.QueryAsync(
                $"SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema = {MySqlNames.Literal(schema)} ORDER BY 1", "listing tables");
            tables.AddRange(names.Rows.Select(row => (schema, row[0]!)));
        }

        return tables;
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
