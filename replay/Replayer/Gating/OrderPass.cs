using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What a pass over a workload has found.</summary>
/// <param name="Counts">What was counted, by database.</param>
/// <param name="Ambiguous">Pairs whose order is not certain, the first <see cref="OrderPass.MaxPairs"/> of them.</param>
/// <param name="TableNames">Names of tables by number, where they are known.</param>
/// <param name="Sequences">PostgreSQL: the sequences of which draws are known.</param>
public sealed record OrderPlan(
    IReadOnlyDictionary<string, OrderCounts> Counts, IReadOnlyList<AmbiguousPair> Ambiguous, IReadOnlyDictionary<int, string> TableNames, IReadOnlyList<SequencePlan> Sequences)
{
    /// <summary>What became of the binary log; null if there was none.</summary>
    public BinaryLogCounts? BinaryLog { get; init; }

    /// <summary>What became of logical decoding, by database; null if there was none.</summary>
    public IReadOnlyDictionary<string, LogicalDecodingCounts>? LogicalDecoding { get; init; }

    /// <summary>The last transaction of the binary log that the snapshot has by the position in it that it names, of those that were read; 0: none; null: no position tells.</summary>
    public long? LoggedThrough { get; init; }

    /// <summary>What a table is called; "everything" if it stands for all of a database's.</summary>
    public string TableName(int table) => TableNames.GetValueOrDefault(table) ?? "everything";
}

/// <summary>What is ordered, and by what.</summary>
public sealed record OrderInput
{
    /// <summary>The workload.</summary>
    public required WorkloadReader Reader { get; init; }

    /// <summary>The target's protocol.</summary>
    public required Engine Engine { get; init; }

    /// <summary>PostgreSQL: by database. MySQL: one, by the name <see cref="CatalogReader.Server"/>. What is not there is ordered by the names of tables alone.</summary>
    public required IReadOnlyDictionary<string, OrderCatalog> Catalogs { get; init; }

    /// <summary>PostgreSQL: where sessions are played whose database is not known.</summary>
    public string DefaultDatabase { get; init; } = "";

    /// <summary>How fine.</summary>
    public OrderLevel Level { get; init; } = OrderLevel.Key;

    /// <summary>PostgreSQL: by database and sequence, which of the last values before the cut are in the restored data.</summary>
    public IReadOnlyDictionary<(string Database, string Sequence), IReadOnlySet<long>> Restored { get; init; } = new Dictionary<(string Database, string Sequence), IReadOnlySet<long>>();

    /// <summary>Whether the snapshot has what the exchange at a position did, so that it is not played.</summary>
    public Func<long, bool> IsInSnapshot { get; init; } = static _ => false;

    /// <summary>MySQL: files of the captured server's binary log of that time, which tell the order of commits; empty: none.</summary>
    public IReadOnlyList<string> BinaryLog { get; init; } = [];

    /// <summary>PostgreSQL: by database, files of its logical decoding of that time, which tell the order of commits; empty: none.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> LogicalDecoding { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>The pass ends when it has read all that began by this moment, in microseconds of the Unix epoch; of what began later it may have some.</summary>
    public long UntilMicroseconds { get; init; } = long.MaxValue;

    /// <summary>Which sessions are played; the snapshot tool's are not ordered.</summary>
    public Func<Session, bool> IsPlayed { get; init; } = static _ => true;
}

/// <summary>Takes what a pass finds. Tables of a database are numbered from <c>tables</c> on.</summary>
public interface IOrderPassSink
{
    /// <summary>An exchange that is going to be ordered, in the order of <see cref="WorkloadWalk"/>.</summary>
    void Read(long position, in Exchange exchange);

    /// <summary>As <see cref="IOrderSink.Ordered"/>; the tables of unit, needs and marks are numbered within the database.</summary>
    void Ordered(OrderUnit unit, ReadOnlySpan<OrderDependency> needs, ReadOnlySpan<OrderMark> marks, int tables);

    /// <summary>As <see cref="IOrderSink.AlsoNeeds"/>; it is never about a table.</summary>
    void AlsoNeeds(in LateNeed late)
    {
        // Of use to a run only.
    }

