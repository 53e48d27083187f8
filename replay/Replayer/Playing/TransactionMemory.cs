using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// What a session has been sent since its transaction began on the target, so that it can be sent again: requests as they were recorded, and how they went. A batch
/// outside of a transaction is one too, and so is a statement by itself.
/// </summary>
/// <remarks>Not safe for several threads.</remarks>
public sealed class TransactionMemory(Engine engine, SessionMemoryBudget budget)
{
    /// <summary>The most bytes of one transaction, <see cref="ExchangeBytes"/> for each exchange included: 1 MiB.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>What an exchange counts beside its request: 256 bytes, about what its entry takes.</summary>
    public const int ExchangeBytes = 256;

    private const int SmallestBytes = 4 << 10;
    private const int KeepBytes = 64 << 10;

    private readonly List<KeptExchange> _kept = [];
    private RequestSlab? _slab;
    private int _bytes;
    private bool _batchIsOpen;

    /// <summary>The target's state after what was answered last; within a batch the one before it.</summary>
    public TransactionState State { get; private set; } = TransactionState.Idle;

    /// <summary>Why what is kept cannot be sent again; <see cref="RetryProblem.None"/> if it can.</summary>
    public RetryProblem Problem { get; private set; }

    /// <summary>How many exchanges are kept.</summary>
    public int Count => _kept.Count;

    /// <summary>An exchange to be sent again; its request lies here, and nobody needs to release it.</summary>
    public KeptExchange this[int index]
    {
        get
        {
            var kept = _kept[index];
            kept.Planned.Slab = _slab;
            return kept;
        }
    }

    /// <summary>An exchange was answered whose request is still there.</summary>
    /// <param name="planned">The exchange.</param>
    /// <param name="exchange">What was answered.</param>
    /// <param name="isHeld">Whether what is kept is needed though it may have ended with this one: that is asked for by <see cref="EndIfOver"/> later.</param>
    public void Add(in PlannedExchange planned, in Exchange exchange, bool isHeld)
    {
        var before = State;
        Follow(in planned, in exchange);
        if (planned.Role == TransactionRole.Begins && engine == Engine.MySql && !exchange.Failed)
        {
            Clear();
        }

        var isOver = IsOver(in planned, in exchange);
        if (isOver && !isHeld)
        {
            Clear(); // which is nearly all that there is to do for a statement by itself
            return;
        }

        Keep(in planned, before);
        if (Problem == RetryProblem.None)
        {
            _kept[^1] = _kept[^1] with { Outcome = KeptOutcome.Of(in exchange) };
        }

        if (planned.Role == TransactionRole.Ends && !exchange.Failed && !isOver)
        {
            // What comes next is another transaction, whose beginning was not sent by itself.
            Spoil(RetryProblem.NotAtomic);
        }
    }

    /// <summary>An exchange is not sent because production's server refused it for others' sake: what that asks for is asked for again.</summary>
    public void AddLeftOut(in PlannedExchange planned)
    {
        if (_kept.Count > 0)
        {
            Keep(in planned, State);
            if (Problem == RetryProblem.None)
            {
                _kept[^1] = _kept[^1] with { IsLeftOut = true };
            }
        }
    }

    /// <summary>An exchange was answered again.</summary>
    public void Answered(int index, in Exchange exchange, bool isFinal)
    {
        var kept = _kept[index];
        Follow(in kept.Planned, in exchange);
        if (isFinal)
        {
            _kept[index] = kept with { Outcome = KeptOutcome.Of(in exchange) };
        }
    }

    /// <summary>A query of the replayer's own has changed the state.</summary>
    public void Follow(TransactionState state) => State = state == TransactionState.Unknown ? State : state;

    /// <summary>The transaction was rolled back by a query of the replayer's own.</summary>
    public void RolledBack()
    {
        State = TransactionState.Idle;
        _batchIsOpen = false;
    }

    /// <summary>What is kept cannot be sent again.</summary>
    public void Spoil(RetryProblem problem)
    {
        Clear();
        Problem = problem;
    }

    /// <summary>Nothing is held any more: forgets what has ended.</summary>
    public void EndIfOver()
    {
        if (State == TransactionState.Idle && !_batchIsOpen)
        {
            Clear();
        }
    }

    /// <summary>The session goes on with a new connection, or not at all.</summary>
    public void Reset()
    {
        Clear();
        RolledBack();
    }

    private void Follow(in PlannedExchange planned, in Exchange exchange)
    {
        State = exchange.TransactionState != TransactionState.Unknown ? exchange.TransactionState : State;
        _batchIsOpen = exchange.TransactionState == TransactionState.Unknown && planned.Batch >= 0 && (planned.Flags & ExchangeFlags.EndsBatch) == 0;
    }

