using System.Runtime.InteropServices;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Goes over a workload and marks after which exchanges a session has to keep its connection although its transaction has ended, and why: what it has there cannot be given to another, or what comes
/// next of it reads what only that connection knows. What has gone before and what comes next decide, so it is the same in all runs.
/// </summary>
public sealed class KeepPass
{
    private readonly KeepMarks _marks;
    private readonly ShapeKeeps[] _shapes;
    private readonly bool[] _reads;
    private readonly OpenSessions<SessionKeeps> _sessions = new();
    private readonly long[] _pinned = new long[Enum.GetValues<KeepReason>().Length];
    private readonly HashSet<int> _drawers;
    private int _holding;

    private KeepPass(WorkloadReader reader, KeepMarks marks, CancellationToken cancellation)
    {
        _marks = marks;
        _shapes = ShapeKeeps.Of(reader.Shapes);
        _reads = HarmlessShapes.Of(reader.Shapes);
        _drawers = FindDrawers(reader, cancellation);
    }

    /// <summary>Sessions by each reason for which they had to keep their connection at one time or another.</summary>
    public IReadOnlyDictionary<string, long> Pinned =>
        Enum.GetValues<KeepReason>().Where(r => _pinned[(int)r] > 0).ToDictionary(static r => r.Name(), r => _pinned[(int)r], StringComparer.Ordinal);

    /// <summary>The most sessions that had a transaction open, or had to keep their connection, at one time.</summary>
    public int Most { get; private set; }

    /// <summary>The same when the snapshot was cut.</summary>
    public int AtCut { get; private set; }

