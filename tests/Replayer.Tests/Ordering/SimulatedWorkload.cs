using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer.Tests.Ordering;

/// <summary>What a simulated capture is made of.</summary>
internal sealed record SimulationSettings(int Sessions, int Transactions, int Keys, bool WithPredicates, int JitterMicroseconds)
{
    /// <summary>Whether half of the transactions keep their views; statements then reach the server late by up to 100 us, commits answer late by up to the jitter.</summary>
    public bool WithViews { get; init; }

    /// <summary>Whether one in six of the transactions by themselves is a call of a procedure.</summary>
    public bool WithCalls { get; init; }

    /// <summary>Whether the order uses what writes prove of views.</summary>
    public bool UsesProofs { get; init; } = true;
}

/// <summary>Random transactions that ran on the model with times, and the order that was found from these.</summary>
internal sealed class SimulatedWorkload
{
    private const int Tables = 3;
    private readonly SimulationSettings _settings;
    private readonly List<List<SimStatement>> _sessions = [];
    private readonly List<SimStatement> _released = [];

    public SimulatedWorkload(SimulationSettings settings, int seed)
    {
        _settings = settings;
        var random = new Random(seed);
        for (var s = 1; s <= settings.Sessions; s++)
        {
            _sessions.Add(Session(s, random));
        }

        Captured = Capture(random);
        Build();
    }

    public Dictionary<(int Table, int Key), ulong> Captured { get; }

    public OrderRecorder Order { get; } = new();

    /// <summary>Waits that had to be let go, in all replays.</summary>
    public int Released => _released.Count;

    /// <summary>Statements that were refused in the capture because their row had changed since their view.</summary>
    public int CapturedRefusals => _sessions.Sum(s => s.Count(x => x.IsVictim));

    /// <summary>Those that were refused in replays and not in the capture.</summary>
    public int NewRefusals { get; private set; }

    /// <summary>What the order counted.</summary>
    public OrderCounts Counts { get; private set; } = new();

    /// <summary>Plays it on a fresh model, whatever may move next being drawn; null if nothing may move any more.</summary>
    public Dictionary<(int Table, int Key), ulong>? Replay(int seed, bool inOrder)
    {
        var random = new Random(seed);
        var server = new LockingServer(Tables, _settings.Keys);
        var next = new int[_sessions.Count];
        var running = new bool[_sessions.Count];
        Order.Restart();
        var favourite = random.Next(_sessions.Count);
        for (var left = _sessions.Sum(s => s.Count); left > 0;)
        {
            favourite = random.Next(20) == 0 ? random.Next(_sessions.Count) : favourite;
            var moved = false;
            var first = random.Next(3) == 0 ? random.Next(_sessions.Count) : favourite;
            for (var i = 0; i < _sessions.Count && !moved; i++)
            {
                var s = (first + i) % _sessions.Count;
                if (next[s] == _sessions[s].Count)
                {
                    continue;
                }

                var statement = _sessions[s][next[s]];
                var unit = Order.At(statement.Session, statement.Ordinal);
                if (!running[s])
                {
                    if (!inOrder || Order.MayGo(unit))
                    {
                        running[s] = unit.IsSent = moved = true;
                        server.Begin(statement);
                    }
                }
                else if (statement.Todo.Count > 0)
                {
                    moved = server.Step(statement);
                }
                else
                {
                    NewRefusals += statement is { Refused: true, IsLeftOut: false } ? 1 : 0;
                    server.Finish(statement);
                    Order.End(unit);
                    running[s] = false;
                    next[s]++;
                    left--;
                    moved = true;
                }
            }

            if (!moved)
            {
                // As the breaker would: the wait that is let go is the one that stood earliest in the capture.
                var waiting = Enumerable.Range(0, _sessions.Count).Where(i => !running[i] && next[i] < _sessions[i].Count).Select(i => _sessions[i][next[i]]).MinBy(w => w.RequestedAt);
                if (waiting == null)
                {
                    return null;
                }

                _released.Add(waiting);
                running[waiting.Session - 1] = Order.At(waiting.Session, waiting.Ordinal).IsSent = true;
                server.Begin(waiting);
            }
        }

        return server.State;
    }

    /// <summary>Rows that calls have written.</summary>
    public HashSet<(int Table, int Key)> Called => [.. _sessions.SelectMany(s => s).Where(s => s.Kind == SimKind.Call).SelectMany(s => s.Touched)];