    // Long data belongs to the execute that follows it.
    private bool IsOver(in PlannedExchange planned, in Exchange exchange) => State == TransactionState.Idle && planned.Command != Command.MySqlStatementSendLongData
        && (exchange.TransactionState == TransactionState.Idle || engine == Engine.MySql || !_batchIsOpen);

    private void Keep(in PlannedExchange planned, TransactionState before)
    {
        if (Problem == RetryProblem.None)
        {
            Problem = planned.Role == TransactionRole.MayEnd || (planned.Role == TransactionRole.OnlyInside && before != TransactionState.Open) ? RetryProblem.NotAtomic
                : ClosesEarlier(in planned) ? RetryProblem.StatementClosed
                : RetryProblem.None;
        }

        if (Problem == RetryProblem.None)
        {
            Copy(in planned);
        }
        else if (_kept.Count > 0)
        {
            Spoil(Problem);
        }
    }

    private void Copy(in PlannedExchange planned)
    {
        var length = planned.Length + planned.TypesLength + planned.Values.KeptLength;
        if (_bytes + length + ExchangeBytes > MaxBytes)
        {
            Spoil(RetryProblem.TooLarge);
            return;
        }

        if (!budget.TryTake(length + ExchangeBytes))
        {
            Spoil(RetryProblem.NoMemory);
            return;
        }

        _bytes += length + ExchangeBytes;
        if (_slab is null || _slab.Free < length)
        {
            var larger = new RequestSlab(null, Math.Max(SmallestBytes, 2 * (_bytes + length)), isPooled: false);
            if (_slab is not null)
            {
                larger.Take(_slab);
            }

            _slab = larger;
        }

        var kept = new KeptExchange { Planned = planned };
        kept.Planned.Slab = null;
        kept.Planned.Offset = _slab.Append(planned.Request.Span, planned.ParameterTypes.Span, planned.KeptValues.Span);
        _kept.Add(kept);
    }

    // What was executed by then could not be executed again.
    private bool ClosesEarlier(in PlannedExchange planned)
    {
        if (planned.Command == Command.MySqlStatementClose)
        {
            var handle = planned.StatementHandle;
            return !_kept.Exists(k => k.Planned.Command == Command.MySqlStatementPrepare && k.Planned.StatementHandle == handle)
                && _kept.Exists(k => k.Planned.StatementHandle == handle);
        }

        if (engine != Engine.PostgreSql || planned.Command == Command.Query)
        {
            return false;
        }

        var request = planned.Request.Span;
        while (PostgresMessages.TryNext(ref request, out var message))
        {
            var name = PostgresMessages.StatementName(message, out var isClose);
            if (!name.IsEmpty && isClose && IsUsed(name))
            {
                return true;
            }
        }

        return false;
    }

    // Whether it was executed, but not prepared, by what is kept.
    private bool IsUsed(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < _kept.Count; i++)
        {
            var request = this[i].Planned.Request.Span;
            while (PostgresMessages.TryNext(ref request, out var message))
            {
                if (PostgresMessages.StatementName(message, out var isClose).SequenceEqual(name) && !isClose)
                {
                    return false;
                }

                if (PostgresMessages.BoundStatement(message).SequenceEqual(name))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private void Clear()
    {
        if (_bytes > 0)
        {
            budget.Return(_bytes);
            _bytes = 0;
        }

        _kept.Clear();
        Problem = RetryProblem.None;
        if (_slab is { Bytes.Length: > KeepBytes })
        {
            _slab = null;
        }

        _slab?.Reuse();
    }
}

/// <summary>An exchange of a transaction that is kept.</summary>
public record struct KeptExchange
{
    /// <summary>What was sent.</summary>
    public PlannedExchange Planned;

    /// <summary>What was answered.</summary>
    public KeptOutcome Outcome { get; set; }

    /// <summary>Whether it was not sent, and is not to be.</summary>
    public bool IsLeftOut { get; set; }
}

/// <summary>What tells two outcomes of one statement apart.</summary>
/// <param name="ErrorCode">The error code (<see cref="ErrorCodes.Pack"/>), 0 if there was none.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Affected">Rows changed.</param>
/// <param name="SetHash">Hash of the rows; 0 where they were not hashed.</param>
public readonly record struct KeptOutcome(ulong ErrorCode, long Rows, long Affected, ulong SetHash)
{
    /// <summary>The outcome of an exchange.</summary>
    public static KeptOutcome Of(in Exchange exchange) =>
        new(ErrorCodes.Pack(exchange.ErrorCode), exchange.Rows, exchange.Affected, (exchange.Flags & ExchangeFlags.Hashed) != 0 ? exchange.SetHash : 0);
}