    /// <summary>A pair whose order is not certain; its table is numbered among those of all databases.</summary>
    void Ambiguous(in AmbiguousPair pair);

    /// <summary>What an exchange drew from a sequence, which is numbered among those of all databases.</summary>
    void Drew(in Drawer drawer, in SequenceDraw draw)
    {
        // Of use to a run only.
    }
}

/// <summary>
/// Goes over a workload and says what each exchange must wait for. Ahead of the run and not along with it, because what a statement waits for is known where it
/// ended: one of an hour would need a look-ahead of an hour.
/// </summary>
public sealed class OrderPass : IWalkReceiver, IDisposable
{
    /// <summary>Ambiguous pairs that are kept one by one; all are counted.</summary>
    public const int MaxPairs = 10_000;

    /// <summary>Tables of one database; its tables' numbers begin at a multiple of this.</summary>
    public const int TablesPerDatabase = 1 << 20;

    private readonly OrderInput _input;
    private readonly IOrderPassSink _sink;
    private readonly Dictionary<string, Ordered> _databases = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Ordered> _sessions = [];
    private readonly PriorityQueue<int, long> _byClose = new();
    private readonly CurrentDatabases _current = new();
    private readonly Dictionary<string, int> _numbers; // of databases
    private readonly List<AmbiguousPair> _ambiguous = [];

    private readonly BinaryLog? _log;
    private readonly LogJoin? _join;
    private readonly List<IDisposable> _decoded = [];

    private OrderPass(OrderInput input, IOrderPassSink sink, BinaryLog? log)
    {
        _input = input;
        _sink = sink;
        _numbers = input.Catalogs.Keys.Order(StringComparer.Ordinal).Select(static (name, number) => (name, number)).ToDictionary(StringComparer.Ordinal);
        _log = log;
        _join = log is null ? null : new LogJoin(log, input.Reader.Sessions.Find);
    }

    private bool IsMySql => _input.Engine == Engine.MySql;

