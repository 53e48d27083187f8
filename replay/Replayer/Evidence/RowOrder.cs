using System.Runtime.InteropServices;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Decides in which order units had the same row that ended too close together for their times to tell, where anything does tell, and puts them there: one that
/// comes first is taken to have ended just before the other. README.md beside this file says what it rests on.
/// </summary>
/// <param name="options">How close is too close.</param>
/// <param name="counts">Gets what contradicted itself.</param>
/// <param name="isLock">Whether a key is a row's, and not a sequence's, which no transaction locks.</param>
internal sealed class RowOrder(OrderOptions options, OrderCounts counts, Func<ulong, bool> isLock)
{
    /// <summary>
    /// Units that took longer are not moved: 1 s. All whose ends lie close to a shorter one's have been read when that one is compared, because the builder is 2 s
    /// behind the file (<see cref="WorkloadWalk.DefaultWindowMicroseconds"/>).
    /// </summary>
    public const long MaxDurationMicroseconds = 1_000_000;

    /// <summary>How long before the builder comes to a unit it is compared: 0.5 s, so that all around it have been before it stays where it is.</summary>
    public const long AheadMicroseconds = 500_000;

    /// <summary>
    /// The farthest that a unit is moved, and how far apart two are still compared: 50 ms. What evidence says is certain however late an answer was, and a machine whose hypervisor holds it up
    /// makes some later than <see cref="OrderOptions.LateAnswerMicroseconds"/>; where it says what the ends say too, only those too close to tell count as decided by it.
    /// </summary>
    public const long MaxShiftMicroseconds = 50_000;

    private const int MaxNeighbours = 640; // 12,000 updates of one row a second were seen: 600 in 50 ms

    private readonly Dictionary<(int Table, ulong Key), Row> _rows = [];
    private readonly Stack<Row> _free = new();
    private readonly DueHeap<OrderUnit> _waiting = new();
    private readonly List<(OrderUnit Unit, long At)> _moved = [];
    private readonly long _limit = Math.Max(options.AmbiguousMicroseconds, options.LateAnswerMicroseconds);
    private readonly EndedPlaces _ended = new(Math.Max(options.AmbiguousMicroseconds, options.LateAnswerMicroseconds));

    /// <summary>Takes a unit that will be added to the builder.</summary>
    public void Add(OrderUnit unit)
    {
        unit.Rows.IsListed = true;
        _waiting.Push(unit, unit.RequestedAtMicroseconds);
        foreach (ref readonly var access in CollectionsMarshal.AsSpan(unit.Accesses))
        {
            Add(unit, in access);
            if (access.Kind == OrderAccessKind.OtherKeyExclusive)
            {
                Add(unit, access with { Key = 0 }); // it may be any row
            }
        }
    }

    /// <summary>Compares those that the builder comes to next; before it is advanced to that time.</summary>
    public void AdvanceTo(long microseconds)
    {
        var until = microseconds > long.MaxValue - AheadMicroseconds ? microseconds : microseconds + AheadMicroseconds;
        while (_waiting.NextMicroseconds < until && _waiting.TryPop(until, out var unit))
        {
            if (Counts(unit))
            {
                foreach (ref readonly var access in CollectionsMarshal.AsSpan(unit.Accesses))
                {
                    if (access.Key != 0 && TryRow(in access, out var key))
                    {
                        Compare(unit, in access, _rows[key]);
                    }
                }
            }

            unit.Rows.IsCompared = true;
        }
    }

    /// <summary>The builder has come to a unit: from here on it stays where it is.</summary>
    public static void Fix(OrderUnit unit) => unit.Rows.IsFixed = true;

    /// <summary>What says that a unit which had a row came before another that has it now, as their ends do too.</summary>
    /// <param name="session">Its session.</param>
    /// <param name="ordinal">Its last ordinal.</param>
    /// <param name="later">The other, which ends now.</param>
    /// <param name="key">The row.</param>
    public OrderEvidence EvidenceOf(int session, int ordinal, OrderUnit later, ulong key)
    {
        var evidence = later.Rows.EvidenceOf(session, ordinal);
        return evidence == OrderEvidence.None && isLock(key) && later.Rows.Logged is { } place && LockedAll(later) ? _ended.EvidenceOf(session, ordinal, place) : evidence;
    }

