using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Reads the chosen executions with what their sessions had been given by then. One pass over the workload, in which the sessions' memories grow as in a replay.
/// </summary>
public sealed class ExemplarCollector
{
    private readonly WorkloadReader _reader;
    private readonly Engine _engine;
    private readonly RequestSlabs _slabs = new();
    private readonly ExchangePlanner _planner;
    private readonly SessionMemoryBudget _budget = new();
    private readonly Dictionary<int, SessionMemory> _memories = [];
    private readonly HashSet<(int Session, long Statement)> _longData = [];

    /// <summary>A collector.</summary>
    public ExemplarCollector(WorkloadReader reader, Engine engine)
    {
        _reader = reader;
        _engine = engine;
        _planner = new ExchangePlanner(engine, ShapeFacts.Of(reader.Shapes), CutPlan.Everything(0), _slabs, AsRecorded.Instance);
    }

    /// <summary>The executions at these positions, which have to ascend; without those whose session cannot be made again.</summary>
    public Dictionary<long, Exemplar> Collect(IReadOnlyList<long> positions, CancellationToken cancellation)
    {
        var exemplars = new Dictionary<long, Exemplar>();
        var sessions = SessionsOf(positions, cancellation);
        var next = 0;
        using var cursor = _reader.Read();
        while (next < positions.Count && cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            var exchange = cursor.Current;
            if (!sessions.Contains(exchange.Session))
            {
                continue;
            }

            if (cursor.Position == positions[next])
            {
                next++;
                if (Exemplar(cursor.Position, in exchange) is { } exemplar)
                {
                    exemplars[cursor.Position] = exemplar;
                }
            }

            Note(cursor.Position, in exchange);
        }

        return exemplars;
    }

    private HashSet<int> SessionsOf(IReadOnlyList<long> positions, CancellationToken cancellation)
    {
        var sessions = new HashSet<int>();
        var next = 0;
        using var cursor = _reader.Read(0, ExchangeParts.WithoutRequest);
        while (next < positions.Count && cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            if (cursor.Position == positions[next])
            {
                next++;
                sessions.Add(cursor.Current.Session);
            }
        }

        return sessions;
    }

    private void Note(long position, in Exchange exchange)
    {
        var statement = (exchange.Session, exchange.StatementHandle);
        if (exchange.Command == Command.MySqlStatementSendLongData)
        {
            _longData.Add(statement);
        }
        else if (exchange.Command is Command.MySqlStatementExecute or Command.MySqlStatementReset or Command.MySqlStatementClose)
        {
            _longData.Remove(statement);
        }

        _planner.Plan(position, in exchange, RunReason.None, out var planned);
        if (planned.Verdict == PlayVerdict.Play)
        {
            MemoryOf(exchange.Session).Note(in planned, succeeded: !exchange.Failed);
            planned.Slab!.Release();
        }
    }

    private SessionMemory MemoryOf(int session)
    {
        if (!_memories.TryGetValue(session, out var memory))
        {
            _memories[session] = memory = new SessionMemory(_engine, _budget);
        }

        return memory;
    }

    private Exemplar? Exemplar(long position, in Exchange exchange)
    {
        var memory = MemoryOf(exchange.Session);
        // A temporary table would be empty, and what was let go for want of memory would be missing.
        if (!memory.IsWhole || memory.HasTemporaryTable || _reader.Sessions.Find(exchange.Session) is not { } session)
        {
            return null;
        }

        return _engine == Engine.PostgreSql ? Postgres(position, in exchange, session, memory) : MySql(position, in exchange, session, memory);
    }

    private Exemplar? MySql(long position, in Exchange exchange, Session session, SessionMemory memory)
    {
        var handle = exchange.Command == Command.MySqlStatementExecute ? exchange.StatementHandle : -1;
        var preparation = new List<RecordedMessage>();
        var isPrepared = handle < 0;
        for (var i = 0; i < memory.Count; i++)
        {
            var isStatement = memory[i].Command == Command.MySqlStatementPrepare;
            if (!isStatement || memory[i].StatementHandle == handle)
            {
                preparation.Add(RecordedMessage.Of(memory[i]));
                isPrepared |= isStatement;
            }
        }

        // Parameters that were sent ahead are not in the request.
        return isPrepared && !_longData.Contains((exchange.Session, exchange.StatementHandle))
            ? new Exemplar(position, new RecordedMessage(exchange.Command, exchange.Flags, exchange.Request.ToArray(), exchange.ParameterTypes.ToArray(), exchange.StatementHandle), new ExemplarContext(session, preparation))
            : null;
    }

    private static Exemplar? Postgres(long position, in Exchange exchange, Session session, SessionMemory memory)
    {
        var preparation = new List<RecordedMessage>();
        if (exchange.Command == Command.Query)
        {
            AddMemory(memory, default, preparation);
            return new Exemplar(position, new RecordedMessage(exchange.Command, exchange.Flags & ~ExchangeFlags.Pipelined, exchange.Request.ToArray(), [], -1), new ExemplarContext(session, preparation));
        }

        if (!PostgresMessages.TryFindBound(exchange.Request, out var name, out var parses))
        {
            return null;
        }

        var isKnown = AddMemory(memory, parses ? [] : name, preparation);
        if (parses && name.Length > 0)
        {
            preparation.Add(new RecordedMessage(Command.Parse, ExchangeFlags.EndsBatch, PostgresMessages.NamedParses(exchange.Request), [], -1));
        }

        var flags = (exchange.Flags | ExchangeFlags.EndsBatch) & ~ExchangeFlags.Pipelined;
        return parses || isKnown
            ? new Exemplar(position, new RecordedMessage(exchange.Command, flags, PostgresMessages.ByItself(exchange.Request), exchange.ParameterTypes.ToArray(), -1), new ExemplarContext(session, preparation))
            : null;
    }

    // All but prepared statements, of which only the one that is needed; whether it is there.
    private static bool AddMemory(SessionMemory memory, ReadOnlySpan<byte> statement, List<RecordedMessage> preparation)
    {
        var isKnown = false;
        for (var i = 0; i < memory.Count; i++)
        {
            var message = memory[i];
            var name = message.Command == Command.Parse ? PostgresMessages.StatementName(message.Bytes, out _) : default;
            if (name.IsEmpty || name.SequenceEqual(statement))
            {
                preparation.Add(RecordedMessage.Of(in message));
                isKnown |= !name.IsEmpty;
            }
        }

        return isKnown;
    }
}
