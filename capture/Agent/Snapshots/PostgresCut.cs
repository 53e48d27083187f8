using System.Globalization;
using System.Text;
using System.Text.Json;
using Replay.Workload;

namespace Replay.Agent.Snapshots;

/// <summary>
/// PostgreSQL's cut: one statement takes the snapshot of its transaction and, at once, reads what each session is at. If every transaction id that the snapshot holds for not
/// ended, or that was given out since, is then still some session's, no transaction that wrote has ended in between: what the sessions are at is how they were at the cut.
/// If one has, the transaction is given up and another attempt is made.
/// </summary>
internal sealed class PostgresCut
{
    private const int MaxAttempts = 100;
    private const int MaxFewerUndecided = 40; // attempts that a cut is turned down only because a statement might just be about to write
    private const long ClockToleranceMicroseconds = 500;
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(5);

    private PostgresCut(int attempt, long earliest, long latest) => (Attempt, EarliestMicroseconds, LatestMicroseconds) = (attempt, earliest, latest);

    /// <summary>What the statement that cuts says of itself; the attempt's number follows.</summary>
    public static ReadOnlySpan<byte> Mark => "dbcapture cut "u8;

    /// <summary>Which attempt it is, from 1.</summary>
    public int Attempt { get; }

    /// <summary>This host's clock before the statement.</summary>
    public long EarliestMicroseconds { get; }

    /// <summary>This host's clock after the statement.</summary>
    public long LatestMicroseconds { get; }

    /// <summary>Text of <c>pg_current_snapshot()</c>.</summary>
    public string Snapshot { get; private init; } = "";

    /// <summary>Sessions of the database with their clients; empty if the user may not know.</summary>
    public IReadOnlyList<SessionAtCut> Sessions { get; private init; } = [];

    /// <summary>Whether no transaction that wrote has ended between the cut and the reading of the sessions.</summary>
    public bool IsExact { get; private init; }

    /// <summary>What is not certain about it; null if nothing is.</summary>
    public string? Warning { get; private init; }

    /// <summary>Sessions at a statement that may be about to write, or may have just written: no transaction id, no snapshot of their own.</summary>
    public int Undecided { get; private init; }

    /// <summary>The number in a text with <see cref="Mark"/>; 0 if it has none.</summary>
    public static int AttemptOf(ReadOnlySpan<byte> text)
    {
        var at = text.IndexOf(Mark);
        return at >= 0 && System.Buffers.Text.Utf8Parser.TryParse(text[(at + Mark.Length)..], out int attempt, out _) ? attempt : 0;
    }

    /// <summary>Begins a transaction in which the cut is made; it is open afterwards.</summary>
    public static async Task<PostgresCut> TakeAsync(PsqlSession psql, int serverVersion, CancellationToken stop)
    {
        var names = serverVersion >= 130_000 ? ("pg_current_snapshot()", "pg_current_xact_id()") : ("txid_current_snapshot()", "txid_current()");
        var isReplica = await psql.ValueAsync("SELECT pg_is_in_recovery()", stop).ConfigureAwait(false) == "t";
        var since = DateTime.UtcNow;
        for (var attempt = 1; ; attempt++)
        {
            await psql.LinesAsync("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", stop).ConfigureAwait(false);
            var earliest = NowMicroseconds;
            // The transaction's first query takes its snapshot: this one, and nothing before it.
            var answer = await psql.ValueAsync(isReplica ? ReplicaStatement(attempt, names.Item1) : Statement(attempt, names.Item1, names.Item2), stop).ConfigureAwait(false);
            var cut = Read(answer, attempt, earliest, NowMicroseconds);
            if (isReplica || cut.Warning is not null || (cut.IsExact && (cut.Undecided == 0 || attempt > MaxFewerUndecided)))
            {
                return cut;
            }

            if (attempt == MaxAttempts || DateTime.UtcNow - since > Within)
            {
                return new PostgresCut(attempt, cut.EarliestMicroseconds, cut.LatestMicroseconds)
                {
                    Snapshot = cut.Snapshot,
                    Sessions = cut.Sessions,
                    Warning = $"of {attempt} attempts at a cut there was none in which no transaction ended meanwhile: of some transactions it may not be known whether the snapshot has them",
                };
            }

            await psql.LinesAsync("ROLLBACK", stop).ConfigureAwait(false);
            await Task.Delay(attempt % 4, stop).ConfigureAwait(false);
        }
    }

