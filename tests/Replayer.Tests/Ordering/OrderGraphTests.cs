using Replay.Sql;
using Replay.Workload;
using Xunit.Abstractions;

namespace Replay.Replayer.Tests.Ordering;

/// <summary>Whatever the workload: each wait is for what ended before in the capture, or for a start that waits only for such; so nothing waits in a circle.</summary>
public class OrderGraphTests(ITestOutputHelper output)
{
    private const int Seeds = 300;

    [Theory]
    [InlineData(SqlDialect.PostgreSql, OrderLevel.Key)]
    [InlineData(SqlDialect.PostgreSql, OrderLevel.Table)]
    [InlineData(SqlDialect.PostgreSql, OrderLevel.Commit)]
    [InlineData(SqlDialect.MySql, OrderLevel.Key)]
    public void EdgesGoForward(SqlDialect dialect, OrderLevel level)
    {
        long dependencies = 0, starts = 0, views = 0, laterEnds = 0;
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var recorder = new OrderRecorder();
            var builder = new OrderBuilder(OrderOptions.For(dialect, "11.8.2-MariaDB") with { Level = level, KeyCapacity = seed % 3 == 0 ? 8 : 4096, StartLimitMicroseconds = seed % 2 == 0 ? 50 : 2_000_000 }, recorder);
            var count = Fill(builder, new Random(seed), keyed: seed % 2 == 0);
            Assert.True(recorder.Units.Count == count && builder.Pending == 0, $"seed {seed}: all units are ordered");

            var numbers = recorder.Units.SelectMany(u => u.Marks.Select(m => (u, m))).ToDictionary(p => (p.m.Kind, p.m.Table, p.m.Number), p => p.u.Position);
            foreach (var unit in recorder.Units)
            {
                foreach (var dependency in unit.Dependencies)
                {
                    // The end of a commit that a view has may come after that of the view's statement; that nothing waits in a circle by it is seen by playing.
                    if (dependency is { Kind: DependencyKind.Ended, Reason: OrderReason.Visibility })
                    {
                        views++;
                        laterEnds += recorder.At(dependency.Session, dependency.Ordinal).Position > unit.Position ? 1 : 0;
                        continue;
                    }

                    var last = dependency.Kind switch
                    {
                        DependencyKind.Ended => recorder.At(dependency.Session, dependency.Ordinal).Position,
                        DependencyKind.Sent => -1,
                        _ => numbers[(dependency.Kind, dependency.Table, dependency.Count)],
                    };
                    Assert.True(last < unit.Position, $"seed {seed}: unit {unit.Position} waits for {dependency}, which is unit {last}");
                    starts += dependency.Kind == DependencyKind.Sent ? 1 : 0;
                }

                dependencies += unit.Dependencies.Length;
            }

            Assert.True(PlayThrough(recorder) == count, $"seed {seed}: a replay stands still");
        }

