using System.Buffers.Binary;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Plays a session's transaction again when it was the victim of a deadlock or a serialisation failure that production had not: rolled back, what it had prepared closed, and all
/// of it sent again as it was recorded, up to the victim and what was on the wire behind it. Those alone have not ended until then, and have the outcome of the last attempt.
/// </summary>
/// <remarks>Guarded by its player's lock. It decides; the player sends and receives.</remarks>
public sealed class TransactionRetry(Engine engine, VictimRetries retries)
{
    /// <summary>How long the second attempt waits after the first; each further one twice as long, up to 0.64 s: 10 ms.</summary>
    public const long PauseMicroseconds = 10_000;

    private const int MaxDoublings = 6;

    private readonly TransactionMemory _memory = new(engine, retries.Memory);
    private readonly List<HeldExchange> _held = [];
    private int _attempt;
    private int _differently;
    private long _sinceMicroseconds;
    private RetryProblem _problem;

    /// <summary>What it is at.</summary>
    public RetryPhase Phase { get; private set; }

    /// <summary>The next of the transaction's exchanges to be sent again.</summary>
    public int Next { get; private set; }

    /// <summary>Before when nothing is sent again, run clock.</summary>
    public long NotBeforeMicroseconds { get; private set; }

    /// <summary>How often the transaction was begun again.</summary>
    public int Attempt => _attempt;

    /// <summary>Whether the attempt has gone wrong: what is left of a batch is sent, and nothing more.</summary>
    public bool HasFailed => _problem != RetryProblem.None;

    /// <summary>Whether all has been sent again.</summary>
    public bool IsAtEnd => Next == _memory.Count;

    /// <summary>How many exchanges the transaction has up to there.</summary>
    public int Count => _memory.Count;

    /// <summary>One of them.</summary>
    public KeptExchange this[int index] => _memory[index];

    /// <summary>The exchange to be sent next.</summary>
    public KeptExchange Head => _memory[Next];

    /// <summary>An exchange was answered for the first time. True if it is held: it has not ended yet.</summary>
    public bool Answered(in SentExchange sent, in Exchange exchange)
    {
        ref readonly var planned = ref sent.Planned;
        var isFirst = Phase == RetryPhase.None && exchange.Failed && retries.IsVictim(engine, ErrorCodes.Pack(exchange.ErrorCode), planned.ErrorCode);
        if (isFirst)
        {
            Phase = RetryPhase.Draining;
            _attempt = 0;
            _problem = RetryProblem.None;
            retries.SawVictim();
            _sinceMicroseconds = exchange.EndedAtMicroseconds;
        }

        if (Phase != RetryPhase.Draining)
        {
            _memory.Add(in planned, in exchange, isHeld: false);
            return false;
        }

        // What was on the wire behind the victim has done nothing if it was of its batch, or met the failed transaction.
        if (!isFirst && _memory.State != TransactionState.Failed && (planned.Batch < 0 || planned.Batch != _held[^1].Sent.Planned.Batch))
        {
            _memory.Spoil(RetryProblem.Pipelined);
        }

        _memory.Add(in planned, in exchange, isHeld: true);
        _held.Add(new HeldExchange(in sent, in exchange, _memory.Count - 1));
        return true;
    }

    /// <summary>An exchange is left out because production's server refused it for others' sake.</summary>
    public void LeftOut(in PlannedExchange planned) => _memory.AddLeftOut(in planned);

    /// <summary>All that was on the wire has been answered: the next attempt begins, if there may be one.</summary>
    public bool TryBegin(long nowMicroseconds)
    {
        _problem = _memory.Problem;
        if (_problem != RetryProblem.None)
        {
            return false;
        }

        Begin(nowMicroseconds);
        return true;
    }

    /// <summary>The attempt has come to its end, and nothing of it is on the wire: another begins, unless it went well or is given up.</summary>
    public bool TryBeginAnother(long nowMicroseconds)
    {
        if (_problem != RetryProblem.Attempts || _attempt >= retries.Attempts)
        {
            return false;
        }

        Begin(nowMicroseconds);
        return true;
    }

    /// <summary>Whether the target still has the transaction.</summary>
    public bool MustRollBack => _memory.State != TransactionState.Idle;

    /// <summary>It was rolled back, or there was nothing to be.</summary>
    public void RolledBack(bool isRefused)
    {
        Phase = RetryPhase.Closing;
        if (isRefused)
        {
            _problem = RetryProblem.NotRolledBack;
            Phase = RetryPhase.Sending;
        }

        _memory.RolledBack();
    }

    /// <summary>What the transaction has prepared has been closed, since neither server rolls that back.</summary>
    public void Closed() => Phase = RetryPhase.Sending;

