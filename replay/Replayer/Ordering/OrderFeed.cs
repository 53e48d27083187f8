using System.Globalization;
using System.Text;
using Replay.Protocol.MySql;
using Replay.Protocol.PostgreSql;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Makes units of exchanges and gives them to a builder: one feed for each database of a PostgreSQL server, one for a MySQL server. Takes exchanges as
/// <see cref="WorkloadWalk"/> hands them out; puts those of a session in order and those of a batch together.
/// </summary>
public sealed class OrderFeed
{
    /// <summary>The most texts whose accesses are kept; then it begins anew.</summary>
    public const int MaxTexts = 65_536;

    private readonly OrderBuilder _builder;
    private readonly AccessResolver _resolver;
    private readonly SequenceOrder? _sequences;
    private readonly RowCounters _counters;
    private readonly RowOrder _rows;
    private readonly AccessCache _texts;
    private readonly OrderCatalog _catalog;
    private DecodedJoin? _decoded;
    private WrittenReader? _written;
    private readonly ServerSqlMode _serverMode;
    private readonly Dictionary<int, SessionFeed> _sessions = [];
    private ParameterValue[] _values = new ParameterValue[16];
    private byte[] _bytes = new byte[1024];

    /// <summary>A feed for the tables of one database.</summary>
    /// <param name="catalog">Its tables.</param>
    /// <param name="builder">Gets the units.</param>
    /// <param name="sequences">PostgreSQL: what was drawn from sequences; null if inserts are not to be ordered by it.</param>
    public OrderFeed(OrderCatalog catalog, OrderBuilder builder, SequenceOrder? sequences = null)
    {
        Engine = catalog.Dialect == SqlDialect.MySql ? Engine.MySql : Engine.PostgreSql;
        _builder = builder;
        _catalog = catalog;
        _resolver = new AccessResolver(catalog);
        _sequences = sequences;
        _counters = new RowCounters(catalog);
        _texts = new AccessCache(catalog.Dialect, MaxTexts);
        _serverMode = new ServerSqlMode(catalog.LexerOptions);
        _rows = new RowOrder(builder.Options, builder.Counts, key => _sequences?.IsSequence(key) != true);
        builder.Rows = builder.Options.Level == OrderLevel.Key ? _rows : null;
    }

    /// <summary>Numbers of tables and their names, as far as they have come up.</summary>
    public IEnumerable<(int Number, string Name)> TableNames => _resolver.TableNames;

    /// <summary>MySQL: what the server's binary log says; null: nothing.</summary>
    internal LogJoin? Log { get; init; }

    /// <summary>PostgreSQL: what became of the logical decoding that the feed was given; null if it was given none.</summary>
    internal LogicalDecodingCounts? DecodingCounts => _decoded?.Counts;

    private Engine Engine { get; }

    /// <summary>PostgreSQL: gives it what logical decoding of the captured database has written; the files are closed by what it returns. Before the first exchange.</summary>
    /// <exception cref="CommandException">A file cannot be read, or is none.</exception>
    internal IDisposable Decode(IEnumerable<string> files)
    {
        var facts = new DecodedFacts(_resolver.Catalog);
        _written = new WrittenReader(_catalog, _resolver.Catalog);
        var log = DecodedLog.OpenFiles(files, facts);
        _decoded = new DecodedJoin(log, facts);
        return log;
    }

