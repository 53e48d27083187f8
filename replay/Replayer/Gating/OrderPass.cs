using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What a pass over a workload has found.</summary>
/// <param name="Counts">What was counted, by database.</param>
/// <param name="Ambiguous">Pairs whose order is not certain, the first <see cref="OrderPass.MaxPairs"/> of them.</param>
/// <param name="TableNames">Names of tables by number, where they are known.</param>
/// <param name="Pieces">Where the order's file holds what each block's exchanges wait for.</param>
public sealed record OrderPlan(IReadOnlyDictionary<string, OrderCounts> Counts, IReadOnlyList<AmbiguousPair> Ambiguous, IReadOnlyDictionary<int, string> TableNames, IReadOnlyList<IReadOnlyList<OrderPiece>?> Pieces)
{
    /// <summary>What a table is called; "everything" if it stands for all of a database's.</summary>
    public string TableName(int table) => TableNames.GetValueOrDefault(table) ?? "everything";
}

/// <summary>
/// Goes over a workload once, before the run, and writes down what each exchange must wait for. Ahead of the run and not along with it, because what a
/// statement waits for is known where it ended: one of an hour would need a look-ahead of an hour.
/// </summary>
public sealed class OrderPass : IWalkReceiver
{
    /// <summary>Ambiguous pairs that are kept one by one; all are counted.</summary>
    public const int MaxPairs = 10_000;

    /// <summary>Tables of one database; its tables' numbers begin at a multiple of this.</summary>
    public const int TablesPerDatabase = 1 << 20;

    private readonly WorkloadReader _reader;
    private readonly IReadOnlyDictionary<string, OrderCatalog> _catalogs;
    private readonly Func<Session, bool> _isPlayed;
    private readonly OrderLevel _level;
    private readonly Engine _engine;
    private readonly string _defaultDatabase;
    private readonly OrderFileWriter _file;
    private readonly Dictionary<string, Ordered> _databases = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Ordered> _sessions = [];
    private readonly PriorityQueue<int, long> _byClose = new();
    private readonly CurrentDatabases _current = new();
    private readonly List<AmbiguousPair> _ambiguous = [];

    private OrderPass(WorkloadReader reader, Engine engine, IReadOnlyDictionary<string, OrderCatalog> catalogs, string defaultDatabase, OrderLevel level, Func<Session, bool> isPlayed, OrderFileWriter file)
    {
        _reader = reader;
        _engine = engine;
        _catalogs = catalogs;
        _defaultDatabase = defaultDatabase;
        _level = level;
        _isPlayed = isPlayed;
        _file = file;
    }

    /// <summary>Orders a workload.</summary>
    /// <param name="reader">The workload.</param>
    /// <param name="engine">The target's protocol.</param>
    /// <param name="catalogs">PostgreSQL: by database. MySQL: one, by the empty name. What is not there is ordered by the names of tables alone.</param>
    /// <param name="defaultDatabase">PostgreSQL: where sessions are played whose database is not known.</param>
    /// <param name="level">How fine.</param>
    /// <param name="isPlayed">Which sessions are played; the snapshot tool's are not ordered.</param>
    /// <param name="path">The order's file, to be made.</param>
    /// <param name="progress">Called now and then with the exchanges read.</param>
    /// <param name="cancellation">Breaks it off.</param>
    public static OrderPlan Run(
        WorkloadReader reader,
        Engine engine,
        IReadOnlyDictionary<string, OrderCatalog> catalogs,
        string defaultDatabase,
        OrderLevel level,
        Func<Session, bool> isPlayed,
        string path,
        Action<long> progress,
        CancellationToken cancellation)
    {
        using var file = new OrderFileWriter(path, new WorkloadBlocks(reader.Blocks));
        var pass = new OrderPass(reader, engine, catalogs, defaultDatabase, level, isPlayed, file);
        using var walk = new WorkloadWalk(reader, pass);
        while (walk.Step())
        {
            cancellation.ThrowIfCancellationRequested();
            pass.AdvanceTo(walk.CompleteMicroseconds);
            progress(walk.Walked);
        }

        return pass.Complete();
    }

    /// <inheritdoc/>
    public void OnExchange(long position, in Exchange exchange)
    {
        if (_reader.Sessions.Find(exchange.Session) is not { } session || !_isPlayed(session))
        {
            return;
        }

        if (!_sessions.TryGetValue(session.Number, out var ordered))
        {
            _sessions.Add(session.Number, ordered = OfDatabase(_engine == Engine.MySql ? CatalogReader.Server : session.Database ?? _defaultDatabase));
            if (session.ClosedAtMicroseconds is { } closedAt)
            {
                _byClose.Enqueue(session.Number, closedAt);
            }
        }

        ordered.Feed.Add(position, in exchange, _engine == Engine.MySql ? _current.Of(session) : ordered.Name);
        if (_engine == Engine.MySql)
        {
            _current.Follow(in exchange);
        }
    }

    private void AdvanceTo(long microseconds)
    {
        foreach (var ordered in _databases.Values)
        {
            ordered.Feed.AdvanceTo(microseconds);
        }

        while (_byClose.TryPeek(out var number, out var closedAt) && closedAt < microseconds)
        {
            _byClose.Dequeue();
            _current.Forget(number);
            if (_sessions.Remove(number, out var ordered))
            {
                ordered.Feed.EndSession(number);
            }
        }
    }

    private OrderPlan Complete()
    {
        foreach (var ordered in _databases.Values)
        {
            ordered.Feed.Finish();
        }

        return new OrderPlan(
            _databases.ToDictionary(d => d.Key, d => d.Value.Builder.Counts, StringComparer.Ordinal),
            _ambiguous,
            _databases.Values.SelectMany(d => d.TableNames).ToDictionary(),
            _file.Complete());
    }

    private Ordered OfDatabase(string name)
    {
        if (!_databases.TryGetValue(name, out var ordered))
        {
            var dialect = _engine == Engine.MySql ? Sql.SqlDialect.MySql : Sql.SqlDialect.PostgreSql;
            var catalog = _catalogs.GetValueOrDefault(name);
            var options = OrderOptions.For(dialect) with { Level = _level };
            options = catalog is null ? options : options with { DefaultIsolation = catalog.DefaultIsolation };
            ordered = new Ordered(name, catalog ?? new OrderCatalog { Dialect = dialect }, options, this, _databases.Count * TablesPerDatabase);
            _databases.Add(name, ordered);
        }

        return ordered;
    }

    private sealed class Ordered : IOrderSink
    {
        private readonly OrderPass _pass;
        private readonly int _tables;

        public Ordered(string name, OrderCatalog catalog, OrderOptions options, OrderPass pass, int tables)
        {
            Name = name;
            Builder = new OrderBuilder(options, this);
            Feed = new OrderFeed(catalog, Builder);
            _pass = pass;
            _tables = tables;
        }

        public string Name { get; }

        public OrderBuilder Builder { get; }

        public OrderFeed Feed { get; }

        public IEnumerable<(int Number, string Name)> TableNames => Feed.TableNames.Select(t => (t.Number + _tables, t.Name));

        void IOrderSink.Ordered(OrderUnit unit, ReadOnlySpan<OrderDependency> dependencies, ReadOnlySpan<OrderMark> marks) => _pass._file.Add(unit, dependencies, marks, _tables);

        void IOrderSink.Ambiguous(in AmbiguousPair pair)
        {
            if (_pass._ambiguous.Count < MaxPairs)
            {
                _pass._ambiguous.Add(pair with { Table = pair.Table + _tables });
            }
        }
    }
}
