using System.Globalization;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>A connection of the replayer's own, for what is not replayed: facts, restore, documents.</summary>
public sealed class TargetControl : IAsyncDisposable
{
    private readonly TargetConnection _connection;

    private TargetControl(TargetConnection connection, TargetUrl url)
    {
        _connection = connection;
        Url = url;
    }

    /// <summary>Where it goes.</summary>
    public TargetUrl Url { get; }

    /// <summary>Opens one; a <see cref="CommandException"/> if the target cannot be reached or refuses.</summary>
    public static async Task<TargetControl> OpenAsync(TargetUrl url, string? database = null, CancellationToken cancellation = default)
    {
        var connection = TargetConnection.Create(url);
        try
        {
            await connection.OpenAsync(new ConnectionOptions { Url = url, Database = database ?? url.Database }, cancellation);
            return new TargetControl(connection, url);
        }
        catch (TargetException e)
        {
            await connection.DisposeAsync();
            throw new CommandException($"{url}: {e.Message}");
        }
    }

    /// <summary>Runs a statement; the server's error is in the result.</summary>
    public ValueTask<QueryResult> TryAsync(string sql) => _connection.QueryAsync(sql);

    /// <summary>Runs a statement; a <see cref="CommandException"/> that says what was tried if the server refuses.</summary>
    public async Task<QueryResult> QueryAsync(string sql, string what)
    {
        try
        {
            var result = await _connection.QueryAsync(sql);
            return result.Succeeded ? result : throw new CommandException($"{Url}: {what}: {result.ErrorMessage} ({result.ErrorCode})");
        }
        catch (TargetException e)
        {
            throw new CommandException($"{Url}: {what}: {e.Message}");
        }
    }

    /// <summary>What the target says of itself.</summary>
    public Task<TargetFacts> ReadFactsAsync() => Url.Engine == Engine.PostgreSql ? ReadPostgresFactsAsync() : ReadMySqlFactsAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task<TargetFacts> ReadPostgresFactsAsync()
    {
        const string Reading = "reading the server's facts";
        var basics = await QueryAsync(
            "SELECT current_setting('server_version'), current_setting('server_version_num'), current_setting('max_connections'), "
            + "(SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()), "
            + "(SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user), "
            + "pg_catalog.pg_is_in_recovery() OR EXISTS (SELECT FROM pg_catalog.pg_stat_subscription WHERE pid IS NOT NULL)",
            Reading);
        var databases = await QueryAsync(
            "SELECT datname, pg_catalog.shobj_description(oid, 'pg_database') FROM pg_catalog.pg_database WHERE NOT datistemplate", Reading);
        var roles = await QueryAsync("SELECT rolname FROM pg_catalog.pg_roles", Reading);
        // Needs a privilege that a target's user may lack; then the identifier is not known.
        var identifier = await TryAsync("SELECT system_identifier FROM pg_catalog.pg_control_system()");
        var row = basics.Rows[0];
        return new TargetFacts
        {
            Engine = Engine.PostgreSql,
            ServerVersion = row[0]!,
            Major = int.Parse(row[1]!, CultureInfo.InvariantCulture) / 10_000,
            MaxConnections = int.Parse(row[2]!, CultureInfo.InvariantCulture),
            ConnectionsInUse = int.Parse(row[3]!, CultureInfo.InvariantCulture),
            IsSuperuser = row[4] == "t",
            IsReplica = row[5] == "t",
            SystemIdentifier = identifier.Scalar,
            Databases = databases.Rows.ToDictionary(r => r[0]!, r => ConsentMark.Parse(r[1]), StringComparer.Ordinal),
            Roles = roles.Rows.Select(r => r[0]!).ToHashSet(StringComparer.Ordinal),
        };
    }

    private async Task<TargetFacts> ReadMySqlFactsAsync()
    {
        const string Reading = "reading the server's facts";
        var basics = await QueryAsync("SELECT VERSION(), @@max_connections, @@port", Reading);
        var schemas = await QueryAsync("SELECT schema_name FROM information_schema.schemata", Reading);
        // MySQL has server_uuid, newer MariaDB server_uid, older MariaDB neither.
        var uuid = await TryAsync("SELECT @@server_uuid");
        var identifier = uuid.Succeeded ? uuid : await TryAsync("SELECT @@server_uid");
        var connections = await TryAsync("SELECT COUNT(*) FROM information_schema.processlist WHERE command NOT IN ('Daemon', 'Binlog Dump') AND id <> CONNECTION_ID()");
        var consent = await TryAsync($"SELECT document FROM {ConsentMark.MySqlSchema}.consent");
        var mark = ConsentMark.Parse(consent.Scalar);
        var version = basics.Rows[0][0]!;
        var timeout = await TryAsync("SELECT @@innodb_rollback_on_timeout");
        return new TargetFacts
        {
            Engine = Engine.MySql,
            ServerVersion = version,
            Major = int.TryParse(version.Split('.')[0], out var major) ? major : 0,
            MaxConnections = int.Parse(basics.Rows[0][1]!, CultureInfo.InvariantCulture),
            ConnectionsInUse = int.TryParse(connections.Scalar, out var inUse) ? inUse : 0,
            IsSuperuser = true,
            TimeoutRollsBack = timeout.Scalar == "1",
            EventsThatRun = await MySqlQuiet.EventsAsync(this),
            IsReplica = await MySqlQuiet.IsReplicaAsync(this),
            SystemIdentifier = identifier.Scalar,
            Databases = schemas.Rows.ToDictionary(r => r[0]!, _ => mark, StringComparer.Ordinal),
        };
    }
}
