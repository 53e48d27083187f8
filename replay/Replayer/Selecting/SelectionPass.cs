using System.Runtime.InteropServices;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Goes over a workload and marks what a selection sends and what it leaves out, transaction by transaction: a transaction with a kept exchange is sent whole; of one that is sent for its changes alone
/// what only reads is left out; what a session was given (settings, prepared statements, temporary tables, locks) is sent as soon as anything else of it is, and what gives up a lock that was sent always is:
/// others wait for it.
/// </summary>
internal sealed partial class SelectionPass
{
    private readonly Selection _selection;
    private readonly WorkloadReader _reader;
    private readonly CutPlan _cut;
    private readonly SelectionMarks _marks;
    private readonly ExchangeKinds _kinds;
    private readonly ShapeTraits[] _traits;
    private readonly bool[] _harmless;
    private readonly SessionLockUse[] _locks;
    private readonly bool[] _taken;
    private readonly bool _takesNone;
    private readonly OpenSessions<OpenSession> _sessions = new();
    private readonly int _maxHeld;
    private long _untimed;
    private int _held;

    public SelectionPass(Selection selection, WorkloadReader reader, CutPlan cut, SelectionFilter filter, SelectionMarks marks, int maxHeld = MaxHeld)
    {
        _maxHeld = maxHeld;
        _selection = selection;
        _reader = reader;
        _cut = cut;
        _marks = marks;
        _traits = ShapeFacts.Of(reader.Shapes);
        _kinds = new ExchangeKinds(reader.Shapes, _traits);
        _harmless = HarmlessShapes.Of(reader.Shapes);
        _locks = SessionLocks.Of(reader.Shapes);
        _taken = filter.Takes(reader.Shapes, out _takesNone);
    }