    /// <summary>Rows that an ambiguous pair or a wait that was let go can have changed, by itself or through statements that read them.</summary>
    public HashSet<(int Table, int Key)> Doubtful()
    {
        var all = _sessions.SelectMany(s => s).ToList();
        var byOrdinal = all.ToDictionary(s => (s.Session, s.Ordinal));
        var rows = new HashSet<(int, int)>();
        foreach (var pair in Order.Pairs)
        {
            rows.UnionWith(byOrdinal[(pair.FirstSession, pair.FirstOrdinal)].Touched);
            rows.UnionWith(byOrdinal[(pair.SecondSession, pair.SecondOrdinal)].Touched);
        }

        // Which of the commits that it overlapped a call has seen nobody tells.
        foreach (var call in all.Where(s => s.Kind == SimKind.Call && all.Exists(o => o.Session != s.Session && EndsTransaction(o) && o.RequestedAt <= s.EndedAt && o.EndedAt >= s.RequestedAt)))
        {
            rows.UnionWith(call.Touched);
        }

        // What was let go out of order is named as such.
        _released.ForEach(r => rows.UnionWith(r.Touched));
        for (var before = -1; before != rows.Count;)
        {
            before = rows.Count;
            foreach (var s in all)
            {
                var reads = s.Kind switch
                {
                    SimKind.InsertSum => rows.Any(r => r.Item1 == (s.Table + 1) % Tables),
                    SimKind.UpdateWhere or SimKind.UpdateGroup => rows.Any(r => r.Item1 == s.Table && s.Touched.Contains(r)),
                    _ => false,
                };
                if (reads)
                {
                    rows.UnionWith(s.Touched);
                }
            }
        }

        return rows;
    }

    private static bool EndsTransaction(SimStatement s) => s.IsAlone || s.Kind is SimKind.Commit or SimKind.Rollback;

    private List<SimStatement> Session(int session, Random random)
    {
        var list = new List<SimStatement>();
        for (var t = 0; t < _settings.Transactions; t++)
        {
            var alone = random.Next(3) == 0;
            var keepsView = !alone && _settings.WithViews && random.Next(2) == 0;
            if (keepsView && random.Next(3) != 0)
            {
                list.Add(Make(SimKind.Read, random.Next(Tables), 0, isAlone: false, keepsView));
            }

            var keys = new SortedSet<(int, int)>();
            for (var n = alone ? 1 : random.Next(1, 5); n > 0; n--)
            {
                keys.Add((random.Next(Tables), (int)(_settings.Keys * random.NextDouble() * random.NextDouble())));
            }

            // A statement about many rows is alone, and keys rise within a transaction: the capture has no deadlocks.
            if (alone && _settings.WithPredicates && random.Next(12) == 0)
            {
                list.Add(Make(random.Next(3) switch { 0 => SimKind.UpdateWhere, 1 => SimKind.UpdateGroup, _ => SimKind.InsertSum }, random.Next(Tables), list.Count + 1_000_000, isAlone: true));
                continue;
            }

            if (alone && _settings.WithCalls && random.Next(6) == 0)
            {
                list.Add(Make(SimKind.Call, random.Next(Tables), list.Count + LockingServer.FirstCalled, isAlone: true));
                continue;
            }

            foreach (var (table, key) in keys)
            {
                var kind = random.Next(10) switch { 0 => SimKind.Lock, 1 when _settings.WithPredicates => SimKind.Delete, 2 when _settings.WithPredicates => SimKind.Insert, 3 when !_settings.WithViews => SimKind.UpdateByOtherKey, _ => SimKind.Update };
                list.Add(Make(kind, table, key, alone, keepsView));
            }

            if (!alone)
            {
                list.Add(Make(random.Next(8) == 0 ? SimKind.Rollback : SimKind.Commit, 0, 0, isAlone: false, keepsView));
            }
        }

        return list;

        SimStatement Make(SimKind kind, int table, int key, bool isAlone, bool keepsView = false) => new()
        {
            Session = session,
            Ordinal = list.Count,
            Kind = kind,
            Table = table,
            Key = kind is SimKind.InsertSum or SimKind.Call ? (session * 10_000_000) + key : key,
            IsAlone = isAlone,
            KeepsView = keepsView,
        };
    }

    private Dictionary<(int Table, int Key), ulong> Capture(Random random)
    {
        var server = new LockingServer(Tables, _settings.Keys);
        var queue = new PriorityQueue<(SimStatement Statement, int Phase), (long At, int Tie)>();
        var blocked = new List<SimStatement>();
        var tie = 0;
        void At(long at, SimStatement s, int phase) => queue.Enqueue((s, phase), (at, tie++));
        foreach (var session in _sessions)
        {
            At(random.Next(2000), session[0], 0);
        }

        while (queue.TryDequeue(out var e, out var when))
        {
            var (now, s) = (when.At, e.Statement);
            if (e.Phase == 0)
            {
                s.RequestedAt = now;
                if (_settings.WithViews)
                {
                    At(now + random.Next(100), s, 3);
                    continue;
                }
            }

            if (e.Phase is 0 or 3)
            {
                server.Begin(s);
            }

            if (e.Phase != 2)
            {
                if (!server.Step(s))
                {
                    blocked.Add(s);
                    continue;
                }

                At(now + 1 + random.Next(s.Kind is SimKind.UpdateWhere or SimKind.UpdateGroup ? 150 : 400), s, s.Todo.Count > 0 ? 1 : 2);
                continue;
            }

            server.Finish(s);
            LeaveOut(s);
            s.EndedAt = now + random.Next(_settings.JitterMicroseconds + 1);
            var session = _sessions[s.Session - 1];
            if (s.Ordinal + 1 < session.Count)
            {
                At(s.EndedAt + 1 + random.Next(800), session[s.Ordinal + 1], 0);
            }

            // Who has waited longest stands first in the row's queue: the server decides.
            blocked.ForEach(b => At(now, b, 1));
            blocked.Clear();
        }

        Assert.Empty(blocked);
        return server.State;
    }

