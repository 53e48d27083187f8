using System.Collections.Concurrent;
using System.Globalization;
using Replay.Agent.Recording;
using Replay.Workload;

namespace Replay.Agent.Snapshots;

/// <summary>Which statement cuts.</summary>
internal enum CutKind
{
    /// <summary>The first one of PostgreSQL's transaction; see <see cref="PostgresCut"/>.</summary>
    PostgresSnapshot,

    /// <summary>START TRANSACTION WITH CONSISTENT SNAPSHOT, of mysqldump and mariadb-dump.</summary>
    ConsistentSnapshot,

    /// <summary>BACKUP STAGE BLOCK_COMMIT, of mariadb-backup: what was not committed by then is not in it.</summary>
    BlockedCommits,

    /// <summary>BACKUP STAGE END, of mariadb-backup: until then nothing was committed.</summary>
    CommitsGoOn,
}

/// <summary>A moment on the wire at which a snapshot was cut: between the request and the end of its response.</summary>
/// <param name="Kind">By which statement.</param>
/// <param name="Database">The database of the session that cut; null if the wire did not tell.</param>
/// <param name="Attempt">PostgreSQL: which attempt at a cut it was; 0 elsewhere.</param>
/// <param name="EarliestMicroseconds">When the request's last byte was seen, microseconds since 1970.</param>
/// <param name="LatestMicroseconds">When the response's last byte was seen, microseconds since 1970.</param>
internal sealed record CutOnWire(CutKind Kind, string? Database, int Attempt, long EarliestMicroseconds, long LatestMicroseconds);

/// <summary>
/// Knows the snapshot tool's own sessions among those that are sniffed, and reads from them when the cut was. The capture thread asks, the snapshot's
/// thread tells.
/// </summary>
internal sealed class ToolSessions
{
    private readonly ConcurrentDictionary<int, bool> _processes = new();
    private readonly ConcurrentDictionary<int, bool> _ports = new();
    private readonly ConcurrentQueue<CutOnWire> _cuts = new();
    private volatile bool _isWatching;
    private long _seenUntil;

    /// <summary>The application name that PostgreSQL's tools are given.</summary>
    public string ApplicationName { get; } = $"dbcapture-snapshot-{Guid.NewGuid():N}"[..40];

    /// <summary>Whether a snapshot is being taken.</summary>
    public bool IsWatching => _isWatching;

    /// <summary>Up to when the wire has been read: the last response's end, microseconds since 1970.</summary>
    public long SeenUntilMicroseconds => Volatile.Read(ref _seenUntil);

    /// <summary>What was seen so far.</summary>
    public IReadOnlyCollection<CutOnWire> Cuts => _cuts;

    /// <summary>A snapshot begins or ends.</summary>
    public void Watch(bool on) => _isWatching = on;

    /// <summary>A tool was started.</summary>
    public void AddProcess(int processId) => _processes[processId] = true;

    /// <summary>A tool has this local port.</summary>
    public void AddPort(int port) => _ports[port] = true;

    /// <summary>Whether a connection is a tool's: by its application name, its process id among the connection attributes, or its port.</summary>
    public bool IsTool(RecordedFlow flow)
    {
        if (_processes.IsEmpty)
        {
            return false;
        }

        var parameters = flow.Conversation.Facts.Parameters;
        return (parameters.TryGetValue("application_name", out var name) && name == ApplicationName)
            || (parameters.TryGetValue("_pid", out var pid) && int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && _processes.ContainsKey(id))
            || (_ports.ContainsKey(flow.Endpoints.Client.Port) && _isWatching);
    }

    /// <summary>Looks at an exchange while a snapshot is being taken.</summary>
    public void OnExchange(RecordedFlow flow, in Exchange exchange)
    {
        Volatile.Write(ref _seenUntil, exchange.EndedAtMicroseconds);
        if (KindOf(exchange.Text) is not { } kind)
        {
            return;
        }

        if (IsTool(flow) && !exchange.Failed)
        {
            _cuts.Enqueue(new CutOnWire(kind, flow.Conversation.Facts.Database, PostgresCut.AttemptOf(exchange.Text), exchange.RequestedAtMicroseconds, exchange.EndedAtMicroseconds));
        }
    }

    private static CutKind? KindOf(ReadOnlySpan<byte> text) => text.IndexOf(PostgresCut.Mark) >= 0 ? CutKind.PostgresSnapshot
        : text.IndexOf("CONSISTENT SNAPSHOT"u8) >= 0 ? CutKind.ConsistentSnapshot
        : text.IndexOf("BACKUP STAGE BLOCK_COMMIT"u8) >= 0 ? CutKind.BlockedCommits
        : text.IndexOf("BACKUP STAGE END"u8) >= 0 ? CutKind.CommitsGoOn
        : null;
}
