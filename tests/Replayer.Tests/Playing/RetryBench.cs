using System.Text;
using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>A player that sends victims' transactions again, with words for what a test says of them.</summary>
internal sealed class RetryBench : IDisposable, IOrderGate
{
    private readonly Engine _engine;
    private int _answered;

    public RetryBench(Engine engine = Engine.PostgreSql, int attempts = 3, OrderMode order = OrderMode.Key, IRunValues? values = null, SessionMemoryBudget? memory = null)
    {
        _engine = engine;
        Memory = memory ?? new SessionMemoryBudget();
        Bench = new PlayerBench(order: order, values: values, retries: new VictimRetries(attempts, memory: Memory), engine: engine, gate: this);
    }

    public PlayerBench Bench { get; }

    public SessionMemoryBudget Memory { get; }

    /// <summary>Positions that have ended, in the order in which that was told.</summary>
    public List<long> EndedPositions { get; } = [];

    public RunRetryCounts Counts => Bench.Context.Retries.Summary;

    public IReadOnlyList<string> Outcomes => Bench.Recorder.Outcomes;

    /// <summary>What was sent, in words: texts of queries, names of other commands.</summary>
    public IEnumerable<string> Sent => Bench.Link.Sent.Select(s => s.Tag is SessionPlayer.RollbackTag or SessionPlayer.PrepareTag ? Encoding.UTF8.GetString(s.Bytes)
        : s.Command is Command.Query or Command.MySqlQuery ? Encoding.UTF8.GetString(s.Bytes.AsSpan(5..^1))
        : s.Command.ToString());

    private string Victim => _engine == Engine.PostgreSql ? "40001" : "1213";

    /// <summary>Adds an exchange after which production's transaction stood so.</summary>
    public void Add(
        TransactionState state,
        int batch = -1,
        bool endsBatch = false,
        bool isPipelined = false,
        string error = "",
        TransactionRole role = TransactionRole.Within,
        Command? command = null,
        byte[]? request = null,
        long handle = -1,
        bool controls = false)
    {
        var flags = (endsBatch ? ExchangeFlags.EndsBatch : ExchangeFlags.None) | (isPipelined ? ExchangeFlags.Pipelined : ExchangeFlags.None)
            | (command is Command.MySqlStatementSendLongData or Command.MySqlStatementClose ? ExchangeFlags.NoResponse : ExchangeFlags.None);
        var planned = Bench.Plan(flags: flags, batch: batch, command: command ?? (_engine == Engine.PostgreSql ? Command.Query : Command.MySqlQuery), request: request);
        planned.State = state;
        planned.ErrorCode = ErrorCodes.Pack(Encoding.ASCII.GetBytes(error));
        planned.Role = role;
        planned.StatementHandle = handle;
        planned.ControlsTransaction = controls;
        Bench.Enqueue(planned);
    }

    /// <summary>Answers the next, which has to be <paramref name="text"/>.</summary>
    public void Answer(string text, TransactionState state, string error = "", long rows = -1)
    {
        PlayerBench.Until(() => Bench.SentCount > _answered);
        Assert.Equal(text, Sent.ElementAt(_answered));
        _answered++;
        Bench.Link.Answer(error: error, rows: rows, transaction: state);
    }

    /// <summary>The server skips the next after an error in its batch, and the batch ends.</summary>
    public void Skip(string text)
    {
        PlayerBench.Until(() => Bench.SentCount > _answered);
        Assert.Equal(text, Sent.ElementAt(_answered));
        _answered++;
        Bench.Link.Answer(transaction: TransactionState.Idle, flags: ExchangeFlags.SkippedAfterError);
    }

    /// <summary>The next fails as a victim.</summary>
    public void Fail(string text, TransactionState postgres = TransactionState.Failed) =>
        Answer(text, _engine == Engine.PostgreSql ? postgres : TransactionState.Unknown, Victim);

    /// <summary>What needs no answer has been sent.</summary>
    public void Unanswered(string text)
    {
        PlayerBench.Until(() => Bench.SentCount > _answered);
        Assert.Equal(text, Sent.ElementAt(_answered));
        _answered++;
    }

    /// <summary>Nothing is on the wire but what was answered.</summary>
    public void Nothing() => Assert.Equal(_answered, Bench.SentCount);

    public void Dispose() => Bench.Dispose();

    bool IOrderGate.TryPass(in PlannedExchange exchange, SessionPlayer player) => true;

    void IOrderGate.Sent(in PlannedExchange exchange, SessionPlayer player)
    {
    }

    void IOrderGate.Ended(in PlannedExchange exchange, SessionPlayer player) => EndedPositions.Add(exchange.Position);

    void IOrderGate.EndSession(SessionPlayer player)
    {
    }
}