    // As the player does with a victim: neither it nor the rest of its transaction, which is rolled back.
    private void LeaveOut(SimStatement s)
    {
        for (var i = s.Ordinal; s.Refused; i++)
        {
            var next = _sessions[s.Session - 1][i];
            s.IsVictim = true;
            next.IsLeftOut = next.Kind is not (SimKind.Commit or SimKind.Rollback);
            if (!next.IsLeftOut)
            {
                next.Kind = SimKind.Rollback;
                return;
            }
        }
    }

    private void Build()
    {
        var jitter = _settings.JitterMicroseconds == 0 ? -1 : _settings.JitterMicroseconds;
        var builder = new OrderBuilder(new OrderOptions { AmbiguousMicroseconds = jitter, LateAnswerMicroseconds = jitter, LateStartMicroseconds = jitter, WritesProveViews = _settings.UsesProofs }, Order);
        Counts = builder.Counts;
        foreach (var s in _sessions.SelectMany(s => s).OrderBy(s => s.RequestedAt))
        {
            builder.AdvanceTo(s.RequestedAt);
            var unit = builder.Rent();
            unit.Session = s.Session;
            unit.FirstOrdinal = unit.LastOrdinal = s.Ordinal;
            unit.RequestedAtMicroseconds = s.RequestedAt;
            unit.EndedAtMicroseconds = unit.OrderedAtMicroseconds = s.EndedAt;
            unit.TransactionState = EndsTransaction(s) ? TransactionState.Idle : TransactionState.Open;
            unit.Control = s.Kind == SimKind.Rollback ? TransactionControl.Rollback : s.Kind == SimKind.Commit ? TransactionControl.Commit : TransactionControl.None;
            unit.Failed = s.Failed || s.IsLeftOut;
            unit.HasNoEffect = s.IsLeftOut;
            unit.Isolation = s.KeepsView && unit.TransactionState == TransactionState.Open ? IsolationLevel.RepeatableRead : IsolationLevel.Unspecified;
            unit.Rows.Found = s.Found;
            unit.ChangedNothing = s.Changed == 0 && s.Kind is SimKind.Update or SimKind.UpdateByOtherKey or SimKind.Delete;
            unit.Accesses.AddRange(Accesses(s));
            builder.Add(unit);
        }

        builder.Finish();
    }

    private static IEnumerable<OrderAccess> Accesses(SimStatement s)
    {
        const uint Value = 1, Group = 2;
        var table = OrderTables.First + s.Table;
        var key = (ulong)s.Key + 1;
        var otherKey = key + 2_000_000_000;
        switch (s.Kind)
        {
            case SimKind.Read:
                yield return new OrderAccess(table, OrderAccessKind.Read);
                break;
            case SimKind.UpdateWhere:
                yield return new OrderAccess(table, OrderAccessKind.Predicate, 0, Value, Value | ColumnMask.Coming);
                break;
            case SimKind.UpdateGroup:
                yield return new OrderAccess(table, OrderAccessKind.Predicate, 0, Value, Group | ColumnMask.Coming);
                break;
            case SimKind.Call:
                yield return new OrderAccess(OrderTables.Everything, OrderAccessKind.Barrier);
                break;
            case SimKind.InsertSum:
                yield return new OrderAccess(table, OrderAccessKind.KeyInsert, key);
                yield return new OrderAccess(table, OrderAccessKind.KeyInsert, otherKey);
                yield return new OrderAccess(OrderTables.First + ((s.Table + 1) % Tables), OrderAccessKind.ReadForWrite);
                break;
            case SimKind.Insert:
                yield return new OrderAccess(table, OrderAccessKind.KeyInsert, key);
                yield return new OrderAccess(table, OrderAccessKind.KeyInsert, otherKey);
                break;
            case SimKind.UpdateByOtherKey:
                yield return new OrderAccess(table, OrderAccessKind.OtherKeyExclusive, otherKey, Value);
                break;
            case SimKind.Update or SimKind.Delete or SimKind.Lock:
                yield return new OrderAccess(table, OrderAccessKind.KeyExclusive, key, s.Kind switch { SimKind.Update => Value, SimKind.Delete => ColumnMask.Going, _ => ColumnMask.Nothing });
                break;
        }
    }
}
