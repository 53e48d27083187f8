using System.Text;
using BenchmarkDotNet.Attributes;
using Replay.Replayer;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Benchmarks.Code;

/// <summary>Finding the order of a workload whose accesses are known: 64 sessions, transactions of four statements, and single ones.</summary>
[MemoryDiagnoser]
public class OrderBenchmarks
{
    private const int Count = 1_000_000;
    private const int Sessions = 64;
    private readonly OrderAccess[] _accesses = new OrderAccess[Count];
    private readonly byte[][] _texts = new byte[100_000][];

    /// <summary>Rows of each of eight tables: few of them are hot, many do not fit the memory of keys.</summary>
    [Params(1000, 1_000_000)]
    public int Keys { get; set; }

    /// <summary>Draws the accesses: six of ten reads, the rest writes by key, one of 5,000 about a whole table.</summary>
    [GlobalSetup]
    public void Draw()
    {
        var random = new Random(5);
        for (var i = 0; i < Count; i++)
        {
            var kind = random.Next(5000) == 0 ? OrderAccessKind.Predicate : random.Next(10) < 6 ? OrderAccessKind.Read : OrderAccessKind.KeyExclusive;
            var table = OrderTables.First + random.Next(8);
            if (i < _texts.Length)
            {
                var sql = kind == OrderAccessKind.Read ? $"SELECT n, filler FROM t{table - OrderTables.First} WHERE id = {random.Next(Keys)}" : $"UPDATE t{table - OrderTables.First} SET n = n + {random.Next(100)} WHERE id = {random.Next(Keys)}";
                _texts[i] = Encoding.UTF8.GetBytes(sql);
            }

            _accesses[i] = new OrderAccess(table, kind, kind == OrderAccessKind.KeyExclusive ? ((ulong)random.Next(Keys) * 0x9E3779B97F4A7C15) | 1 : 0);
        }
    }

    /// <summary>One exchange.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public long Order() => Run(1);

    /// <summary>Ten times as many exchanges through one builder: what it allocates for each must be a tenth.</summary>
    [Benchmark(OperationsPerInvoke = 10 * Count)]
    public long OrderTenTimes() => Run(10);

    /// <summary>The same from texts with literals: template, keys, order. No parameters.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public long Feed() => Feed(new OrderOptions());

    /// <summary>The same at REPEATABLE READ, where writes prove what their transaction's view has.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public long FeedWithViews() => Feed(new OrderOptions { DefaultIsolation = IsolationLevel.RepeatableRead });

    private long Feed(OrderOptions options)
    {
        var catalog = new OrderCatalog
        {
            Dialect = SqlDialect.PostgreSql,
            Tables = [.. Enumerable.Range(0, 8).Select(t => new CatalogTable { Schema = "public", Name = $"t{t}", Columns = [new CatalogColumn("id", KeyType.Integer)], Keys = [["id"]] })],
        };
        var sink = new Sink();
        var builder = new OrderBuilder(options, sink);
        var feed = new OrderFeed(catalog, builder);
        var ordinals = new int[Sessions];
        for (var i = 0; i < Count; i++)
        {
            var session = i % Sessions;
            var exchange = Exchange.Empty;
            exchange.Session = session + 1;
            exchange.Ordinal = ordinals[session]++;
            exchange.Command = Command.Query;
            exchange.TransactionState = (ordinals[session] & 7) is > 0 and < 4 ? TransactionState.Open : TransactionState.Idle;
            exchange.RequestedAtMicroseconds = exchange.StartedAtMicroseconds = 10L * i;
            exchange.FirstByteAtMicroseconds = exchange.EndedAtMicroseconds = (10L * i) + 100 + (i * 7919L % 500);
            exchange.Affected = 1;
            exchange.Text = _texts[i % _texts.Length];
            feed.Add(i, in exchange, "shop");
            if ((i & 1023) == 0)
            {
                feed.AdvanceTo(exchange.RequestedAtMicroseconds);
            }
        }

        feed.Finish();
        return sink.Dependencies;
    }

    private long Run(int times)
    {
        var sink = new Sink();
        var builder = new OrderBuilder(new OrderOptions(), sink);
        var ordinals = new int[Sessions];
        for (var i = 0; i < times * Count; i++)
        {
            // Each session has one statement under way all the time, 640 us long.
            var session = i % Sessions;
            var unit = builder.Rent();
            unit.Session = session + 1;
            unit.FirstOrdinal = unit.LastOrdinal = ordinals[session]++;
            unit.RequestedAtMicroseconds = 10L * i;
            unit.EndedAtMicroseconds = unit.OrderedAtMicroseconds = (10L * i) + 100 + (i * 7919L % 500);
            unit.TransactionState = (ordinals[session] & 7) is > 0 and < 4 ? TransactionState.Open : TransactionState.Idle;
            unit.Accesses.Add(_accesses[i % Count]);
            builder.Add(unit);
            if ((i & 1023) == 0)
            {
                builder.AdvanceTo(unit.RequestedAtMicroseconds);
            }
        }

        builder.Finish();
        return sink.Dependencies;
    }

    private sealed class Sink : IOrderSink
    {
        public long Dependencies { get; private set; }

        public void Ordered(OrderUnit unit, ReadOnlySpan<OrderDependency> dependencies, ReadOnlySpan<OrderMark> marks) => Dependencies += dependencies.Length;

        public void AlsoNeeds(in LateNeed late) => Dependencies++;

        public void Ambiguous(in AmbiguousPair pair)
        {
            // Counted by the builder.
        }
    }
}
