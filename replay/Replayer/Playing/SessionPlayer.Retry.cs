using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <content>A victim's transaction is sent again by the code that sent it first. Meanwhile nothing else of the session is, and what is held counts as on the wire.</content>
public sealed partial class SessionPlayer
{
    /// <summary>Tag of the query that rolls the transaction back.</summary>
    internal const long RollbackTag = -4;

    /// <summary>Tag of requests that close what it has prepared.</summary>
    internal const long CloseTag = -5;

    private readonly TransactionRetry? _retry;

    // Whether an exchange that was answered has not ended yet.
    private bool Holds(in SentExchange sent, in Exchange exchange)
    {
        if (_retry is not null)
        {
            return _retry.Answered(in sent, in exchange);
        }

        if (exchange.Failed && _context.Retries.IsVictim(Session.Engine, ErrorCodes.Pack(exchange.ErrorCode), sent.Planned.ErrorCode))
        {
            _context.Retries.SawVictim();
        }

        return false;
    }

    // Null if what comes next is the rest of the victim's batch.
    private Step? RetryStep(ref SentExchange sent)
    {
        var retry = _retry!;
        var now = _context.Now();
        if (retry.Phase == RetryPhase.Draining)
        {
            if (_openBatch >= 0 && !_context.Stopping && BatchGoesOn())
            {
                return null;
            }

            if (_sent.Count > 0)
            {
                return Step.Wait;
            }

            if (_openBatch >= 0)
            {
                retry.Fail(RetryProblem.Pipelined); // the server waits for a Sync that is not there
                return Step.Settle;
            }

            if (_context.Stopping)
            {
                retry.Fail(RetryProblem.ConnectionLost);
                return Step.Settle;
            }

            if (!retry.TryBegin(now))
            {
                return Step.Settle;
            }
        }

        if (_holding || _state != LinkState.Open)
        {
            return Step.Wait;
        }

        if (_context.Stopping)
        {
            retry.Fail(RetryProblem.ConnectionLost);
            return _sent.Count > 0 ? Step.Wait : Step.Settle;
        }

        return ResendStep(retry, ref sent, now);
    }

    // PostgreSQL answers, and begins a new transaction, only after the Sync.
    private bool BatchGoesOn() => _queue.Count == 0 ? !_feedEnded
        : _queue.Head.Batch == _openBatch || (!_queue.Head.IsPreRoll && _queue.Head.Ordinal != _nextOrdinal && !_feedEnded);

    private Step ResendStep(TransactionRetry retry, ref SentExchange sent, long now)
    {
        while (true)
        {
            if (now < retry.NotBeforeMicroseconds)
            {
                Schedule(retry.NotBeforeMicroseconds);
                return Step.Wait;
            }

            switch (retry.Phase)
            {
                case RetryPhase.RollingBack when retry.MustRollBack:
                    _preparation = "ROLLBACK";
                    _holding = true;
                    _preparingSinceMicroseconds = now;
                    return Step.RollBack;
                case RetryPhase.RollingBack:
                    RolledBack(isRefused: false);
                    continue;
                case RetryPhase.Closing:
                    _holding = true;
                    _preparingSinceMicroseconds = now;
                    return Step.CloseStatements;
            }

            if (retry.IsAtEnd || (retry.HasFailed && _openBatch < 0))
            {
                if (_sent.Count > 0)
                {
                    return Step.Wait;
                }

                if (!retry.TryBeginAnother(now))
                {
                    return Step.Settle;
                }

                continue;
            }

            var head = retry.Head;
            if (_sent.Count > 0 && (_openBatch < 0 || head.Planned.Batch != _openBatch))
            {
                return Step.Wait;
            }

            if (head.IsLeftOut)
            {
                _transaction.Judge(in head.Planned);
                retry.Advance();
                continue;
            }

            return Resend(retry, in head.Planned, ref sent, now);
        }
    }

    private Step Resend(TransactionRetry retry, in PlannedExchange planned, ref SentExchange sent, long now)
    {
        if (_transaction.Remedy is not null && _openBatch < 0)
        {
            return RemedyStep(now);
        }

        if (_values is not null && MustPrepare(in planned, now))
        {
            return Step.Prepare;
        }

        if (MustPlace(in planned))
        {
            return Step.Wait;
        }

        sent.Planned = planned;
        sent.ResentNumber = retry.Next + 1;
        sent.DueMicroseconds = Pacer.AtOnce;
        sent.GivenMicroseconds = now;
        sent.PredecessorEndedMicroseconds = sent.OrderReadyMicroseconds = long.MinValue;
        sent.Port = _port;
        sent.Collections = GC.CollectionCount(0);
        _openBatch = planned.Batch >= 0 && (planned.Flags & ExchangeFlags.EndsBatch) == 0 ? planned.Batch : -1;
        retry.Advance();
        _sent.Enqueue(in sent);
        return Step.Send;
    }