    /// <summary>A unit has ended.</summary>
    public void Remove(OrderUnit unit)
    {
        if (!unit.Rows.IsListed)
        {
            return;
        }

        if (unit.Rows.Logged is { } place && LockedAll(unit))
        {
            _ended.Add(unit, place);
        }

        foreach (ref readonly var access in CollectionsMarshal.AsSpan(unit.Accesses))
        {
            Remove(unit, in access);
            if (access.Kind == OrderAccessKind.OtherKeyExclusive)
            {
                Remove(unit, access with { Key = 0 });
            }
        }
    }

    private void Add(OrderUnit unit, in OrderAccess access)
    {
        if (TryRow(in access, out var key))
        {
            if (!_rows.TryGetValue(key, out var row))
            {
                _rows.Add(key, row = _free.TryPop(out var free) ? free : new Row());
            }

            row.Add(unit, in access);
        }
    }

    private void Remove(OrderUnit unit, in OrderAccess access)
    {
        if (TryRow(in access, out var key) && _rows.TryGetValue(key, out var row))
        {
            row.Remove(unit, in access);
            if (row.Units.Count == 0)
            {
                _rows.Remove(key);
                row.Clear();
                _free.Push(row);
            }
        }
    }

    private bool TryRow(in OrderAccess access, out (int Table, ulong Key) key)
    {
        key = (access.Table, access.Key);
        return access.Key != 0 ? isLock(access.Key) : access.Kind is OrderAccessKind.OtherKeyExclusive or OrderAccessKind.Predicate or OrderAccessKind.Barrier or OrderAccessKind.Definition;
    }

    private bool Counts(OrderUnit unit) => unit.EndedAtMicroseconds - unit.RequestedAtMicroseconds <= MaxDurationMicroseconds && LockedAll(unit);

    // It locked each row that it names, and nothing about it is out of the ordinary.
    private bool LockedAll(OrderUnit unit)
    {
        if (unit.Failed || unit.ChangedNothing || unit.Unreproducible != UnreproducibleReason.None)
        {
            return false;
        }

        var exclusive = 0;
        foreach (ref readonly var access in CollectionsMarshal.AsSpan(unit.Accesses))
        {
            exclusive += access is { IsExclusive: true, Key: not 0 } && isLock(access.Key) ? 1 : 0;
        }

        return unit.Rows.Found >= exclusive;
    }

    private void Compare(OrderUnit unit, in OrderAccess access, Row row)
    {
        var units = row.Units;
        var at = units.IndexOf(unit);
        for (var i = at - 1; i >= Math.Max(0, at - MaxNeighbours) && unit.EndedAtMicroseconds - units[i].EndedAtMicroseconds <= MaxShiftMicroseconds && units[i].EndedAtMicroseconds >= unit.RequestedAtMicroseconds; i--)
        {
            Compare(unit, units[i], in access, row);
        }

        for (var i = at + 1; i < Math.Min(units.Count, at + MaxNeighbours) && units[i].EndedAtMicroseconds - unit.EndedAtMicroseconds <= MaxShiftMicroseconds; i++)
        {
            Compare(units[i], unit, in access, row);
        }
    }

    // Of two that overlapped: later ended later, as far as times tell.
    private void Compare(OrderUnit later, OrderUnit earlier, in OrderAccess access, Row row)
    {
        var isCompared = later.Rows.IsCompared || earlier.Rows.IsCompared; // then the pair was, by that one
        if (isCompared || later.Session == earlier.Session || earlier.EndedAtMicroseconds < later.RequestedAtMicroseconds || !Counts(earlier) || !Counts(later)
            || (!Excludes(earlier, in access) && !Excludes(later, in access)))
        {
            return;
        }

        var evidence = Decide(earlier, later, in access, row, out var isReversed);
        var limit = later.TransactionState == TransactionState.Idle ? _limit : options.AmbiguousMicroseconds;
        if (evidence == OrderEvidence.None || (!isReversed && later.EndedAtMicroseconds - earlier.EndedAtMicroseconds > limit))
        {
            return;
        }

        var (first, second) = isReversed ? (later, earlier) : (earlier, later);
        if (second.Rows.EvidenceOf(first.Session, first.LastOrdinal) != OrderEvidence.None)
        {
            return; // by another row
        }

        if (first.Rows.EvidenceOf(second.Session, second.LastOrdinal) != OrderEvidence.None || !Place(first, second))
        {
            counts.EvidenceContradicted++;
            return;
        }

        counts.ReorderedByEvidence += isReversed ? 1 : 0;
        second.Rows.Before.Add(new RowPredecessor(first, first.Session, first.LastOrdinal, evidence));
    }

