using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Decides, transaction by transaction, what the snapshot has already: exchanges come in order of their end, the wire's transaction
/// state says where transactions end, and a transaction is inside the snapshot if its last response came before the cut.
/// </summary>
/// <remarks>
/// A transaction whose commit overlapped the cut is told by what the server said of its session (<see cref="CutEvidence"/>); if that does not tell, the nearer side is taken and the
/// transaction named. Of inside transactions only what the session keeps is run again (settings, prepared statements, temporary tables), before the schedule begins.
/// Of transactions that straddle the cut, what had ended by then is run before the schedule begins, the rest on it.
/// </remarks>
public sealed class CutPlanner
{
    /// <summary>How long after the cut exchanges are still looked at, because the file's order of ends is not exact: a second.</summary>
    public const long SlackMicroseconds = 1_000_000;

    // Of a transaction, for probing.
    private const int MaxWrites = 8;

    private readonly SnapshotCuts _cuts;
    private readonly ExchangeKinds _kinds;
    private readonly IReadOnlyDictionary<long, bool> _told;
    private readonly Dictionary<int, OpenUnit> _units = [];
    private readonly List<AmbiguousTransaction> _named = [];
    private byte[] _marks = new byte[1024];
    private int _end;
    private long _preRolled;
    private long _ambiguous;
    private long _decided;
    private long _straddling;

    /// <summary>A planner for a snapshot with these cuts.</summary>
    /// <param name="cuts">The cuts.</param>
    /// <param name="shapes">The workload's shapes.</param>
    /// <param name="traits">Their traits.</param>
    /// <param name="told">Of transactions that nothing else tells, by the position of their last write, whether the snapshot has them; null: not asked.</param>
    public CutPlanner(SnapshotCuts cuts, IReadOnlyList<Shape> shapes, ShapeTraits[] traits, IReadOnlyDictionary<long, bool>? told = null)
    {
        _told = told ?? new Dictionary<long, bool>();
        _cuts = cuts;
        _kinds = new ExchangeKinds(shapes, traits);
    }

    /// <summary>Plans by a whole workload, reading only as far as the cut reaches.</summary>
    public static CutPlan Plan(WorkloadReader reader, SnapshotCuts cuts, ShapeTraits[] traits, IReadOnlyDictionary<long, bool>? told = null)
    {
        var planner = new CutPlanner(cuts, reader.Shapes, traits, told);
        using var cursor = reader.Read();
        while (cursor.MoveNext())
        {
            var exchange = cursor.Current;
            if (exchange.EndedAtMicroseconds > cuts.LatestMicroseconds + SlackMicroseconds)
            {
                break;
            }

            if (reader.Sessions.Find(exchange.Session) is { } session)
            {
                planner.Add(cursor.Position, in exchange, session);
            }
        }

        return planner.Finish();
    }

    /// <summary>Takes the next exchange in order of position.</summary>
    public void Add(long position, in Exchange exchange, Session session)
    {
        if (session.Purpose != SessionPurpose.Client)
        {
            return;
        }

        if (!_units.TryGetValue(session.Number, out var unit))
        {
            _units[session.Number] = unit = new OpenUnit(_cuts.Of(session), session, _cuts.Evidence(session));
        }

        unit.Add(position, in exchange, _kinds.Of(in exchange, unit.TemporaryTables));
        if (_kinds.Ends(in exchange, ref unit.InTransaction))
        {
            Decide(unit, exchange.RequestedAtMicroseconds, exchange.EndedAtMicroseconds);
        }
    }

    /// <summary>The plan; transactions that have not ended yet straddle the cut.</summary>
    public CutPlan Finish()
    {
        foreach (var unit in _units.Values)
        {
            Decide(unit, long.MaxValue, long.MaxValue);
        }

        return new CutPlan(_marks[.._end], _cuts.EarliestMicroseconds)
        {
            PreRolled = _preRolled,
            AmbiguousTransactions = _ambiguous,
            DecidedTransactions = _decided,
            Ambiguous = _named,
            StraddlingTransactions = _straddling,
        };
    }

    private void Decide(OpenUnit unit, long requestedAtMicroseconds, long endedAtMicroseconds)
    {
        var cut = unit.Cut;
        var isInside = cut.CommitsHeld ? endedAtMicroseconds <= cut.LatestMicroseconds : endedAtMicroseconds < cut.EarliestMicroseconds;
        if (!cut.CommitsHeld && !isInside && requestedAtMicroseconds <= cut.LatestMicroseconds)
        {
            isInside = Overlaps(unit, requestedAtMicroseconds, endedAtMicroseconds);
        }

        var straddles = false;
        foreach (ref readonly var entry in unit.Entries)
        {
            var mark = isInside ? InsideMark(unit, in entry) : entry.EndedAtMicroseconds <= cut.EarliestMicroseconds ? CutMark.PreRoll : CutMark.Play;
            straddles |= !isInside && mark == CutMark.PreRoll;
            Set(entry.Position, mark);
        }

        _straddling += straddles ? 1 : 0;
        unit.Clear();
    }

    // The nearer side where nothing else tells.
    private bool Overlaps(OpenUnit unit, long requestedAtMicroseconds, long endedAtMicroseconds)
    {
        if (CutEvidence.IsInside(unit) is { } told)
        {
            _decided += unit.Wrote ? 1 : 0;
            return told;
        }

        var isInside = endedAtMicroseconds <= unit.Cut.MiddleMicroseconds;
        if (unit.Wrote)
        {
            var write = unit.Entries[unit.LastWrite];
            if (_told.TryGetValue(write.Position, out var found))
            {
                return found;
            }

            _ambiguous++;
            if (_named.Count < CutProbe.MaxTransactions)
            {
                _named.Add(new AmbiguousTransaction(unit.Session.Number, unit.Session.Client.ToString(), write.Position, write.Shape, isInside)
                {
                    Writes = unit.Writes(MaxWrites),
                    RequestedAtMicroseconds = requestedAtMicroseconds,
                    EndedAtMicroseconds = endedAtMicroseconds,
                });
            }
        }

        return isInside;
    }

    // A session that closed before the cut leaves nothing behind that the snapshot has not.
    private static CutMark InsideMark(OpenUnit unit, in OpenUnit.Entry entry)
    {
        var wrote = (entry.Kind & CutKind.Write) != 0;
        if (unit.ClosedAtMicroseconds < unit.Cut.EarliestMicroseconds)
        {
            return wrote ? CutMark.SkipWrite : CutMark.SkipRead;
        }

        return entry.Kind switch
        {
            CutKind.State => CutMark.PreRoll,
            _ when (entry.Kind & CutKind.NamedParse) != 0 => wrote ? CutMark.PreRollParseWrite : CutMark.PreRollParseRead,
            _ => wrote ? CutMark.SkipWrite : CutMark.SkipRead,
        };
    }

    private void Set(long position, CutMark mark)
    {
        if (mark == CutMark.Play)
        {
            return;
        }

        if (position >= _marks.Length)
        {
            Array.Resize(ref _marks, checked((int)Math.Max(position + 1, _marks.Length * 2L)));
        }

        _marks[position] = (byte)mark;
        _end = Math.Max(_end, (int)position + 1);
        _preRolled += mark is CutMark.PreRoll or CutMark.PreRollParseRead or CutMark.PreRollParseWrite ? 1 : 0;
    }
}
