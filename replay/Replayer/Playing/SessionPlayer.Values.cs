using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <content>The query that an exchange needs before it, for its values or for the transaction's state: sent in the think time before, outside of every latency.</content>
public sealed partial class SessionPlayer
{
    /// <summary>How long such a query may take: 30 s.</summary>
    public const long PrepareWithinMicroseconds = 30_000_000;

    private const int MaxOwed = 1000;

    /// <summary>Its tag.</summary>
    internal const long PrepareTag = -3;

    private readonly ISessionValues? _values;
    private readonly TransactionFollower _transaction;
    private readonly Queue<byte[]> _owed = new(); // statements to prepare whose exchanges were left out
    private readonly UnpreparedStatements _unprepared;
    private string? _preparation;
    private long _preparedFor = -1;
    private long _judgedFor = -1;
    private long _placedFor = -1;
    private bool _placing;
    private bool _isRemedy;
    private bool _isOwed;
    private long _preparingSinceMicroseconds = long.MaxValue;

    // Where a transaction failed on one side only, also in the pre-roll, where a deadlock's victim would stand behind a lock that nobody gives up.
    private bool LeavesOut(ref PlannedExchange head)
    {
        if (head.Verdict == PlayVerdict.PreRollParse)
        {
            return false;
        }

        if (_judgedFor == head.Position)
        {
            return head.Reason != RunReason.None;
        }

        _judgedFor = head.Position;
        head.Reason = _transaction.Judge(in head);
        if (head.Reason == RunReason.None && _unprepared.Lacks(in head))
        {
            head.Reason = RunReason.StatementNotPrepared;
            _transaction.LeftOut(in head);
        }

        if (head.Reason == RunReason.None && WouldStay(in head))
        {
            head.Reason = RunReason.CannotRollBack;
            _transaction.LeftOut(in head);
        }

        if (head.Reason != RunReason.None && !head.IsPreRoll)
        {
            head.Verdict = PlayVerdict.Skip;
        }

        if (head.Reason == RunReason.VictimInCapture)
        {
            _retry?.LeftOut(in head);
        }

        if (Session.Engine == Engine.PostgreSql && head.Effect == SessionEffect.Statements && head.Reason is RunReason.VictimInCapture or RunReason.TransactionFailed)
        {
            Owe(in head);
        }

        return head.Reason != RunReason.None;
    }

    // PostgreSQL's Parse holds although what follows it fails or is rolled back: later executions name a statement that production had.
    private void Owe(in PlannedExchange planned)
    {
        var request = planned.Request.Span;
        while (_owed.Count < MaxOwed && PostgresMessages.TryNext(ref request, out var message))
        {
            if (PostgresMessages.IsNamedParse(message))
            {
                _owed.Enqueue(PostgresMessages.NamedParses(message));
            }
        }

        _memory.Note(in planned, succeeded: planned.ErrorCode == 0);
    }

    // What the server skipped behind an error that production had not is owed too.
    private void NotePrepared(in PlannedExchange planned, in Exchange exchange)
    {
        _unprepared.Ended(in planned, in exchange, out var isOwed);
        if (isOwed)
        {
            Owe(in planned);
        }
    }

    private Step OwedStep(long now)
    {
        if (_sent.Count > 0)
        {
            return Step.Wait;
        }

        _holding = _isOwed = true;
        _preparingSinceMicroseconds = now;
        return Step.Prepare;
    }

    private Step RemedyStep(long now)
    {
        if (_sent.Count > 0)
        {
            return Step.Wait;
        }

        _preparation = _transaction.Remedy;
        _isRemedy = _holding = true;
        _preparingSinceMicroseconds = now;
        return Step.Prepare;
    }

    // Asked for the head once it is next, whatever its due time; while the query is out, nothing else is sent.
    private bool MustPrepare(in PlannedExchange head, long now)
    {
        if (_preparedFor == head.Position)
        {
            return false;
        }

        _preparedFor = head.Position;
        _preparation = _values!.Prepare(in head, isAlone: _sent.Count == 0 && _openBatch < 0);
        if (_preparation is null)
        {
            return false;
        }

        _holding = true;
        _preparingSinceMicroseconds = now;
        return true;
    }

    // What has to come right before it, after all that it waits for.
    private bool MustPlace(in PlannedExchange head)
    {
        if (_values is null || head.Order?.Draw is null)
        {
            return false;
        }

        if (_placedFor != head.Position)
        {
            _placedFor = head.Position;
            _placing = !_values.TryPlace(in head, isAlone: _sent.Count == 0 && _openBatch < 0, EndPlacing);
        }

        return _placing;
    }

    private void EndPlacing()
    {
        lock (_lock)
        {
            _placing = false;
        }

        Wake();
    }

    private void SendPreparation(IPlayerLink link, long tag = PrepareTag)
    {
        var isGone = _isOwed
            ? !link.TrySend(new RecordedRequest { Command = Command.Parse, Flags = ExchangeFlags.EndsBatch, Bytes = _owed.Peek(), StatementHandle = -1 }, tag, out _)
            : !link.TrySendText(_preparation!, tag);
        if (!isGone)
        {
            return;
        }

        lock (_lock)
        {
            // That it has ended is about to be told.
            _state = LinkState.Closing;
        }
    }

    private void EndPreparation(in Exchange exchange)
    {
        if (_isOwed && exchange.Failed)
        {
            _context.Recorder.Warn("a statement that was prepared with an exchange which is left out could not be prepared by itself");
        }
        else if (_isBegin && exchange.Failed)
        {
            _context.Recorder.Warn("a transaction that was to be rolled back could not be begun: what was to be in it stays");
        }
        else if (!_isRemedy && !_isOwed && !_isBegin)
        {
            _values!.Prepared(in exchange);
        }

        lock (_lock)
        {
            if (_isOwed)
            {
                _unprepared.Prepared(_owed.Dequeue(), in exchange);
                _judgedFor = -1; // what waits may be to execute it
                _transaction.Follow(exchange.TransactionState);
                _retry?.Follow(exchange.TransactionState);
                _isOwed = false;
            }
            else if (_isRemedy)
            {
                _transaction.Remedied();
                _retry?.Follow(exchange.TransactionState);
                _isRemedy = false;
            }
            else if (_isBegin)
            {
                _transaction.Follow(exchange.TransactionState);
                _isBegin = false;
            }

            _holding = false;
            _preparingSinceMicroseconds = long.MaxValue;
            // What it delays is not the replayer's lag.
            _lastEndedMicroseconds = exchange.EndedAtMicroseconds;
        }

        Wake();
    }
}
