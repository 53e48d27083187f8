namespace Replay.Replayer.Tests.Evidence;

/// <summary>One statement on the wire, and where it truly stood among those that had the row.</summary>
/// <param name="Session">Its session.</param>
/// <param name="Ordinal">Its number there.</param>
/// <param name="RequestedAt">Microseconds.</param>
/// <param name="EndedAt">Microseconds.</param>
/// <param name="Sql">Its text.</param>
/// <param name="IsOpen">Whether its transaction is open after it.</param>
/// <param name="Row">Which row; 0: none.</param>
/// <param name="Turn">When it got the row's lock.</param>
/// <param name="Returned">The counter.</param>
/// <param name="CommittedAt">When it committed its transaction; 0 if it did not, or there was nothing to commit.</param>
internal sealed record Wired(int Session, int Ordinal, long RequestedAt, long EndedAt, string Sql, bool IsOpen, int Row = 0, long Turn = 0, long Returned = 0, long CommittedAt = 0);

/// <summary>
/// A model of a server whose sessions move counters in a few rows: a row's lock is held until the transaction's end, a transaction of one statement gives it up before it answers, and answers
/// are late, some by milliseconds.
/// </summary>
internal sealed class CounterServer(int seed, int sessions, int rows, int resetsInThousand = 0)
{
    private readonly Random _random = new(seed);
    private readonly Dictionary<int, Row> _rows = Enumerable.Range(1, rows).ToDictionary(r => r, _ => new Row());
    private readonly PriorityQueue<Action, long> _events = new();
    private readonly List<Wired> _wired = [];
    private long _now;
    private long _turn;

    /// <summary>Statements in order of their ends.</summary>
    public IReadOnlyList<Wired> Run(long microseconds)
    {
        for (var s = 1; s <= sessions; s++)
        {
            var session = new Session { Number = s };
            At(_random.Next(2000), () => Begin(session, microseconds));
        }

        while (_events.TryDequeue(out var happens, out _now))
        {
            happens();
        }

        return [.. _wired.OrderBy(w => w.EndedAt)];
    }

    private void At(long microseconds, Action happens) => _events.Enqueue(happens, microseconds);

    private long Late() => _random.Next(50) == 0 ? _random.Next(5000) : _random.Next(20, 120);

    private void Begin(Session session, long until)
    {
        if (_now > until)
        {
            return;
        }

        session.Left = _random.Next(3) == 0 ? _random.Next(1, 4) : 0; // 0: a transaction by itself
        session.IsAlone = session.Left == 0;
        if (session.IsAlone)
        {
            Update(session, until);
        }
        else
        {
            Answer(session, _now, _now + Late(), "begin", isOpen: true, then: () => Update(session, until));
        }
    }

    private void Update(Session session, long until)
    {
        var requested = _now;
        var number = session.Held.Count > 0 ? session.Held.Keys.Max() + (_random.Next(2) == 0 && session.Held.Keys.Max() < rows ? 1 : 0) : _random.Next(1, rows + 1); // in one order: no deadlock
        At(_now + _random.Next(5, 40), () => Ask(number, session, () => Run(session, number, requested, until)));
    }

    private void Ask(int number, Session session, Action run)
    {
        var row = _rows[number];
        if (row.Owner is null || row.Owner == session)
        {
            row.Owner = session;
            run();
        }
        else
        {
            row.Waiting.Enqueue((session, run));
        }
    }

    private void Run(Session session, int number, long requested, long until)
    {
        var row = _rows[number];
        session.Held.TryAdd(number, row.Value);
        var turn = ++_turn;
        var by = _random.Next(1, 4);
        var resets = _random.Next(1000) < resetsInThousand;
        row.Value = resets ? 1 : row.Value + by;
        var (value, sql) = (row.Value, resets ? $"update t set n = 1 where id = {number} returning n" : $"update t set n = n + {by} where id = {number} returning n");
        var worked = _now + _random.Next(10, 60);
        if (session.IsAlone)
        {
            At(worked, () =>
            {
                var committed = End(session, commits: true);
                Answer(session, requested, worked + Late(), sql, isOpen: false, then: () => Begin(session, until), number, turn, value, committed);
            });
            return;
        }

        session.Left--;
        Answer(session, requested, worked + Late(), sql, isOpen: true, then: () => { if (session.Left > 0) { Update(session, until); } else { Finish(session, until); } }, number, turn, value);
    }

    private void Finish(Session session, long until)
    {
        var commits = _random.Next(4) != 0;
        var requested = _now;
        At(_now + _random.Next(5, 60), () =>
        {
            var committed = End(session, commits);
            Answer(session, requested, _now + Late(), commits ? "commit" : "rollback", isOpen: false, then: () => Begin(session, until), committedAt: committed);
        });
    }

    private long End(Session session, bool commits)
    {
        foreach (var (number, before) in session.Held)
        {
            var row = _rows[number];
            row.Value = commits ? row.Value : before;
            row.Owner = null;
            if (row.Waiting.TryDequeue(out var next))
            {
                row.Owner = next.Session;
                At(_now + 1, next.Run);
            }
        }

        session.Held.Clear();
        return commits ? _now : 0;
    }

    private void Answer(Session session, long requested, long ended, string sql, bool isOpen, Action then, int row = 0, long turn = 0, long returned = 0, long committedAt = 0)
    {
        _wired.Add(new Wired(session.Number, session.Ordinal++, requested, ended, sql, isOpen, row, turn, returned, committedAt));
        At(ended + _random.Next(10, 200), then);
    }

    private sealed class Session
    {
        public required int Number { get; init; }

        public int Ordinal { get; set; }

        public int Left { get; set; }

        public bool IsAlone { get; set; }

        public Dictionary<int, long> Held { get; } = [];
    }

    private sealed class Row
    {
        public long Value { get; set; }

        public Session? Owner { get; set; }

        public Queue<(Session Session, Action Run)> Waiting { get; } = new();
    }
}