    private OrderEvidence Decide(OrderUnit earlier, OrderUnit later, in OrderAccess access, Row row, out bool isReversed)
    {
        isReversed = Outlasts(earlier, later);
        if (isReversed != Outlasts(later, earlier))
        {
            return OrderEvidence.Locks;
        }

        if (earlier.Rows.Logged is { } a && later.Rows.Logged is { } b && (a.IsBefore(b) || b.IsBefore(a)))
        {
            isReversed = b.IsBefore(a);
            return a.Evidence;
        }

        if (earlier.Rows.IsAlone && later.Rows.IsAlone && row.CountsAlone && earlier.Rows.Count != later.Rows.Count
            && !_rows.ContainsKey((access.Table, 0)) && !_rows.ContainsKey((OrderTables.Everything, 0)))
        {
            isReversed = later.Rows.Count < earlier.Rows.Count;
            return OrderEvidence.Returning;
        }

        return OrderEvidence.None;
    }

    /// <summary>
    /// It keeps its locks, and its session had not even asked for their end when the other had ended: the other had the row, or the table, before it. <paramref name="known"/>: all that was
    /// requested before this time is known, so that a session's next request comes later if it isn't.
    /// </summary>
    internal static bool Outlasts(OrderUnit holder, OrderUnit other, long known = 0) =>
        holder.TransactionState == TransactionState.Open && holder.Control == TransactionControl.None && (holder.Rows.NextRequestedAt ?? known) > other.EndedAtMicroseconds;

    private static bool Excludes(OrderUnit unit, in OrderAccess access)
    {
        foreach (ref readonly var own in CollectionsMarshal.AsSpan(unit.Accesses))
        {
            if (own.Key == access.Key && own.Table == access.Table && own.IsExclusive)
            {
                return true;
            }
        }

        return false;
    }

    private bool Place(OrderUnit first, OrderUnit second)
    {
        _moved.Clear();
        if (first.OrderedAtMicroseconds < second.OrderedAtMicroseconds || Move(first, second.OrderedAtMicroseconds - 1))
        {
            return true;
        }

        foreach (var (unit, at) in _moved)
        {
            unit.OrderedAtMicroseconds = at;
        }

        return false;
    }

    // Earlier, never later: what waits for it does so anyhow. What comes before it goes along.
    private bool Move(OrderUnit unit, long at)
    {
        if (unit.Rows.IsFixed || at < unit.RequestedAtMicroseconds || unit.EndedAtMicroseconds - at > MaxShiftMicroseconds || _moved.Count == MaxNeighbours)
        {
            return false;
        }

        _moved.Add((unit, unit.OrderedAtMicroseconds));
        unit.OrderedAtMicroseconds = at;
        foreach (var before in unit.Rows.Before)
        {
            if (before.IsThere && before.Unit.OrderedAtMicroseconds >= at && !Move(before.Unit, at - 1))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Those that touch one row, in order of their ends; or a table as a whole.</summary>
    private sealed class Row
    {
        private readonly List<(ulong Counter, int Units)> _writers = [];

        public List<OrderUnit> Units { get; } = [];

        /// <summary>Whether all that write it move one counter in one direction.</summary>
        public bool CountsAlone => _writers is [{ Counter: not 0 }];

        public void Add(OrderUnit unit, in OrderAccess access)
        {
            if (access.IsExclusive)
            {
                Note(unit.Rows.Counter, 1);
            }

            var at = Units.Count;
            while (at > 0 && Units[at - 1].EndedAtMicroseconds > unit.EndedAtMicroseconds)
            {
                at--;
            }

            // It may touch the row twice: shared and exclusive.
            for (var same = at - 1; same >= 0 && Units[same].EndedAtMicroseconds == unit.EndedAtMicroseconds; same--)
            {
                if (Units[same] == unit)
                {
                    return;
                }
            }

            Units.Insert(at, unit);
        }

        public void Remove(OrderUnit unit, in OrderAccess access)
        {
            Units.Remove(unit);
            if (access.IsExclusive)
            {
                Note(unit.Rows.Counter, -1);
            }
        }

        public void Clear()
        {
            Units.Clear();
            _writers.Clear();
        }

        private void Note(ulong counter, int units)
        {
            var at = _writers.FindIndex(w => w.Counter == counter);
            if (at < 0)
            {
                _writers.Add((counter, units));
            }
            else if (_writers[at].Units + units == 0)
            {
                _writers.RemoveAt(at);
            }
            else
            {
                _writers[at] = (counter, _writers[at].Units + units);
            }
        }
    }
}
