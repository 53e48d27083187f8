using System.Globalization;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Who waits for whom inside the target, by the numbers that the server gave its connections: these hold through a forwarder too, and need no privilege.</summary>
public interface ILockGraph
{
    /// <summary>Pairs of a connection that waits for a lock and one that holds it, or stands before it in line; empty if they could not be read.</summary>
    Task<IReadOnlyList<(long Waiting, long Blocking)>> ReadAsync(CancellationToken cancellation);

    /// <summary>Whether a connection stands in a lock, whoever holds it, now or when the pairs were read last; null if the server does not tell.</summary>
    Task<bool?> IsInLockAsync(long connection, CancellationToken cancellation);
}

/// <summary>As the target's own tables tell it.</summary>
/// <param name="url">The target; it is connected to when the first exchange has waited long.</param>
/// <param name="serverVersion">What it says of itself.</param>
/// <param name="definitions">Tells who has tables' definitions where a server of MySQL's kind does not; null: nobody does.</param>
public sealed class LockGraph(TargetUrl url, string serverVersion, DefinitionWaits? definitions = null) : ILockGraph, IAsyncDisposable
{
    // What pg_stat_activity says of others' waits needs a privilege, pg_locks none.
    // https://www.postgresql.org/docs/current/functions-info.html pg_blocking_pids, https://www.postgresql.org/docs/current/view-pg-locks.html
    private const string Postgres =
        "SELECT w.pid, x.pid FROM (SELECT DISTINCT pid FROM pg_catalog.pg_locks WHERE NOT granted) w CROSS JOIN LATERAL unnest(pg_catalog.pg_blocking_pids(w.pid)) AS x(pid)";

    private const string PostgresInLock =
        "SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.pid = a.pid AND NOT l.granted) THEN 1 ELSE 0 END FROM pg_catalog.pg_stat_activity a WHERE a.pid = {0}";

    // https://dev.mysql.com/doc/refman/8.4/en/performance-schema-data-lock-waits-table.html and .../performance-schema-metadata-locks-table.html
    private const string MySql =
        """
        SELECT w.processlist_id, b.processlist_id FROM
          (SELECT requesting_thread_id AS waiting, blocking_thread_id AS blocking FROM performance_schema.data_lock_waits
           UNION SELECT p.owner_thread_id, g.owner_thread_id FROM performance_schema.metadata_locks p JOIN performance_schema.metadata_locks g
             ON g.object_type = p.object_type AND g.object_schema <=> p.object_schema AND g.object_name <=> p.object_name AND g.lock_status = 'GRANTED' AND g.owner_thread_id <> p.owner_thread_id
            WHERE p.lock_status = 'PENDING') AS l
          JOIN performance_schema.threads w ON w.thread_id = l.waiting JOIN performance_schema.threads b ON b.thread_id = l.blocking
        """;

    // 5.7; nothing where the instrument is off, as it is by default. https://dev.mysql.com/doc/refman/5.7/en/performance-schema-metadata-locks-table.html
    private const string MySqlDefinitions =
        """
        SELECT w.processlist_id, b.processlist_id FROM performance_schema.metadata_locks p JOIN performance_schema.metadata_locks g
            ON g.object_type = p.object_type AND g.object_schema <=> p.object_schema AND g.object_name <=> p.object_name AND g.lock_status = 'GRANTED' AND g.owner_thread_id <> p.owner_thread_id
          JOIN performance_schema.threads w ON w.thread_id = p.owner_thread_id JOIN performance_schema.threads b ON b.thread_id = g.owner_thread_id
         WHERE p.lock_status = 'PENDING'
        """;

    // MariaDB, and MySQL before 8.0.1. https://mariadb.com/kb/en/information-schema-innodb_lock_waits-table/, https://dev.mysql.com/doc/refman/5.7/en/information-schema-innodb-lock-waits-table.html
    private const string OfInnoDb =
        """
        SELECT w.trx_mysql_thread_id, b.trx_mysql_thread_id FROM information_schema.innodb_lock_waits l
          JOIN information_schema.innodb_trx w ON w.trx_id = l.requesting_trx_id JOIN information_schema.innodb_trx b ON b.trx_id = l.blocking_trx_id
        """;

    // It lists what is granted, not what is waited for: that is told by the statement's text. Without the plugin there is no such table.
    // https://mariadb.com/kb/en/information-schema-metadata_lock_info-table/
    private const string MariaDbDefinitions =
        """
        SELECT w.id, g.thread_id FROM information_schema.processlist w JOIN information_schema.metadata_lock_info g
            ON g.thread_id <> w.id AND g.lock_type = 'Table metadata lock' AND LOCATE(g.table_name, w.info) > 0
         WHERE w.state = 'Waiting for table metadata lock'
        """;

    private const string Connections = "SELECT id, db, CASE WHEN state = 'Waiting for table metadata lock' THEN COALESCE(info, '') END FROM information_schema.processlist";