        output.WriteLine($"seeds 1 to {Seeds}: {dependencies} dependencies, {starts} of them on starts, {views} of views, {laterEnds} of these on what ended later");
        Assert.True(dependencies > 10_000);
        Assert.True(level == OrderLevel.Commit || (views > 500 && (level == OrderLevel.Table || laterEnds > 20)), "views are among what was checked");
        Assert.True(level != OrderLevel.Key || dialect != SqlDialect.PostgreSql || starts > 100, "starts are among what was checked");
    }

    // Sends what may go and ends it, in turns, until nothing moves.
    private static int PlayThrough(OrderRecorder recorder)
    {
        var sessions = recorder.Units.GroupBy(u => u.Session).Select(g => new Queue<OrderRecorder.Recorded>(g.OrderBy(u => u.FirstOrdinal))).ToList();
        var ended = 0;
        for (var moved = true; moved;)
        {
            moved = false;
            foreach (var session in sessions.Where(s => s.Count > 0 && recorder.MayGo(s.Peek())))
            {
                var unit = session.Dequeue();
                unit.IsSent = true;
                recorder.End(unit);
                ended++;
                moved = true;
            }
        }

        return ended;
    }

    // keyed: mostly one row of few, so that writes prove what views have.
    private static int Fill(OrderBuilder builder, Random random, bool keyed)
    {
        int sessions = random.Next(2, 12), units = 0;
        var all = new List<(long At, Action Add)>();
        for (var s = 1; s <= sessions; s++)
        {
            long now = random.Next(100), asked = 0;
            var open = false;
            var ordinal = 0;
            for (var n = random.Next(5, 40); n > 0; n--)
            {
                var requested = random.Next(10) == 0 ? Math.Max(asked, now - random.Next(20)) : now + random.Next(40);
                var ended = Math.Max(now, requested) + random.Next(random.Next(8) == 0 ? 400 : 30);
                now = ended;
                asked = requested;
                open = random.Next(3) != 0 && (open || random.Next(2) == 0);
                int session = s, first = ordinal, last = ordinal + random.Next(3);
                ordinal = last + 1;
                var isOpen = open;
                var accesses = Enumerable.Range(0, keyed ? isOpen || random.Next(3) == 0 ? 1 : 0 : random.Next(4)).Select(_ => keyed && random.Next(10) != 0 ? Row(random) : Access(random)).ToArray();
                var (evidence, failed, nothing, isolation, control) = (random.Next(9) == 0, random.Next(9) == 0, random.Next(5) == 0, random.Next(keyed ? 2 : 5), random.Next(9));
                var found = random.Next(4);
                all.Add((requested, () =>
                {
                    var unit = builder.Rent();
                    (unit.Session, unit.FirstOrdinal, unit.LastOrdinal) = (session, first, last);
                    (unit.RequestedAtMicroseconds, unit.EndedAtMicroseconds) = (requested, ended);
                    unit.OrderedAtMicroseconds = evidence ? ended - 7 : ended;
                    unit.HasEvidence = evidence;
                    unit.TransactionState = isOpen ? TransactionState.Open : TransactionState.Idle;
                    unit.Failed = failed;
                    unit.ChangedNothing = nothing;
                    unit.Isolation = isolation != 0 ? IsolationLevel.Unspecified : session % 3 == 0 ? IsolationLevel.Serializable : IsolationLevel.RepeatableRead;
                    unit.IsolationForSession = isolation == 0 && failed;
                    unit.Rows.Found = found;
                    unit.Control = control switch { 0 => TransactionControl.Rollback, 1 => TransactionControl.Commit, 2 => TransactionControl.Begin, _ => TransactionControl.None };
                    unit.Accesses.AddRange(accesses);
                    builder.Add(unit);
                }
                ));
                units++;
            }
        }

        // In order of requests, but for a little: within a session always in order.
        foreach (var (at, add) in all.OrderBy(a => a.At))
        {
            builder.AdvanceTo(at);
            add();
        }

        builder.Finish();
        for (var s = 1; s <= sessions; s++)
        {
            builder.EndSession(s);
        }

        return units;
    }

    private static OrderAccess Row(Random random) =>
        random.Next(5) < 2 ? new OrderAccess(OrderTables.First, OrderAccessKind.Read) : new OrderAccess(OrderTables.First, OrderAccessKind.KeyExclusive, (ulong)random.Next(1, 6));

    private static OrderAccess Access(Random random)
    {
        var table = random.Next(20) == 0 ? OrderTables.Everything : OrderTables.First + random.Next(3);
        var kind = table == OrderTables.Everything ? OrderAccessKind.Barrier : (OrderAccessKind)random.Next(Enum.GetValues<OrderAccessKind>().Length);
        var hasKey = kind is OrderAccessKind.KeyShared or OrderAccessKind.KeyExclusive or OrderAccessKind.OtherKeyExclusive or OrderAccessKind.KeyInsert;
        return new OrderAccess(table, kind, hasKey ? (ulong)random.Next(1, 20) : 0, (uint)random.Next(8), (uint)random.Next(8));
    }
}
