using System.Globalization;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Who waits for whom inside the target, by the local ports of this program's connections.</summary>
/// <param name="url">The target; it is connected to when the first exchange has waited long.</param>
/// <param name="serverVersion">What it says of itself.</param>
public sealed class LockGraph(TargetUrl url, string serverVersion) : IAsyncDisposable
{
    // https://www.postgresql.org/docs/current/functions-info.html pg_blocking_pids
    private const string Postgres =
        "SELECT w.client_port, b.client_port FROM pg_stat_activity w CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS x(pid) JOIN pg_stat_activity b ON b.pid = x.pid WHERE w.wait_event_type = 'Lock'";

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

    // https://mariadb.com/kb/en/information-schema-innodb_lock_waits-table/
    private const string MariaDb =
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

    private const string MariaDbPlugin = "SELECT 1 FROM information_schema.plugins WHERE plugin_name = 'METADATA_LOCK_INFO' AND plugin_status = 'ACTIVE'";

    // InnoDB keeps what it shows of transactions and their locks until nobody has asked for 100 ms.
    private const int MariaDbKeepsMilliseconds = 120;

    private const string What = "reading who waits for whose locks";

    private readonly bool _isMariaDb = ServerVersion.Of(url.Engine, serverVersion).IsMariaDb;
    private TargetControl? _control;
    private bool _showsDefinitions;
    private long _readAt; // by the system's tick count

    /// <summary>Why it could not be read the last time; null if it could.</summary>
    public string? Problem { get; private set; }

    /// <summary>Pairs of the port of a connection that waits for a lock and the port of one that holds it, or stands before it in line; empty if they could not be read.</summary>
    public async Task<IReadOnlyList<(int Waiting, int Blocking)>> ReadAsync(CancellationToken cancellation)
    {
        Problem = null;
        try
        {
            if (_control is null)
            {
                _control = await TargetControl.OpenAsync(url, cancellation: cancellation);
                _showsDefinitions = _isMariaDb && (await _control.QueryAsync(MariaDbPlugin, What)).Rows.Count > 0;
            }

            return [.. (await PairsAsync(_control)).Where(static p => p is { Waiting: > 0, Blocking: > 0 })]; // others are not connected over TCP
        }
        catch (Exception e) when (e is TargetException or CommandException)
        {
            Problem = e.Message;
            await DisposeAsync(); // a server that was away is connected to anew the next time
            return [];
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _control, null)?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<IEnumerable<(int Waiting, int Blocking)>> PairsAsync(TargetControl control)
    {
        if (url.Engine == Engine.PostgreSql)
        {
            return (await control.QueryAsync(Postgres, What)).Rows.Select(static r => (Port(r[0]), Port(r[1])));
        }

        if (_isMariaDb && _readAt + MariaDbKeepsMilliseconds - Environment.TickCount64 is > 0 and <= MariaDbKeepsMilliseconds and var rest)
        {
            await Task.Delay((int)rest);
        }

        var pairs = (await control.QueryAsync(_isMariaDb ? MariaDb : MySql, What)).Rows;
        _readAt = Environment.TickCount64;
        if (_showsDefinitions)
        {
            pairs = [.. pairs, .. (await control.QueryAsync(MariaDbDefinitions, What)).Rows];
        }

        if (pairs.Count == 0)
        {
            return [];
        }

        // The processes' hosts carry the ports.
        var processes = await control.QueryAsync("SELECT id, host FROM information_schema.processlist", What);
        var ports = processes.Rows.ToDictionary(static r => r[0]!, static r => Port(r[1]?[(r[1]!.LastIndexOf(':') + 1)..]), StringComparer.Ordinal);
        return pairs.Select(r => (ports.GetValueOrDefault(r[0] ?? ""), ports.GetValueOrDefault(r[1] ?? "")));
    }

    private static int Port(string? text) => int.TryParse(text, CultureInfo.InvariantCulture, out var port) ? port : 0;
}