    /// <summary>Orders a workload.</summary>
    /// <param name="input">What.</param>
    /// <param name="sink">Gets it.</param>
    /// <param name="progress">Called now and then with the exchanges read.</param>
    /// <param name="cancellation">Breaks it off.</param>
    public static OrderPlan Run(OrderInput input, IOrderPassSink sink, Action<long> progress, CancellationToken cancellation)
    {
        using var log = input.BinaryLog.Count > 0 && input.Level == OrderLevel.Key ? Replay.Replayer.BinaryLog.Open(input.BinaryLog, BinaryLogPoint.Parse(input.Reader.Manifest.Snapshot?.BinlogPosition)) : null;
        using var pass = new OrderPass(input, sink, log);
        using var walk = new WorkloadWalk(input.Reader, pass);
        while (walk.CompleteMicroseconds <= input.UntilMicroseconds && walk.Step())
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
        if (_input.Reader.Sessions.Find(exchange.Session) is not { } session || !_input.IsPlayed(session))
        {
            return;
        }

        if (!_sessions.TryGetValue(session.Number, out var ordered))
        {
            _sessions.Add(session.Number, ordered = OfDatabase(IsMySql ? CatalogReader.Server : session.Database ?? _input.DefaultDatabase, session.ServerVersion));
            if (session.ClosedAtMicroseconds is { } closedAt)
            {
                _byClose.Enqueue(session.Number, closedAt);
            }
        }

        _sink.Read(position, in exchange);
        ordered.Feed.Add(position, in exchange, IsMySql ? _current.Of(session) : ordered.Name, session);
        if (IsMySql)
        {
            _current.Follow(in exchange);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _decoded.ForEach(static d => d.Dispose());

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

        var decoded = _databases.Values.Where(d => d.Feed.DecodingCounts is not null).ToDictionary(d => d.Name, d => d.Feed.DecodingCounts!, StringComparer.Ordinal);
        return new OrderPlan(
            _databases.ToDictionary(d => d.Key, d => d.Value.Builder.Counts, StringComparer.Ordinal),
            _ambiguous,
            _databases.Values.SelectMany(d => d.TableNames).ToDictionary(),
            [.. _databases.Values.SelectMany(d => d.Sequences)])
        {
            BinaryLog = _join is null ? null : new BinaryLogCounts(_log!.Transactions, _log.Compressed, _join.Joined, _join.Lost, _join.Missing, _join.IsTrusted),
            LogicalDecoding = decoded.Count == 0 ? null : decoded,
            LoggedThrough = _log?.Through,
        };
    }

    // Each pass with these catalogues numbers their tables alike, whichever sessions are played.
    private int NumberOf(string database) => _numbers.TryGetValue(database, out var number) ? number : _numbers[database] = _numbers.Count;

    private Ordered OfDatabase(string name, string? serverVersion)
    {
        if (!_databases.TryGetValue(name, out var ordered))
        {
            var dialect = IsMySql ? Sql.SqlDialect.MySql : Sql.SqlDialect.PostgreSql;
            var catalog = _input.Catalogs.GetValueOrDefault(name);
            var options = OrderOptions.For(dialect, serverVersion) with { Level = _input.Level };
            options = catalog is null ? options : options with { DefaultIsolation = catalog.DefaultIsolation };
            ordered = new Ordered(name, catalog ?? new OrderCatalog { Dialect = dialect }, options, this, NumberOf(name) * TablesPerDatabase);
            _databases.Add(name, ordered);
        }

        return ordered;
    }

    private sealed class Ordered : IOrderSink, IDrawSink
    {
        private readonly OrderPass _pass;
        private readonly int _tables; // numbers of tables and of sequences begin there
        private readonly SequenceOrder? _sequences;

        public Ordered(string name, OrderCatalog catalog, OrderOptions options, OrderPass pass, int tables)
        {
            Name = name;
            Builder = new OrderBuilder(options, this);
            var evidence = new SequenceEvidence
            {
                Positions = pass._input.Reader.Manifest.Snapshot?.Databases.FirstOrDefault(d => d.Name == name)?.Sequences ?? [],
                Restored = pass._input.Restored.Where(r => r.Key.Database == name).ToDictionary(static r => r.Key.Sequence, static r => r.Value, StringComparer.Ordinal),
                IsInSnapshot = pass._input.IsInSnapshot,
            };
            _sequences = pass.IsMySql ? null : new SequenceOrder(catalog, evidence, Builder.Counts, this);
            Feed = new OrderFeed(catalog, Builder, _sequences) { Log = pass._join };
            if (options.Level == OrderLevel.Key && pass._input.LogicalDecoding.TryGetValue(name, out var files))
            {
                pass._decoded.Add(Feed.Decode(files));
            }

            _pass = pass;
            _tables = tables;
        }

        public string Name { get; }

        public OrderBuilder Builder { get; }

        public OrderFeed Feed { get; }

        public IEnumerable<(int Number, string Name)> TableNames => Feed.TableNames.Select(t => (t.Number + _tables, t.Name));

        public IEnumerable<SequencePlan> Sequences => _sequences?.Sequences.Select(s => new SequencePlan(s.Number + _tables, Name, s.Sequence, s.Highest, s.IsExact)) ?? [];

        void IDrawSink.Drew(in Drawer drawer, in SequenceDraw draw) => _pass._sink.Drew(in drawer, draw with { Sequence = draw.Sequence + _tables });

        void IDrawSink.Ambiguous(in AmbiguousPair pair) => Ambiguous(in pair);

        void IOrderSink.Ambiguous(in AmbiguousPair pair) => Ambiguous(in pair);

        void IOrderSink.AlsoNeeds(in LateNeed late) => _pass._sink.AlsoNeeds(in late);

        void IOrderSink.Ordered(OrderUnit unit, ReadOnlySpan<OrderDependency> dependencies, ReadOnlySpan<OrderMark> marks) => _pass._sink.Ordered(unit, dependencies, marks, _tables);

        private void Ambiguous(in AmbiguousPair pair)
        {
            var numbered = pair with { Table = pair.Table + _tables };
            _pass._sink.Ambiguous(in numbered);
            if (_pass._ambiguous.Count < MaxPairs)
            {
                _pass._ambiguous.Add(numbered);
            }
        }
    }
}