    /// <summary>
    /// One exchange of a session of this database. Every one must come, from ordinal 0, also what will not be played: a session is put in order by ordinals.
    /// </summary>
    /// <param name="position">Its position in the workload.</param>
    /// <param name="exchange">The exchange.</param>
    /// <param name="database">The session's database.</param>
    /// <param name="login">PostgreSQL: who the session is, and what it began with; null if that is not known.</param>
    public void Add(long position, in Exchange exchange, string database, Session? login = null)
    {
        if (!_sessions.TryGetValue(exchange.Session, out var session))
        {
            _sessions.Add(exchange.Session, session = new SessionFeed(
                Engine == Engine.MySql ? new SessionLexer(_serverMode) : null, Log is null ? null : new LoggedSession(Log), _decoded is null ? null : new DecodedSession(_decoded))
            {
                Path = Engine == Engine.PostgreSql ? new SessionPath(_resolver.Catalog.Paths, login) : null,
            });
        }

        var unit = _builder.Rent();
        unit.Session = exchange.Session;
        unit.FirstOrdinal = unit.LastOrdinal = exchange.Ordinal;
        unit.FirstPosition = unit.LastPosition = position;
        unit.RequestedAtMicroseconds = exchange.RequestedAtMicroseconds;
        unit.EndedAtMicroseconds = unit.OrderedAtMicroseconds = exchange.EndedAtMicroseconds;
        unit.TransactionState = exchange.TransactionState;
        unit.Failed = exchange.Failed;
        unit.RolledBack = Engine == Engine.MySql && exchange.Failed && TransactionFollower.MySqlRollbacks.Contains(ErrorCodes.Pack(exchange.ErrorCode));
        var runs = !exchange.Text.IsEmpty && (exchange.Flags & ExchangeFlags.SkippedAfterError) == 0 && Runs(exchange.Command);
        TextAccess? executed = null;
        var setsPath = false;
        var lexer = session.Lexer is null ? LexerOptions.None : session.Lexer.Of(in exchange);
        if (runs && lexer is { } options)
        {
            var parameters = Parameters(in exchange);
            var access = _texts.Read(exchange.Text, options);
            executed = access;
            setsPath = _resolver.Catalog.MaySetPath(access);
            var path = session.Path is null ? _resolver.Catalog.Path(database) : session.Path.Of(in exchange, access, setsPath);
            _resolver.Resolve(access, exchange.Text, options, _bytes, parameters, path, unit);
            if (Engine == Engine.PostgreSql)
            {
                _counters.Read(in exchange, access, parameters, _bytes, unit); // before a sequence counts as a row
                unit.Rows.Written = _written?.Read(in exchange, access, path, parameters, _bytes, unit);
                _sequences?.Place(position, in exchange, access, path, unit);
            }

            unit.ChangedNothing = exchange.Affected == 0;
            unit.MayHaveChanged = exchange.Affected != 0 && unit.Accesses.Exists(static a => a.IsExclusive);
            unit.Rows.LogUse = session.Logged?.UseOf(in exchange, access, unit) ?? LogUse.Never;
            unit.Rows.Found = Math.Max(0, Math.Max(exchange.Affected, exchange.Rows));

            // MySQL keeps what the statements before it have done, of a list or a routine.
            unit.HasNoEffect = unit.Failed && (Engine == Engine.PostgreSql || access.Statements is [{ Verb: not (AccessVerb.Call or AccessVerb.Unknown) }]);
        }
        else if (runs || exchange.Command == Command.FunctionCall || (exchange.Flags & ExchangeFlags.UnknownStatement) != 0)
        {
            unit.Accesses.Add(new OrderAccess(OrderTables.Everything, OrderAccessKind.Barrier));
            unit.Rows.LogUse = LogUse.Maybe;
            unit.Rows.Written = _written is null ? null : new WrittenRows { Anything = true };
        }

        // PostgreSQL takes a snapshot to look at the text.
        if (exchange.Command == Command.Parse && !exchange.Failed && !exchange.Text.IsEmpty)
        {
            unit.ConsistentSnapshot = _texts.Read(exchange.Text, LexerOptions.None).Statements.Any(static s => s.Verb is AccessVerb.Select or AccessVerb.Insert or AccessVerb.Update or AccessVerb.Delete or AccessVerb.Merge);
        }

        session.Lexer?.Follow(in exchange);
        if (session.Path?.Follow(in exchange, executed, setsPath) == true)
        {
            MeantOtherNames(session, exchange.Ordinal);
        }

        var endsUnit = exchange.Batch < 0 || (exchange.Flags & ExchangeFlags.EndsBatch) != 0;
        session.Waiting.Add(exchange.Ordinal, (unit, endsUnit));
        Assemble(session);
    }

    /// <summary>Says that all exchanges that started before this moment have come.</summary>
    public void AdvanceTo(long microseconds)
    {
        foreach (var session in _sessions.Values)
        {
            microseconds = Math.Min(microseconds, session.Open?.RequestedAtMicroseconds ?? long.MaxValue);
            foreach (var (unit, _) in session.Waiting.Values)
            {
                microseconds = Math.Min(microseconds, unit.RequestedAtMicroseconds);
            }
        }

        _sequences?.AdvanceTo(microseconds);
        Log?.AdvanceTo(microseconds);
        _decoded?.AdvanceTo(microseconds);
        _builder.Rows?.AdvanceTo(microseconds);
        _builder.AdvanceTo(microseconds);
    }

    /// <summary>The session has no more exchanges.</summary>
    public void EndSession(int session)
    {
        if (_sessions.Remove(session, out var feed))
        {
            foreach (var (unit, _) in feed.Waiting.Values)
            {
                Take(feed, unit, endsUnit: false);
            }

            if (feed.Open != null)
            {
                AddToOrder(feed, feed.Open);
            }
        }

        Log?.Forget(session);
        _builder.EndSession(session);
    }

    /// <summary>The workload has no more exchanges.</summary>
    public void Finish()
    {
        foreach (var session in _sessions.Keys.ToList())
        {
            EndSession(session);
        }

        _sequences?.Finish();
        _decoded?.AdvanceTo(long.MaxValue);
        _builder.Rows?.AdvanceTo(long.MaxValue);
        _builder.Finish();
    }

    // Those that came before their predecessors were taken to mean names as they were until then.
    private static void MeantOtherNames(SessionFeed session, int ordinal)
    {
        foreach (var (later, (unit, _)) in session.Waiting)
        {
            if (later > ordinal)
            {
                unit.Accesses.Add(new OrderAccess(OrderTables.Everything, OrderAccessKind.Barrier));
            }
        }
    }

    /// <summary>Whether a statement is run, not only read.</summary>
    internal static bool Runs(Command command) => command is Command.Query or Command.Execute or Command.MySqlQuery or Command.MySqlStatementExecute or Command.MySqlStatementBulkExecute;