    /// <summary>
    /// The requests that close what the transaction has prepared: PostgreSQL one that is answered, or none; MySQL one for each captured number, without an answer.
    /// </summary>
    public List<(byte[] Request, long Handle)> Closes()
    {
        var requests = new List<(byte[], long)>();
        var closes = new List<byte>();
        for (var i = 0; i < _memory.Count; i++)
        {
            var planned = _memory[i].Planned;
            if (engine == Engine.PostgreSql)
            {
                PostgresMessages.AddCloses(planned.Request.Span, closes);
            }
            else if (planned is { Command: Command.MySqlStatementPrepare, StatementHandle: >= 0 })
            {
                requests.Add((CloseOf((uint)planned.StatementHandle), planned.StatementHandle));
            }
        }

        if (closes.Count > 0)
        {
            closes.AddRange(PostgresMessages.Sync);
            requests.Add(([.. closes], -1));
        }

        return requests;
    }

    /// <summary>The head is sent, or needs not be.</summary>
    public void Advance()
    {
        if (HeldAt(Next) is { } held)
        {
            held.IsOnWire = true;
        }

        Next++;
    }

    /// <summary>An exchange was answered again.</summary>
    /// <param name="sent">The exchange.</param>
    /// <param name="exchange">What was answered.</param>
    public void AnsweredAgain(in SentExchange sent, in Exchange exchange)
    {
        var index = sent.ResentNumber - 1;
        var before = _memory[index].Outcome;
        var held = HeldAt(index);
        _memory.Answered(index, in exchange, isFinal: held is not null);
        held?.Take(in sent, in exchange, counts: !HasFailed);
        if (HasFailed)
        {
            return; // what follows that was not played again
        }

        var now = KeptOutcome.Of(in exchange);
        if (retries.IsVictim(engine, now.ErrorCode, sent.Planned.ErrorCode))
        {
            _problem = RetryProblem.Attempts;
        }
        else if (held is null && now.ErrorCode != 0 && before.ErrorCode == 0)
        {
            _problem = RetryProblem.OtherError;
        }
        else if (held is null && now != before)
        {
            _differently++;
        }
    }

    /// <summary>The exchange before <see cref="Next"/> could not be sent.</summary>
    public void NotSent()
    {
        _problem = RetryProblem.OtherError;
        if (HeldAt(Next - 1) is { } held)
        {
            held.IsOnWire = false;
        }
    }

    /// <summary>It is given up.</summary>
    public void Fail(RetryProblem problem) => _problem = problem;

    /// <summary>Whether one of the exchanges that are held takes a place in a count.</summary>
    public bool Holds(Predicate<OrderNote?> takes) => _held.Exists(h => takes(h.Sent.Planned.Order));

    /// <summary>It is over, whatever came of it: gives what was held, in order, and counts.</summary>
    public List<HeldExchange> End(long nowMicroseconds)
    {
        var isEnded = Phase != RetryPhase.None;
        Phase = RetryPhase.None;
        if (!isEnded)
        {
            return [];
        }

        List<HeldExchange> held = [.. _held];
        _held.Clear();
        foreach (var exchange in held)
        {
            exchange.Sent.Attempts = _attempt;
        }

        retries.SawEnd(_problem, _differently, Math.Max(0, nowMicroseconds - _sinceMicroseconds));
        if (_problem != RetryProblem.None && engine == Engine.MySql)
        {
            _memory.Reset(); // the server has rolled it back
        }

        _memory.EndIfOver();
        return held;
    }

    /// <summary>A query of the replayer's own has changed the transaction's state.</summary>
    public void Follow(TransactionState state)
    {
        _memory.Follow(state);
        if (Phase == RetryPhase.None)
        {
            _memory.EndIfOver();
        }
    }

    /// <summary>The session goes on with a new connection, or not at all.</summary>
    public void Reset() => _memory.Reset();

    // https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_close.html
    private static byte[] CloseOf(uint handle)
    {
        byte[] packet = [5, 0, 0, 0, 0x19, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(5), handle);
        return packet;
    }

    private HeldExchange? HeldAt(int index) => _held.Find(h => h.Index == index);

    private void Begin(long nowMicroseconds)
    {
        Phase = RetryPhase.RollingBack;
        NotBeforeMicroseconds = _attempt == 0 ? nowMicroseconds : nowMicroseconds + (PauseMicroseconds << Math.Min(_attempt - 1, MaxDoublings));
        _attempt++;
        _problem = RetryProblem.None;
        _differently = 0;
        Next = 0;
        retries.SawAttempt();
    }
}