    private static long NowMicroseconds => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    // All sessions are read when the first row is asked for; the transaction id is drawn when that row is made, so right after.
    private static string Statement(int attempt, string snapshot, string xid) =>
        $"SELECT /* {Encoding.ASCII.GetString(Mark)}{attempt} */ json_build_object('snapshot', {snapshot}::text, 'sessions', (SELECT json_agg(json_build_object('next', {xid}::text, 'xid', a.backend_xid::text, 'reads_at', a.backend_xmin::text,"
        + " 'address', host(a.client_addr), 'port', a.client_port, 'here', a.datid = (SELECT oid FROM pg_database WHERE datname = current_database()), 'own', a.pid = pg_backend_pid(), 'state', a.state,"
        + " 'started', (extract(epoch FROM a.query_start) * 1000000)::bigint, 'reads', a.query ~* '^\\s*(select|show|fetch|begin|start|set|values|table|declare|close|explain)\\M'))"
        + " FROM pg_stat_get_activity(NULL) a), 'now', (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, 'prepared', (SELECT json_agg(transaction::text) FROM pg_prepared_xacts))";

    private static string ReplicaStatement(int attempt, string snapshot) =>
        $"SELECT /* {Encoding.ASCII.GetString(Mark)}{attempt} */ json_build_object('snapshot', {snapshot}::text)";

    /// <summary>Reads the answer of the statement that cuts.</summary>
    internal static PostgresCut Read(string answer, int attempt, long earliest, long latest)
    {
        using var document = JsonDocument.Parse(answer);
        var root = document.RootElement;
        var snapshot = root.GetProperty("snapshot").GetString()!;
        if (!root.TryGetProperty("sessions", out var rows))
        {
            return new PostgresCut(attempt, earliest, latest) { Snapshot = snapshot };
        }

        var sessions = rows.EnumerateArray().Where(row => !row.GetProperty("own").GetBoolean()).ToList();
        var here = sessions.Where(row => row.GetProperty("here").ValueKind == JsonValueKind.True).ToList();
        var now = root.GetProperty("now").GetInt64();
        var warning = here.Exists(row => Text(row, "state") is null) ? "the user may not see what other sessions are at (pg_read_all_stats): of some transactions it may not be known whether the snapshot has them"
            : now < earliest - ClockToleranceMicroseconds || now > latest + ClockToleranceMicroseconds ? "the server's clock is not this host's: of some transactions it may not be known whether the snapshot has them"
            : null;
        if (warning is not null)
        {
            return new PostgresCut(attempt, earliest, latest) { Snapshot = snapshot, Warning = warning };
        }

        var held = sessions.Select(row => Text(row, "xid")).OfType<string>().Select(xid => uint.Parse(xid, CultureInfo.InvariantCulture)).ToHashSet();
        held.UnionWith(root.GetProperty("prepared") is { ValueKind: JsonValueKind.Array } prepared ? prepared.EnumerateArray().Select(xid => uint.Parse(xid.GetString()!, CultureInfo.InvariantCulture)) : []);
        return new PostgresCut(attempt, earliest, latest)
        {
            Snapshot = snapshot,
            Sessions = [.. here.Where(row => Text(row, "address") is not null).Select(Session)],
            IsExact = NotEnded(snapshot, ulong.Parse(rows[0].GetProperty("next").GetString()!, CultureInfo.InvariantCulture)).All(held.Contains),
            Undecided = here.Count(row => Text(row, "state") == "active" && Text(row, "xid") is null && Text(row, "reads_at") is null && Text(row, "address") is not null && !row.GetProperty("reads").GetBoolean()),
        };
    }

    // xmin:xmax:list, of which the list names those below xmax that have not ended; from xmax on none has. Ids of sessions have 32 bits.
    private static IEnumerable<uint> NotEnded(string snapshot, ulong next)
    {
        var parts = snapshot.Split(':');
        foreach (var xid in parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            yield return (uint)ulong.Parse(xid, CultureInfo.InvariantCulture);
        }

        for (var xid = ulong.Parse(parts[1], CultureInfo.InvariantCulture); xid < next; xid++)
        {
            yield return (uint)xid;
        }
    }

    private static SessionAtCut Session(JsonElement row)
    {
        var address = Text(row, "address")!;
        var activity = Text(row, "state") switch { "idle" => SessionActivity.Idle, "active" or "fastpath function call" => SessionActivity.Active, _ => SessionActivity.InTransaction };
        return new SessionAtCut(
            $"{(address.Contains(':') ? $"[{address}]" : address)}:{row.GetProperty("port").GetInt32()}",
            activity,
            Text(row, "xid") is not null,
            Text(row, "reads_at") is not null,
            row.GetProperty("started") is { ValueKind: JsonValueKind.Number } started ? started.GetInt64() : 0);
    }

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();
}