    private void Assemble(SessionFeed session)
    {
        while (session.Waiting.Count > 0 && session.Waiting.GetKeyAtIndex(0) == session.Next)
        {
            var (unit, endsUnit) = session.Waiting.GetValueAtIndex(0);
            session.Waiting.RemoveAt(0);
            session.Next++;
            Take(session, unit, endsUnit);
        }
    }

    private void Take(SessionFeed session, OrderUnit unit, bool endsUnit)
    {
        if (session.Open == null)
        {
            session.Open = unit;
        }
        else
        {
            session.Open.Append(unit);
            _builder.Return(unit);
        }

        if (endsUnit)
        {
            AddToOrder(session, session.Open);
            session.Open = null;
        }
    }

    private void AddToOrder(SessionFeed session, OrderUnit unit)
    {
        if (session.Last is { } last && last.Session == unit.Session && last.LastOrdinal == session.LastOrdinal)
        {
            last.Rows.NextRequestedAt = unit.RequestedAtMicroseconds;
        }

        var state = unit.TransactionState;
        unit.Rows.IsAlone = !session.InTransaction && state == TransactionState.Idle && unit.FirstOrdinal == unit.LastOrdinal && unit.Control == TransactionControl.None;
        session.InTransaction = state is TransactionState.Open or TransactionState.Failed || (state == TransactionState.Unknown && session.InTransaction && !unit.RolledBack);
        (session.Last, session.LastOrdinal) = (unit, unit.LastOrdinal);
        session.Logged?.Follow(unit);
        session.Decoded?.Follow(unit);
        _builder.Rows?.Add(unit);
        _builder.Add(unit);
    }

    // Values as the codecs spell them, into a buffer of our own.
    private ReadOnlySpan<ParameterValue> Parameters(in Exchange exchange)
    {
        IReadOnlyList<MySqlColumnType> types = [];
        var texts = exchange.Command switch
        {
            Command.MySqlStatementExecute => MySqlParameters.Parameters(in exchange, out types),
            Command.Execute => PostgresParameters.Parameters(in exchange),
            _ => null,
        };
        if (texts is not { Count: > 0 })
        {
            return default;
        }

        Array.Resize(ref _values, Math.Max(_values.Length, texts.Count));
        var used = 0;
        for (var i = 0; i < texts.Count; i++)
        {
            if (texts[i] is not { } text)
            {
                _values[i] = new ParameterValue(ParameterForm.Null);
            }
            else if (text.StartsWith("\\x", StringComparison.Ordinal) || text.Length > 1024 || (Engine == Engine.MySql && text == MySqlParameters.LongDataText))
            {
                _values[i] = new ParameterValue(ParameterForm.Unknown); // a binary value of unknown type, or no key
            }
            else if (Engine == Engine.MySql && !IsText(types[i]))
            {
                // A text column is compared with a number as numbers.
                _values[i] = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                    ? new ParameterValue(ParameterForm.Integer, number)
                    : new ParameterValue(ParameterForm.Unknown);
            }
            else
            {
                var needed = used + Encoding.UTF8.GetMaxByteCount(text.Length);
                Array.Resize(ref _bytes, Math.Max(_bytes.Length, needed));
                var length = Encoding.UTF8.GetBytes(text, _bytes.AsSpan(used));
                _values[i] = new ParameterValue(ParameterForm.Text, 0, new TextSpan(used, length));
                used += length;
            }
        }

        return _values.AsSpan(0, texts.Count);
    }

    private static bool IsText(MySqlColumnType type) => type is MySqlColumnType.VarChar or MySqlColumnType.VarString or MySqlColumnType.String
        or MySqlColumnType.TinyBlob or MySqlColumnType.Blob or MySqlColumnType.MediumBlob or MySqlColumnType.LongBlob
        or MySqlColumnType.Date or MySqlColumnType.DateTime or MySqlColumnType.Timestamp or MySqlColumnType.Time;

    private sealed class SessionFeed(SessionLexer? lexer, LoggedSession? logged, DecodedSession? decoded)
    {
        /// <summary>MySQL.</summary>
        public SessionLexer? Lexer => lexer;

        /// <summary>MySQL, if there is a binary log.</summary>
        public LoggedSession? Logged => logged;

        /// <summary>PostgreSQL, if there is logical decoding.</summary>
        public DecodedSession? Decoded => decoded;

        /// <summary>PostgreSQL.</summary>
        public SessionPath? Path { get; init; }

        /// <summary>Exchanges that came before those that precede them, by ordinal.</summary>
        public SortedList<int, (OrderUnit Unit, bool EndsUnit)> Waiting { get; } = [];

        public int Next { get; set; }

        public OrderUnit? Open { get; set; }

        /// <summary>The unit before, as long as it has <see cref="LastOrdinal"/>: units are used again.</summary>
        public OrderUnit? Last { get; set; }

        public int LastOrdinal { get; set; }

        public bool InTransaction { get; set; }
    }
}
