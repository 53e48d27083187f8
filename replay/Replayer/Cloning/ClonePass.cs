using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Goes over a workload and marks what of each session its clones play: transactions that only read, whole, and what the session is given (settings, prepared statements, temporary tables). Of a transaction that
/// writes, locks rows or takes locks of the session only the latter, unless it was rolled back. What asks for the session's own writes (currval, LAST_INSERT_ID) counts as one: a clone has none.
/// </summary>
internal sealed partial class ClonePass
{
    private readonly WorkloadReader _reader;
    private readonly SelectionMarks _marks;
    private readonly ExchangeKinds _kinds;
    private readonly ShapeTraits[] _traits;
    private readonly bool[] _reads;
    private readonly bool[] _locks;
    private readonly OpenSessions<OpenUnit> _open = new();
    private readonly HashSet<int> _reading = [];
    private readonly int _maxHeld;
    private int _held;
    private int _tooLong;

    private ClonePass(WorkloadReader reader, SelectionMarks marks, int maxHeld)
    {
        _maxHeld = maxHeld;
        _reader = reader;
        _marks = marks;
        _traits = ShapeFacts.Of(reader.Shapes);
        _kinds = new ExchangeKinds(reader.Shapes, _traits);
        _reads = HarmlessShapes.Of(reader.Shapes);
        _locks = [.. SessionLocks.Of(reader.Shapes).Select(static use => use != SessionLockUse.None)];
        for (var i = 0; i < _reads.Length; i++)
        {
            _reads[i] &= !OwnWritesMark().IsMatch(reader.Shapes[i].Text);
        }
    }

    /// <summary>Marks <see cref="SelectionMark.Play"/> or <see cref="SelectionMark.Excluded"/>; returns the sessions that read at all.</summary>
    /// <param name="reader">The workload.</param>
    /// <param name="marks">Where it is marked.</param>
    /// <param name="isPlayed">Which sessions are played.</param>
    /// <param name="warn">Takes what the user ought to know.</param>
    /// <param name="cancellation">Breaks it off.</param>
    /// <param name="maxHeld">The most exchanges of open transactions that are held at one time, 16 bytes each; what of a transaction goes beyond is not cloned.</param>
    public static HashSet<int> Run(
        WorkloadReader reader, SelectionMarks marks, Func<Session, bool> isPlayed, Action<string> warn, CancellationToken cancellation, int maxHeld = SelectionPass.MaxHeld)
    {
        var pass = new ClonePass(reader, marks, maxHeld);
        using var cursor = reader.Read(0, ExchangeParts.WithoutRequest);
        while (cursor.MoveNext())
        {
            if ((cursor.Position & 0xFFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            var exchange = cursor.Current;
            if (reader.Sessions.Find(exchange.Session) is { } session && isPlayed(session))
            {
                pass.Add(cursor.Position, in exchange, session);
                pass.EndSessions(exchange.EndedAtMicroseconds);
            }
        }

        pass.EndSessions(long.MaxValue);
        foreach (var unit in pass._open.Values)
        {
            pass.Decide(unit);
        }

        if (pass._tooLong > 0)
        {
            warn($"{pass._tooLong} transactions are too long to be cloned: transactions that are open at one time hold more than {maxHeld} statements");
        }

        return pass._reading;
    }

    private void Add(long position, in Exchange exchange, Session session)
    {
        if (!_open.TryGet(session.Number, out var unit))
        {
            unit = _open.Add(session, new OpenUnit(session.Number));
        }

        var kind = KindOf(in exchange, unit.TemporaryTables);
        unit.Entries.Add((position, IsState: kind == CutKind.State, IsPrepared: exchange.Command is Command.Parse or Command.MySqlStatementPrepare));
        unit.Reads |= kind == CutKind.Read;
        unit.Writes |= kind == CutKind.Write;
        unit.RollsBack |= (uint)exchange.Shape < (uint)_traits.Length && (_traits[exchange.Shape] & ShapeTraits.RollsBack) != 0;
        _held++;

        // A value that is sent ahead belongs to the execution behind it.
        if (exchange.Command != Command.MySqlStatementSendLongData && _kinds.Ends(in exchange, ref unit.InTransaction))
        {
            Decide(unit);
            unit.Clear();
        }
        else if (_held > _maxHeld)
        {
            LetGo();
        }
    }

    private void EndSessions(long readTo)
    {
        while (_open.TryEnd(readTo, out _, out var unit))
        {
            Decide(unit);
        }
    }

    // The longest are taken for ones that write, of which no more is cloned than what the session is given.
    private void LetGo()
    {
        var least = Math.Max(1, _held / (2 * _open.Count));
        foreach (var unit in _open.Values.Where(unit => unit.Entries.Count >= least))
        {
            _tooLong += unit.Writes ? 0 : 1;
            unit.Writes = true;
            Decide(unit);
        }
    }

    private CutKind KindOf(in Exchange exchange, List<string> temporaryTables)
    {
        var kind = exchange.Command == Command.MySqlStatementSendLongData ? CutKind.Read : _kinds.Of(in exchange, temporaryTables) & ~CutKind.NamedParse;
        var executes = exchange.Command is Command.Query or Command.Execute or Command.MySqlQuery or Command.MySqlStatementExecute;
        if (!executes || (uint)exchange.Shape >= (uint)_reads.Length)
        {
            return kind;
        }

        return _locks[exchange.Shape] ? CutKind.Write
            : kind == CutKind.Read || _reader.Shapes[exchange.Shape].Class == "cursor" ? (_reads[exchange.Shape] ? CutKind.Read : CutKind.Write)
            : kind;
    }

    private void Decide(OpenUnit unit)
    {
        var isCloned = unit is { Reads: true, Writes: false };
        foreach (var (position, isState, isPrepared) in CollectionsMarshal.AsSpan(unit.Entries))
        {
            _marks[position] = isCloned || (isState && (!unit.RollsBack || isPrepared)) ? SelectionMark.Play : SelectionMark.Excluded;
        }

        if (isCloned)
        {
            _reading.Add(unit.Session);
        }

        _held -= unit.Entries.Count;
        unit.Entries.Clear();
    }

    [GeneratedRegex(@"\b(currval|lastval|last_insert_id|found_rows|row_count|pg_current_xact_id|txid_current)\s*\(|@@(last_insert_id|identity|row_count|warning_count|error_count)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OwnWritesMark();

    private sealed class OpenUnit(int session)
    {
        public bool InTransaction;

        public int Session => session;

        public List<(long Position, bool IsState, bool IsPrepared)> Entries { get; } = [];

        public List<string> TemporaryTables { get; } = [];

        public bool Reads { get; set; }

        public bool Writes { get; set; }

        public bool RollsBack { get; set; }

        public void Clear()
        {
            InTransaction = Reads = Writes = RollsBack = false;
        }
    }
}
