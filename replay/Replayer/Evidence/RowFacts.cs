using System.Runtime.InteropServices;

namespace Replay.Replayer;

/// <summary>A transaction's place among those of the server's log.</summary>
internal sealed class LoggedPlace
{
    private long _last;

    /// <summary>From 1; 0 as long as it is not known. The first that it may be, if that is not certain.</summary>
    public long Number { get; set; }

    /// <summary>The last that it may be.</summary>
    public long Last
    {
        get => Math.Max(Number, _last);
        set => _last = value;
    }

    /// <summary>Which log.</summary>
    public OrderEvidence Evidence { get; init; } = OrderEvidence.BinaryLog;

    /// <summary>Whether it comes before another for certain.</summary>
    public bool IsBefore(LoggedPlace other) => Number > 0 && Last < other.Number;
}

/// <summary>That another unit comes before, and what says so.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RowPredecessor(OrderUnit Unit, int Session, int Ordinal, OrderEvidence Evidence)
{
    /// <summary>Units are used again: whether this one still is what it was.</summary>
    public bool IsThere => Unit.Session == Session && Unit.LastOrdinal == Ordinal;
}

/// <summary>What a unit tells about its place among the others that lock the same rows.</summary>
internal sealed class RowFacts
{
    /// <summary>Rows that the response says were found: changed, or returned.</summary>
    public long Found { get; set; }

    /// <summary>When the session's next request came; null as long as it has not come.</summary>
    public long? NextRequestedAt { get; set; }

    /// <summary>Whether it is a transaction by itself.</summary>
    public bool IsAlone { get; set; }

    /// <summary>Which counter of the row it moved, and in which direction; 0 if none.</summary>
    public ulong Counter { get; set; }

    /// <summary>What the counter came to, growing with time: negative for one that is counted down.</summary>
    public long Count { get; set; }

    /// <summary>Whether it is in the server's log once its transaction is committed.</summary>
    public LogUse LogUse { get; set; }

    /// <summary>Its transaction's place in the log; null if there is no log, or it writes nothing.</summary>
    public LoggedPlace? Logged { get; set; }

    /// <summary>What it wrote, if its transaction is looked for in logical decoding; null if nothing.</summary>
    public WrittenRows? Written { get; set; }

    /// <summary>Whether it is among the rows of a <see cref="RowOrder"/>.</summary>
    public bool IsListed { get; set; }

    /// <summary>Whether it has been compared with all whose ends lie close to its own.</summary>
    public bool IsCompared { get; set; }

    /// <summary>Whether its place is fixed.</summary>
    public bool IsFixed { get; set; }

    /// <summary>Units that are known to come before it although times do not tell.</summary>
    public List<RowPredecessor> Before { get; } = [];

    /// <summary>What says that another unit, by session and last ordinal, comes before it.</summary>
    public OrderEvidence EvidenceOf(int session, int ordinal)
    {
        foreach (ref readonly var before in CollectionsMarshal.AsSpan(Before))
        {
            if (before.Session == session && before.Ordinal == ordinal)
            {
                return before.Evidence;
            }
        }

        return OrderEvidence.None;
    }

    public void Append(RowFacts next)
    {
        Found += next.Found;
        LogUse = next.LogUse > LogUse ? next.LogUse : LogUse;
        if (Written is null)
        {
            Written = next.Written;
        }
        else if (next.Written is { } written)
        {
            Written.Append(written);
        }
    }

    public void Reset()
    {
        Before.Clear();
        NextRequestedAt = null;
        Logged = null;
        Written = null;
        LogUse = LogUse.Never;
        Found = Count = 0;
        Counter = 0;
        IsAlone = IsListed = IsCompared = IsFixed = false;
    }
}
