using System.Runtime.InteropServices;

namespace Replay.Replayer;

/// <summary>
/// What a transaction sees of others (REPEATABLE READ and above), and the commits of which times do not tell whether it sees them: those that were under way together with
/// the statement that took it.
/// </summary>
internal sealed class OpenView
{
    /// <summary>Commits that are kept of one view; the first ones. A statement of an hour overlaps more, nearly all of them after it had taken its view.</summary>
    public const int MaxCommits = 256;

    /// <summary>Whose it is.</summary>
    public int Session;

    /// <summary>The first exchange of the unit that took it: what waits.</summary>
    public int Ordinal;

    /// <summary>Position of that exchange.</summary>
    public long Position;

    /// <summary>Whether the unit that takes it has not ended.</summary>
    public bool IsTaken;

    /// <summary>Whether its transaction has ended, so that nothing more is proven of it.</summary>
    public bool IsOver;

    /// <summary>The last place, among all units' ends, which the start of that unit may wait for without a circle.</summary>
    public long Latest;

    /// <summary>Those of <see cref="Commits"/> that have not ended.</summary>
    public int UnderWay;

    /// <summary>Commits that it may or may not see.</summary>
    public readonly List<ViewedCommit> Commits = [];

    public void Reset()
    {
        Commits.Clear();
        Session = Ordinal = UnderWay = 0;
        Position = Latest = 0;
        IsTaken = IsOver = false;
    }
}

/// <summary>A commit that overlapped the taking of a view.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ViewedCommit
{
    /// <summary>It has not ended.</summary>
    public const long UnderWay = -1;

    public int Session;
    public int FirstOrdinal; // of its transaction
    public int Ordinal; // its last one
    public long Place; // among all units' ends, after all that it waits for
    public TouchedTables Wrote;
    public bool EndedFirst; // before the statement that took the view
    public bool IsProven;
    public bool IsTold;

    /// <summary>Whether its transaction is the one of this exchange.</summary>
    public readonly bool Has(int session, int ordinal) => session == Session && ordinal >= FirstOrdinal && ordinal <= Ordinal;
}

/// <summary>Tables of which rows that were there have been changed, each a bit of 64: two may share one.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct TouchedTables
{
    private ulong _rows; // row by row, by the first key
    private ulong _any; // whichever rows

    /// <summary>Notes a change.</summary>
    public void Add(in OrderAccess access)
    {
        if (!access.IsExclusive || access.Sets == ColumnMask.Nothing || access.Kind is OrderAccessKind.KeyInsert or OrderAccessKind.Append)
        {
            return;
        }

        var bit = access.Table == OrderTables.Everything ? ulong.MaxValue : Bit(access.Table);
        _rows |= access.Kind == OrderAccessKind.KeyExclusive ? bit : 0;
        _any |= access.Kind == OrderAccessKind.KeyExclusive ? 0 : bit;
    }

    /// <summary>Whether it may have changed a row of the table, or, unless <paramref name="anyRow"/>, one that nobody knows by its first key.</summary>
    public readonly bool Has(int table, bool anyRow) => ((anyRow ? _rows | _any : _any) & Bit(table)) != 0;

    private static ulong Bit(int table) => 1UL << (table & 63);
}

/// <summary>What a unit that has been ordered waits for besides, as a later one of its transaction has shown.</summary>
/// <param name="Session">Its session.</param>
/// <param name="Ordinal">Ordinal of its first exchange, which waits.</param>
/// <param name="Position">Position of that exchange in the workload.</param>
/// <param name="Need">What it waits for.</param>
public readonly record struct LateNeed(int Session, int Ordinal, long Position, OrderDependency Need);
