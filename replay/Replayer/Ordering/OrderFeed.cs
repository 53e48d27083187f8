using System.Text;
using Replay.Protocol;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Makes units of exchanges and gives them to a builder: one feed for each database of a PostgreSQL server, one for a MySQL server. Takes exchanges as
/// <see cref="WorkloadWalk"/> hands them out; puts those of a session in order and those of a batch together.
/// </summary>
/// <param name="catalog">Its tables.</param>
/// <param name="builder">Gets the units.</param>
/// <param name="sequences">PostgreSQL: what was drawn from sequences; null if inserts are not to be ordered by it.</param>
public sealed class OrderFeed(OrderCatalog catalog, OrderBuilder builder, SequenceOrder? sequences = null)
{
    /// <summary>The most texts whose accesses are kept; then it begins anew.</summary>
    public const int MaxTexts = 65_536;

    private readonly AccessResolver _resolver = new(catalog);
    private readonly AccessCache _texts = new(catalog.Dialect, MaxTexts);
    private readonly ServerSqlMode _serverMode = new(catalog.LexerOptions);
    private readonly Dictionary<int, SessionFeed> _sessions = [];
    private ParameterValue[] _values = new ParameterValue[16];
    private byte[] _bytes = new byte[1024];

    /// <summary>Numbers of tables and their names, as far as they have come up.</summary>
    public IEnumerable<(int Number, string Name)> TableNames => _resolver.TableNames;

    private Engine Engine => catalog.Dialect == SqlDialect.MySql ? Engine.MySql : Engine.PostgreSql;

    /// <summary>
    /// One exchange of a session of this database. Every one must come, from ordinal 0, also what will not be played: a session is put in order by ordinals.
    /// </summary>
    /// <param name="position">Its position in the workload.</param>
    /// <param name="exchange">The exchange.</param>
    /// <param name="database">The session's database.</param>
    public void Add(long position, in Exchange exchange, string database)
    {
        if (!_sessions.TryGetValue(exchange.Session, out var session))
        {
            _sessions.Add(exchange.Session, session = new SessionFeed(Engine == Engine.MySql ? new SessionLexer(_serverMode) : null));
        }

        var unit = builder.Rent();
        unit.Session = exchange.Session;
        unit.FirstOrdinal = unit.LastOrdinal = exchange.Ordinal;
        unit.FirstPosition = unit.LastPosition = position;
        unit.RequestedAtMicroseconds = exchange.RequestedAtMicroseconds;
        unit.EndedAtMicroseconds = unit.OrderedAtMicroseconds = exchange.EndedAtMicroseconds;
        unit.TransactionState = exchange.TransactionState;
        unit.Failed = exchange.Failed;
        var runs = !exchange.Text.IsEmpty && (exchange.Flags & ExchangeFlags.SkippedAfterError) == 0 && Runs(exchange.Command);
        var lexer = session.Lexer is null ? LexerOptions.None : session.Lexer.Of(in exchange);
        if (runs && lexer is { } options)
        {
            var parameters = Parameters(in exchange);
            var access = _texts.Read(exchange.Text, options);
            _resolver.Resolve(access, exchange.Text, options, _bytes, parameters, database, unit);
            sequences?.Place(position, in exchange, access, unit);
            unit.ChangedNothing = exchange.Affected == 0;

            // MySQL keeps what the statements before it have done, of a list or a routine.
            unit.HasNoEffect = unit.Failed && (Engine == Engine.PostgreSql || access.Statements is [{ Verb: not (AccessVerb.Call or AccessVerb.Unknown) }]);
        }
        else if (runs || exchange.Command == Command.FunctionCall || (exchange.Flags & ExchangeFlags.UnknownStatement) != 0)
        {
            unit.Accesses.Add(new OrderAccess(OrderTables.Everything, OrderAccessKind.Barrier));
        }

        session.Lexer?.Follow(in exchange);
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

        sequences?.AdvanceTo(microseconds);
        builder.AdvanceTo(microseconds);
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
                builder.Add(feed.Open);
            }
        }

        builder.EndSession(session);
    }

    /// <summary>The workload has no more exchanges.</summary>
    public void Finish()
    {
        foreach (var session in _sessions.Keys.ToList())
        {
            EndSession(session);
        }

        sequences?.Finish();
        builder.Finish();
    }

    private static bool Runs(Command command) => command is Command.Query or Command.Execute or Command.MySqlQuery or Command.MySqlStatementExecute or Command.MySqlStatementBulkExecute;

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
            builder.Return(unit);
        }

        if (endsUnit)
        {
            builder.Add(session.Open);
            session.Open = null;
        }
    }

    // Values as the codecs spell them, into a buffer of our own.
    private ReadOnlySpan<ParameterValue> Parameters(in Exchange exchange)
    {
        if (exchange.Command is not (Command.Execute or Command.MySqlStatementExecute) || PreparedParameters.Of(Engine, in exchange) is not { Count: > 0 } texts)
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
            else if (text.StartsWith("\\x", StringComparison.Ordinal) || text.Length > 1024)
            {
                _values[i] = new ParameterValue(ParameterForm.Unknown); // a binary value of unknown type, or no key
            }
            else if (Engine == Engine.MySql && long.TryParse(text, out var number))
            {
                _values[i] = new ParameterValue(ParameterForm.Integer, number); // a text column would be compared with it as a number
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

    private sealed class SessionFeed(SessionLexer? lexer)
    {
        /// <summary>MySQL.</summary>
        public SessionLexer? Lexer => lexer;

        /// <summary>Exchanges that came before those that precede them, by ordinal.</summary>
        public SortedList<int, (OrderUnit Unit, bool EndsUnit)> Waiting { get; } = [];

        public int Next { get; set; }

        public OrderUnit? Open { get; set; }
    }
}