    /// <summary>Goes over it.</summary>
    /// <param name="reader">The workload.</param>
    /// <param name="marks">Gets what is found.</param>
    /// <param name="isBefore">Whether a position is what the snapshot has, or had begun before it.</param>
    /// <param name="isPlayed">Which sessions are played.</param>
    /// <param name="cancellation">Breaks it off.</param>
    public static KeepPass Run(WorkloadReader reader, KeepMarks marks, Func<long, bool> isBefore, Func<Session, bool> isPlayed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var pass = new KeepPass(reader, marks, cancellation);
        using var cursor = reader.Read();
        var held = new HashSet<int>();
        while (cursor.MoveNext())
        {
            if ((cursor.Position & 0xFFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            var exchange = cursor.Current;
            if (reader.Sessions.Find(exchange.Session) is not { } session || !isPlayed(session))
            {
                continue;
            }

            while (pass._sessions.TryEnd(exchange.EndedAtMicroseconds, out _, out var ended))
            {
                pass.End(ended);
            }

            var holds = pass.Add(session, cursor.Position, in exchange);
            if (isBefore(cursor.Position))
            {
                _ = holds ? held.Add(exchange.Session) : held.Remove(exchange.Session);
            }
        }

        foreach (var left in pass._sessions.Values)
        {
            pass.End(left);
        }

        pass.AtCut = held.Count;
        return pass;
    }

    // Whether the session could not give its connection away after it.
    private bool Add(Session whose, long position, in Exchange exchange)
    {
        var session = _sessions.TryGet(whose.Number, out var known) ? known : _sessions.Add(whose, new SessionKeeps());
        var executes = Executes(exchange.Command);
        var shape = executes && (uint)exchange.Shape < (uint)_shapes.Length ? _shapes[exchange.Shape] : null;
        if (shape is { ReadsWrites: true })
        {
            Mark(session, session.SinceWrite, KeepReason.OwnWrites);
        }

        if (shape is { ReadsDiagnostics: true } && session.Last >= 0)
        {
            Mark(session, [session.Last], KeepReason.OwnWrites);
        }

        FollowUnnamed(session, position, in exchange);
        var mayWrite = executes && !((uint)exchange.Shape < (uint)_reads.Length && _reads[exchange.Shape]) && shape is not { IsSetting: true };
        session.Add(in exchange, shape, mayDraw: mayWrite && _drawers.Contains(exchange.Session));
        var reason = session.Reason;
        if (reason != KeepReason.None)
        {
            _marks[position] = reason;
            session.Reasons |= 1 << (int)reason;
        }

        if (exchange.InsertId != 0)
        {
            session.SinceWrite.Clear();
        }

        if (mayWrite || session.SinceWrite.Count > 0)
        {
            Append(session.SinceWrite, position);
        }

        session.Last = position;
        var holds = session.InTransaction || reason != KeepReason.None;
        _holding += holds == session.Holds ? 0 : holds ? 1 : -1;
        session.Holds = holds;
        Most = Math.Max(Most, _holding);
        return holds;
    }

    private void End(SessionKeeps session)
    {
        _holding -= session.Holds ? 1 : 0;
        for (var reason = 1; reason < _pinned.Length; reason++)
        {
            _pinned[reason] += (session.Reasons >> reason) & 1;
        }
    }

    // PostgreSQL's sessions that ask for what they drew from a sequence: from which, and when it was drawn, no text tells.
    private HashSet<int> FindDrawers(WorkloadReader reader, CancellationToken cancellation)
    {
        var drawers = new HashSet<int>();
        var readers = reader.Shapes.Select((shape, i) => shape.Engine == Engine.PostgreSql && _shapes[i].ReadsWrites).ToArray();
        if (!readers.Contains(true))
        {
            return drawers;
        }

        using var cursor = reader.Read(0, ExchangeParts.WithoutRequest);
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            var exchange = cursor.Current;
            if (Executes(exchange.Command) && (uint)exchange.Shape < (uint)readers.Length && readers[exchange.Shape])
            {
                drawers.Add(exchange.Session);
            }
        }

        return drawers;
    }

    private static bool Executes(Command command) =>
        command is Command.Query or Command.Execute or Command.FunctionCall or Command.MySqlQuery or Command.MySqlStatementExecute or Command.MySqlStatementBulkExecute;

    // PostgreSQL's unnamed statement is there until the next Parse of it or the next simple query.
    private void FollowUnnamed(SessionKeeps session, long position, in Exchange exchange)
    {
        if (exchange.Command == Command.Query)
        {
            session.SinceParse.Clear();
            return;
        }

        if (exchange.Command is not (Command.Parse or Command.Bind or Command.Describe or Command.Execute))
        {
            if (session.SinceParse.Count > 0)
            {
                Append(session.SinceParse, position);
            }

            return;
        }

        var request = exchange.Request;
        while (PostgresMessages.TryNext(ref request, out var message))
        {
            if (message is [(byte)'P', _, _, _, _, 0, ..])
            {
                session.SinceParse.Clear();
                session.SinceParse.Add(position);
            }
            else if (UsesUnnamed(message) && session.SinceParse.Count > 0 && session.SinceParse[^1] != position)
            {
                Mark(session, session.SinceParse, KeepReason.UnnamedStatement);
            }
        }

        if (session.SinceParse.Count > 0 && session.SinceParse[^1] != position)
        {
            Append(session.SinceParse, position);
        }
    }

    private static bool UsesUnnamed(ReadOnlySpan<byte> message) =>
        (message[0] == 'B' && PostgresMessages.BoundStatement(message).IsEmpty) || message is [(byte)'D', _, _, _, _, (byte)'S', 0, ..];

    private void Mark(SessionKeeps session, List<long> positions, KeepReason reason)
    {
        foreach (var position in CollectionsMarshal.AsSpan(positions))
        {
            if (_marks[position] == KeepReason.None)
            {
                _marks[position] = reason;
                session.Reasons |= 1 << (int)reason;
            }
        }
    }

    // Bounded, so that it does not grow with the session: what reads the value later than that does not find it.
    private static void Append(List<long> positions, long position)
    {
        if (positions.Count < SessionKeeps.MaxBehind)
        {
            positions.Add(position);
        }
    }
}