    private const string MariaDbPlugin = "SELECT 1 FROM information_schema.plugins WHERE plugin_name = 'METADATA_LOCK_INFO' AND plugin_status = 'ACTIVE'";

    private const string MySqlInLock =
        """
        SELECT COALESCE(p.state, '') LIKE 'Waiting for%lock%' OR COALESCE(p.state, '') = 'User lock'
            OR EXISTS (SELECT 1 FROM performance_schema.threads t JOIN performance_schema.data_lock_waits w ON w.requesting_thread_id = t.thread_id WHERE t.processlist_id = p.id)
          FROM information_schema.processlist p WHERE p.id = {0}
        """;

    private const string OfInnoDbInLock =
        """
        SELECT COALESCE(p.state, '') LIKE 'Waiting for%lock%' OR COALESCE(p.state, '') = 'User lock'
            OR EXISTS (SELECT 1 FROM information_schema.innodb_trx t WHERE t.trx_mysql_thread_id = p.id AND t.trx_state = 'LOCK WAIT')
          FROM information_schema.processlist p WHERE p.id = {0}
        """;

    // InnoDB keeps what its own tables show of transactions and their locks until nobody has asked for 100 ms.
    private const int InnoDbKeepsMilliseconds = 120;

    private const string What = "reading who waits for whose locks";

    private readonly ServerVersion _version = ServerVersion.Of(url.Engine, serverVersion);
    private TargetControl? _control;
    private string? _definitions; // asked for apart
    private long _readAt; // by the system's tick count

    /// <summary>Why it could not be read the last time; null if it could.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether the server, which has been asked, is a MariaDB that shows no locks of tables' definitions, for want of its plugin.</summary>
    public bool LacksPlugin => _control is not null && _version.IsMariaDb && _definitions is null;

    private bool IsPostgres => url.Engine == Engine.PostgreSql;

    private bool IsOfInnoDb => !IsPostgres && (_version.IsMariaDb || _version.Number < new Version(8, 0, 1));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<(long Waiting, long Blocking)>> ReadAsync(CancellationToken cancellation) => await TryAsync(PairsAsync, cancellation) ?? [];

    /// <inheritdoc/>
    public Task<bool?> IsInLockAsync(long connection, CancellationToken cancellation) => TryAsync(
        async control =>
        {
            var rows = (await control.QueryAsync(string.Format(CultureInfo.InvariantCulture, IsPostgres ? PostgresInLock : IsOfInnoDb ? OfInnoDbInLock : MySqlInLock, connection), What)).Rows;
            _readAt = Environment.TickCount64;
            return rows is [{ } row, ..] ? (bool?)(row[0] == "1") : null;
        },
        cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _control, null)?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<T?> TryAsync<T>(Func<TargetControl, Task<T>> read, CancellationToken cancellation)
    {
        Problem = null;
        try
        {
            if (_control is null)
            {
                _control = await TargetControl.OpenAsync(url, cancellation: cancellation);
                _definitions = IsPostgres || !IsOfInnoDb ? null
                    : !_version.IsMariaDb ? _version.Number >= new Version(5, 7) ? MySqlDefinitions : null
                    : (await _control.QueryAsync(MariaDbPlugin, What)).Rows.Count > 0 ? MariaDbDefinitions
                    : null;
            }

            return await read(_control);
        }
        catch (Exception e) when (e is TargetException or CommandException)
        {
            Problem = e.Message;
            await DisposeAsync(); // a server that was away is connected to anew the next time
            return default;
        }
    }

    private async Task<IReadOnlyList<(long Waiting, long Blocking)>> PairsAsync(TargetControl control)
    {
        if (IsOfInnoDb && _readAt + InnoDbKeepsMilliseconds - Environment.TickCount64 is > 0 and <= InnoDbKeepsMilliseconds and var rest)
        {
            await Task.Delay((int)rest);
        }

        var pairs = await ShownAsync(control, IsPostgres ? Postgres : IsOfInnoDb ? OfInnoDb : MySql);
        _readAt = Environment.TickCount64;
        if (_definitions is not null)
        {
            pairs.AddRange(await ShownAsync(control, _definitions));
        }

        if (definitions is not null && IsOfInnoDb && _definitions != MariaDbDefinitions)
        {
            var connections = (await control.QueryAsync(Connections, What)).Rows;
            pairs.AddRange(definitions.Pairs([.. connections.Select(r => (Number(r[0]), r[1] is { } database ? url.Names.CapturedDatabase(database) ?? database : "", r[2]))]));
        }

        return pairs;
    }

    private static async Task<List<(long Waiting, long Blocking)>> ShownAsync(TargetControl control, string query) =>
        [.. (await control.QueryAsync(query, What)).Rows.Select(static r => (Number(r[0]), Number(r[1]))).Where(static p => p is { Item1: > 0, Item2: > 0 })];

    private static long Number(string? text) => long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
