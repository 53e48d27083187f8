using System.Globalization;
using Replay.Workload;

namespace Replay.Replayer;

/// <content>What a target says of itself.</content>
public sealed partial class TargetControl
{
    private const string Reading = "reading the server's facts";

    // Whose user may not see others' activity sees their names all the same, and nothing else of them.
    // The server's own processes are nobody's; extensions' workers (pg_cron) are somebody's while they run a statement.
    private const string PostgresOthers =
        "SELECT coalesce(usename, '?') || coalesce('@' || host(client_addr), '') || CASE application_name WHEN '' THEN '' ELSE ' (' || application_name || ')' END, datname, state, backend_type"
        + " FROM pg_catalog.pg_stat_activity WHERE pid <> pg_backend_pid() AND (backend_type IN ('client backend', 'walsender') OR (backend_type IS NULL AND usename IS NOT NULL)"
        + " OR (state IN ('active', 'idle in transaction') AND backend_type NOT IN ('autovacuum worker', 'parallel worker', 'slotsync worker') AND backend_type NOT LIKE 'logical replication%'))";

    private const string PostgresLimits =
        "SELECT 'database ''' || datname || '''', datconnlimit FROM pg_catalog.pg_database WHERE datconnlimit > 0"
        + " UNION ALL SELECT 'role ''' || rolname || '''', rolconnlimit FROM pg_catalog.pg_roles WHERE rolconnlimit >= 0 AND NOT rolsuper";

    private async Task<TargetFacts> ReadPostgresFactsAsync()
    {
        var basics = await QueryAsync(
            "SELECT current_setting('server_version'), current_setting('server_version_num'), current_setting('max_connections'), "
            + "coalesce(current_setting('superuser_reserved_connections', true)::int, 0) + coalesce(current_setting('reserved_connections', true)::int, 0), "
            + "(SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user), "
            + "pg_catalog.pg_is_in_recovery() OR EXISTS (SELECT FROM pg_catalog.pg_stat_subscription WHERE pid IS NOT NULL)",
            Reading);
        var databases = await QueryAsync(
            "SELECT datname, pg_catalog.shobj_description(oid, 'pg_database') FROM pg_catalog.pg_database WHERE NOT datistemplate", Reading);
        var roles = await QueryAsync("SELECT rolname FROM pg_catalog.pg_roles", Reading);
        // What else speaks the protocol may lack these; then the checks have nothing to go by, and say so.
        var others = await TryAsync(PostgresOthers);
        var sees = await TryAsync("SELECT pg_catalog.pg_has_role('pg_read_all_stats', 'MEMBER')");
        var limits = await TryAsync(PostgresLimits);
        // Needs a privilege that a target's user may lack; then the identifier is not known.
        var identifier = await TryAsync("SELECT system_identifier FROM pg_catalog.pg_control_system()");
        var row = basics.Rows[0];
        return new TargetFacts
        {
            Engine = Engine.PostgreSql,
            ServerVersion = row[0]!,
            Major = int.Parse(row[1]!, CultureInfo.InvariantCulture) / 10_000,
            MaxConnections = int.Parse(row[2]!, CultureInfo.InvariantCulture),
            ReservedConnections = int.Parse(row[3]!, CultureInfo.InvariantCulture),
            Others = [.. others.Rows.Select(r => new OtherSession(r[0]!, r[1] ?? "", PostgresActivity(r[2], r[3])))],
            SeesOthers = others.Succeeded && (row[4] == "t" || sees.Scalar == "t"),
            ConnectionLimits = limits.Rows.ToDictionary(r => r[0]!, r => int.Parse(r[1]!, CultureInfo.InvariantCulture), StringComparer.Ordinal),
            IsSuperuser = row[4] == "t",
            IsReplica = row[5] == "t",
            SystemIdentifier = identifier.Scalar,
            Databases = databases.Rows.ToDictionary(r => r[0]!, r => ConsentMark.Parse(r[1]), StringComparer.Ordinal),
            Roles = roles.Rows.Select(r => r[0]!).ToHashSet(StringComparer.Ordinal),
        };
    }

