using System.Runtime.InteropServices;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What an exchange before the cut did.</summary>
[Flags]
internal enum CutKind : byte
{
    Read = 0,
    Transaction = 1 << 0,
    State = 1 << 1,
    Write = 1 << 2,
    NamedParse = 1 << 3,
}

/// <summary>A session's transaction, or autocommitted exchange, that has not ended yet.</summary>
internal sealed class OpenUnit(SnapshotCut cut, Session session, (SessionAtCut Session, bool IsExact)? evidence)
{
    private readonly List<Entry> _entries = [];

    public SnapshotCut Cut => cut;

    public Session Session => session;

    public (SessionAtCut Session, bool IsExact)? Evidence => evidence;

    public long ClosedAtMicroseconds => session.ClosedAtMicroseconds ?? long.MaxValue;

    public bool InTransaction;

    public bool Wrote { get; private set; }

    /// <summary>Which entry wrote last; only if any did.</summary>
    public int LastWrite => _entries.FindLastIndex(e => (e.Kind & CutKind.Write) != 0);

    /// <summary>Where its first writes lie.</summary>
    public IReadOnlyList<long> Writes(int most) => [.. _entries.Where(e => (e.Kind & CutKind.Write) != 0).Take(most).Select(e => e.Position)];

    public List<string> TemporaryTables { get; } = [];

    public ReadOnlySpan<Entry> Entries => CollectionsMarshal.AsSpan(_entries);

    public void Add(long position, in Exchange exchange, CutKind kind)
    {
        _entries.Add(new Entry(position, exchange.StartedAtMicroseconds, exchange.EndedAtMicroseconds, exchange.Shape, kind));
        Wrote |= (kind & CutKind.Write) != 0;
    }

    public void Clear()
    {
        _entries.Clear();
        Wrote = false;
        InTransaction = false;
    }

    public readonly record struct Entry(long Position, long StartedAtMicroseconds, long EndedAtMicroseconds, int Shape, CutKind Kind);
}
