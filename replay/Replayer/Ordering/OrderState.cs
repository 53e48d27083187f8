using System.Runtime.InteropServices;
using Replay.Sql;

namespace Replay.Replayer;

/// <summary>What the builder knows of one table.</summary>
internal sealed class TableState(int number)
{
    /// <summary>Units that touch the table as a whole or read it for a write, and have started but not ended.</summary>
    public readonly List<OrderUnit> Open = [];

    /// <summary>Commits of transactions that wrote it, and have started but not ended.</summary>
    public readonly List<OrderUnit> Committing = [];

    /// <summary>Units that lock it against readers too, and have started but not ended: who comes after them stands in line.</summary>
    public readonly List<OrderUnit> Defining = [];

    public readonly int Number = number;
    public long Statements; // units that touched it, by end
    public long Commits;
    public long RowExclusive; // number of the last unit that changed or locked single rows
    public long RowShared;
    public long WholeShared;
    public long OtherKeys; // number of the last unit that changed or locked a row by another key than the first
    public long ForgottenThrough; // what the key table has forgotten is of units up to this number
    public RecentUnits Rows; // those that changed or locked single rows
    public RecentUnits OtherRows; // those that did by another key than the first
    public LastUnit Whole; // the last one that touched the table as a whole
    public LastUnit Definition; // the last one that locked it against readers too
    public long Stamp;
}

/// <summary>A unit that has ended.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct LastUnit
{
    public int Session; // 0: none
    public int Ordinal;
    public long Sequence;
    public long EndedAt;
    public bool HasEvidence;
}

/// <summary>The last units of a kind that have ended, the newest anywhere; which of them a pair is ambiguous with is told by their ends.</summary>
internal struct RecentUnits
{
    private const int Most = 16;
    private LastUnit[]? _units;
    private long _count;

    public readonly ReadOnlySpan<LastUnit> All => _units.AsSpan(0, (int)Math.Min(_count, Most));

    public void Add(in LastUnit unit) => (_units ??= new LastUnit[Most])[_count++ & (Most - 1)] = unit;
}

/// <summary>What the builder knows of one session.</summary>
internal sealed class SessionState
{
    private const int MemoSlots = 16;
    private const int MaxKeys = 256; // a transaction with more may have added any row
    private readonly Memo[] _memo = new Memo[MemoSlots];

    public readonly List<(int Table, uint Sets)> Written = []; // tables that the open transaction has written, and what of them
    public readonly HashSet<ulong> AddedKeys = []; // rows that it has added; a table's number where that may be any
    public bool HasManyKeys;
    public readonly Queue<OrderUnit> Deferred = new();
    public OrderUnit? Outstanding;
    public bool InTransaction;
    public bool SnapshotTaken;
    public OpenView? View; // of the open transaction, if its writes can prove what it has
    public TouchedTables Touched; // by the open transaction
    public int FirstOrdinal; // of the open transaction
    public long UnknownCommits = long.MaxValue; // for how many of these the open transaction may wait
    public long UnknownStatements = long.MaxValue;
    public bool HasUndone; // some of it, by ROLLBACK TO SAVEPOINT
    public bool IsClosed;
    public IsolationLevel SessionIsolation;
    public IsolationLevel TransactionIsolation;

    /// <summary>Whether the session has not waited for that much already; remembers that it has now.</summary>
    public bool IsNews(DependencyKind kind, int table, long value)
    {
        var code = ((long)table << 3) | (long)kind;
        ref var memo = ref _memo[(int)(code * 0x9E3779B1 >> 24) & (MemoSlots - 1)];
        if (memo.Code == code + 1 && memo.Value >= value)
        {
            return false;
        }

        memo = new Memo(code + 1, value);
        return true;
    }

    /// <summary>Remembers what the open transaction has written.</summary>
    public void Write(in OrderAccess access)
    {
        var table = access.Table;
        var at = Written.FindIndex(w => w.Table == table);
        if (at < 0)
        {
            Written.Add((table, access.Sets));
        }
        else
        {
            Written[at] = (table, Written[at].Sets | access.Sets);
        }

        HasManyKeys |= AddedKeys.Count == MaxKeys;
        if (!HasManyKeys && access.Kind is OrderAccessKind.KeyInsert or OrderAccessKind.Barrier or OrderAccessKind.Definition)
        {
            AddedKeys.Add(access.Kind == OrderAccessKind.KeyInsert ? access.Key : (ulong)access.Table);
        }
    }

    /// <summary>Whether the open transaction has, or may have, added this row.</summary>
    public bool MayHaveAdded(int table, ulong key) =>
        HasManyKeys || AddedKeys.Contains(key) || AddedKeys.Contains((ulong)table) || AddedKeys.Contains(OrderTables.Everything);

    /// <summary>Its transaction has ended; its view is a matter of its own.</summary>
    public void EndTransaction()
    {
        Written.Clear();
        AddedKeys.Clear();
        HasManyKeys = false;
        HasUndone = false;
        UnknownCommits = UnknownStatements = long.MaxValue;
        Touched = default;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Memo(long Code, long Value);
}