    private static OtherActivity PostgresActivity(string? state, string? kind) => (state, kind) switch
    {
        (_, "walsender") => OtherActivity.Replication,
        (_, not ("client backend" or null)) => OtherActivity.Worker,
        ("active" or "fastpath function call", _) => OtherActivity.Running,
        ({ } other, _) when other.StartsWith("idle in transaction", StringComparison.Ordinal) => OtherActivity.InTransaction,
        _ => OtherActivity.Idle,
    };

    private async Task<TargetFacts> ReadMySqlFactsAsync()
    {
        var basics = await QueryAsync("SELECT VERSION(), @@max_connections", Reading);
        var schemas = await QueryAsync("SELECT schema_name FROM information_schema.schemata", Reading);
        // MySQL has server_uuid, newer MariaDB server_uid, older MariaDB neither.
        var uuid = await TryAsync("SELECT @@server_uuid");
        var identifier = uuid.Succeeded ? uuid : await TryAsync("SELECT @@server_uid");
        // Who may not see others' transactions sees no more than its own connections either.
        var others = await TryAsync(MySqlOthers("id IN (SELECT trx_mysql_thread_id FROM information_schema.innodb_trx)"));
        others = others.Succeeded ? others : await TryAsync(MySqlOthers("0"));
        var sees = await TryAsync("SELECT COUNT(*) FROM information_schema.user_privileges WHERE privilege_type = 'PROCESS'");
        var consent = await TryAsync($"SELECT document FROM {ConsentMark.MySqlSchema}.consent");
        var mark = ConsentMark.Parse(consent.Scalar);
        var version = basics.Rows[0][0]!;
        var timeout = await TryAsync("SELECT @@innodb_rollback_on_timeout");
        // Of one account; 0: none.
        var limit = int.TryParse((await TryAsync("SELECT @@max_user_connections")).Scalar, CultureInfo.InvariantCulture, out var most) ? most : 0;
        return new TargetFacts
        {
            Engine = Engine.MySql,
            ServerVersion = version,
            Major = int.TryParse(version.Split('.')[0], out var major) ? major : 0,
            MaxConnections = int.Parse(basics.Rows[0][1]!, CultureInfo.InvariantCulture),
            Others = [.. others.Rows.Select(r => new OtherSession(r[0]!, r[1] ?? "", MySqlActivity(r[2], r[3])))],
            SeesOthers = others.Succeeded && sees.Scalar != "0",
            ConnectionLimits = limit > 0 ? new Dictionary<string, int>(StringComparer.Ordinal) { ["each account (max_user_connections)"] = limit } : new Dictionary<string, int>(StringComparer.Ordinal),
            IsSuperuser = true,
            TimeoutRollsBack = timeout.Scalar == "1",
            EventsThatRun = await MySqlQuiet.EventsAsync(this),
            IsReplica = await MySqlQuiet.IsReplicaAsync(this),
            SystemIdentifier = identifier.Scalar,
            Databases = schemas.Rows.ToDictionary(r => r[0]!, _ => mark, StringComparer.Ordinal),
        };
    }

    private static string MySqlOthers(string hasTransaction) =>
        $"SELECT CONCAT(user, '@', host), db, command, {hasTransaction} FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND command <> 'Daemon' AND user NOT IN ('system user', 'event_scheduler')";

    private static OtherActivity MySqlActivity(string? command, string? hasTransaction) => command switch
    {
        "Sleep" or null => hasTransaction == "1" ? OtherActivity.InTransaction : OtherActivity.Idle,
        _ when command.StartsWith("Binlog Dump", StringComparison.Ordinal) => OtherActivity.Replication,
        _ => OtherActivity.Running,
    };
}