    private void CloseStatements(IPlayerLink link)
    {
        var isAnswered = false;
        var isOver = false;
        foreach (var (bytes, handle) in _retry!.Closes())
        {
            isAnswered = Session.Engine == Engine.PostgreSql;
            var request = new RecordedRequest
            {
                Command = isAnswered ? Command.Close : Command.MySqlStatementClose,
                Flags = isAnswered ? ExchangeFlags.EndsBatch : ExchangeFlags.NoResponse,
                Bytes = bytes,
                StatementHandle = handle,
            };
            isOver |= !link.TrySend(in request, CloseTag, out _);
        }

        lock (_lock)
        {
            if (isOver)
            {
                _state = LinkState.Closing;
            }
            else if (!isAnswered)
            {
                EndClosing();
            }
        }
    }

    private void RolledBack(bool isRefused)
    {
        _transaction.Reset();
        _retry!.RolledBack(isRefused);
        _preparedFor = _placedFor = -1;
        for (var i = 0; _values is not null && i < _retry.Count; i++)
        {
            var kept = _retry[i];
            _values.RolledBack(in kept.Planned);
        }
    }

    private void EndClosing()
    {
        _retry!.Closed();
        _holding = false;
        _preparingSinceMicroseconds = long.MaxValue;
    }

    private void EndRetryQuery(long tag, in Exchange exchange)
    {
        lock (_lock)
        {
            if (tag == RollbackTag)
            {
                RolledBack(isRefused: exchange.Failed);
                _holding = false;
                _preparingSinceMicroseconds = long.MaxValue;
            }
            else if (Session.Engine == Engine.PostgreSql)
            {
                EndClosing();
            }
        }

        Wake();
    }

    // The outcomes are what they are; what waits behind them was held up by the target.
    private void SettleRetry()
    {
        List<HeldExchange> held;
        lock (_lock)
        {
            var now = _context.Now();
            if (_retry!.Attempt > 0 && _retry.HasFailed)
            {
                _transaction.GiveUp(goesOn: _unit.InTransaction);
            }

            held = _retry.End(now);
            _lastEndedMicroseconds = held.Count > 0 ? now : _lastEndedMicroseconds;
        }

        foreach (var exchange in held)
        {
            End(exchange);
        }
    }

    private void End(HeldExchange held)
    {
        var outcome = held.Outcome;
        lock (_lock)
        {
            _memory.Note(in held.Sent.Planned, succeeded: !outcome.Failed);
            NotePrepared(in held.Sent.Planned, in outcome);
        }

        if (outcome.Failed && held.Sent.Planned is { Position: >= 0, Verdict: not PlayVerdict.PreRollParse })
        {
            _values?.Ended(in held.Sent.Planned, in outcome, isAgain: false);
        }

        _context.LeaveWire(1);
        Release(ref held.Sent.Planned);
        Record(in held.Sent, in outcome);
        TellEnd(in held.Sent.Planned);
    }

    // What was not on the wire again was rolled back by the server, or was so before: its outcome is known.
    private void LoseRetry(bool timedOut)
    {
        List<HeldExchange> held;
        lock (_lock)
        {
            if (_retry is null)
            {
                return;
            }

            if (_retry.Phase != RetryPhase.None)
            {
                _retry.Fail(RetryProblem.ConnectionLost);
            }

            held = _retry.End(_context.Now());
            _retry.Reset();
        }

        foreach (var exchange in held)
        {
            TellLoss();
            if (!exchange.IsOnWire || exchange.Sent.Planned.Position < 0)
            {
                End(exchange);
                continue;
            }

            _context.LeaveWire(1);
            Release(ref exchange.Sent.Planned);
            _context.Recorder.Failed(in exchange.Sent.Planned, _context.Stopping ? RunReason.Interrupted : timedOut ? RunReason.TimedOut : RunReason.ConnectionLost);
            TellEnd(in exchange.Sent.Planned);
        }
    }
}