    /// <summary>Marks all; returns how many are sent untimed.</summary>
    public long Run(Func<Session, bool> isPlayed, CancellationToken cancellation)
    {
        using var cursor = _reader.Read(0, ExchangeParts.WithoutRequest);
        while (cursor.MoveNext())
        {
            if ((cursor.Position & 0xFFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            var exchange = cursor.Current;
            if (_reader.Sessions.Find(exchange.Session) is { } session && isPlayed(session))
            {
                Add(cursor.Position, in exchange, session);
                EndSessions(exchange.EndedAtMicroseconds);
            }
        }

        EndSessions(long.MaxValue);
        foreach (var open in _sessions.Values)
        {
            Decide(open);
        }

        return _untimed;
    }

    private void Add(long position, in Exchange exchange, Session session)
    {
        if (!_sessions.TryGet(session.Number, out var open))
        {
            open = _sessions.Add(session, new OpenSession(_selection.Choose(session)));
        }

        var kind = KindOf(in exchange, open.TemporaryTables);
        var verdict = _cut.Verdict(position);
        if (verdict == PlayVerdict.Play || (verdict == PlayVerdict.PreRoll && _selection.IsApplied && kind != CutKind.State))
        {
            _held++;
            open.Entries.Add(new Entry(position, exchange.Shape, kind, IsState: exchange.Command is Command.Parse or Command.MySqlStatementPrepare));
            open.RollsBack |= (uint)exchange.Shape < (uint)_traits.Length && (_traits[exchange.Shape] & ShapeTraits.RollsBack) != 0;
        }

        open.IsBegun |= verdict == PlayVerdict.PreRoll && exchange.TransactionState == TransactionState.Open;
        open.EndedAtMicroseconds = exchange.EndedAtMicroseconds;
        if (_kinds.Ends(in exchange, ref open.InTransaction))
        {
            Decide(open);
        }

        if (_held > _maxHeld)
        {
            LetGo();
        }
    }

    private CutKind KindOf(in Exchange exchange, List<string> temporaryTables)
    {
        var kind = _kinds.Of(in exchange, temporaryTables);
        if ((uint)exchange.Shape >= (uint)_harmless.Length || kind == CutKind.Transaction)
        {
            return kind;
        }

        // A cursor's declaration is the session's too, but ends with its transaction.
        return _harmless[exchange.Shape] ? (kind == CutKind.State && _reader.Shapes[exchange.Shape].Class != "cursor" ? kind : CutKind.Read)
            : kind == CutKind.Read && exchange.Command is Command.Query or Command.Execute or Command.MySqlQuery or Command.MySqlStatementExecute ? CutKind.Write
            : kind;
    }

    private void Decide(OpenSession open, bool hasEnded = true)
    {
        var isBefore = _selection.HasWindow && open.EndedAtMicroseconds < _selection.WindowFromMicroseconds;
        var isBeforeSeam = _selection.IsResumed && open.EndedAtMicroseconds < _selection.FromMicroseconds;
        var entries = CollectionsMarshal.AsSpan(open.Entries);
        if (_selection.EndsThere ? !isBefore : isBefore && _selection.IsApplied)
        {
            LeaveOut(open, entries, isBefore ? SelectionMark.InCheckpoint : SelectionMark.AfterCheckpoint);
            return;
        }

        var forChanges = isBefore || open.Choice == SessionChoice.NotSampled;
        var isSent = open.IsBegun || !(hasEnded || (open.Choice == SessionChoice.Excluded && !isBefore));
        foreach (ref readonly var entry in entries)
        {
            isSent |= forChanges ? entry.Kind == CutKind.Write : open.Choice == SessionChoice.Kept && IsTaken(entry.Shape);
        }

        var wasPlayed = isSent && !forChanges && isBeforeSeam;
        if (wasPlayed && hasEnded && !open.IsBegun)
        {
            // As the run had sent it, but for what only reads and has an outcome.
            isSent = false;
            foreach (ref readonly var entry in entries)
            {
                isSent |= entry.Kind == CutKind.Write || _selection.IsOwed(entry.Position);
            }
        }

        var left = isBefore || wasPlayed ? SelectionMark.BeforeWindow : open.Choice == SessionChoice.NotSampled ? SelectionMark.NotSampled : SelectionMark.Excluded;
        if (isSent)
        {
            SendGiven(open);
        }

        foreach (ref readonly var entry in entries)
        {
            Set(entry.Position, !isSent ? left
                : forChanges || wasPlayed ? (entry.Kind == CutKind.Read && !(wasPlayed && _selection.IsOwed(entry.Position)) ? left : SelectionMark.Untimed)
                : open.Choice == SessionChoice.Kept && IsTaken(entry.Shape) ? SelectionMark.Play : SelectionMark.Untimed);

            if (!isSent)
            {
                Keep(open, in entry);
            }
            else
            {
                open.Locks = SessionLocks.Count(open.Locks, LockOf(entry.Shape));
            }
        }

        if (hasEnded)
        {
            Clear(open);
        }
        else
        {
            _held -= entries.Length;
            open.Entries.Clear();
            open.IsBegun = isSent;
        }
    }

    private void LeaveOut(OpenSession open, ReadOnlySpan<Entry> entries, SelectionMark mark)
    {
        foreach (ref readonly var entry in entries)
        {
            Set(entry.Position, mark);
            Keep(open, in entry);
        }

        Clear(open);
    }

    private void Clear(OpenSession open)
    {
        _held -= open.Entries.Count;
        open.Clear();
    }

    // PostgreSQL takes settings back with the transaction; what was prepared stays.
    private void Keep(OpenSession open, in Entry entry)
    {
        var use = LockOf(entry.Shape);
        if (open.Locks > 0 && use is SessionLockUse.GivesUp or SessionLockUse.GivesUpAll)
        {
            SendGiven(open);
            Set(entry.Position, SelectionMark.Untimed);
            open.Locks = SessionLocks.Count(open.Locks, use);
            return;
        }

        if (entry.Kind != CutKind.State || (open.RollsBack && !entry.IsState))
        {
            return;
        }

        if (open.IsGiven)
        {
            Set(entry.Position, SelectionMark.Untimed);
            open.Locks = SessionLocks.Count(open.Locks, use);
        }
        else
        {
            _held++;
            open.Given.Add((entry.Position, use));
        }
    }

    private SessionLockUse LockOf(int shape) => (uint)shape < (uint)_locks.Length ? _locks[shape] : SessionLockUse.None;

    private bool IsTaken(int shape) => (uint)shape < (uint)_taken.Length ? _taken[shape] : _takesNone;

    private void Set(long position, SelectionMark mark)
    {
        _marks[position] = mark;
        _untimed += mark == SelectionMark.Untimed ? 1 : 0;
    }

    private void EndSessions(long readTo)
    {
        while (_sessions.TryEnd(readTo, out _, out var open))
        {
            Decide(open);
            _held -= open.Given.Count;
        }
    }
}
