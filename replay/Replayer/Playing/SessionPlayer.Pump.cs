using Replay.Workload;

namespace Replay.Replayer;

/// <content>What can be done now: one step at a time, by one thread at a time.</content>
public sealed partial class SessionPlayer
{
    // One step; false if nothing can be done until the next event.
    private bool PumpOne()
    {
        SentExchange sent = default;
        Step step;
        RunReason lostReason;
        IPlayerLink? link;
        lock (_lock)
        {
            step = NextStep(ref sent);
            lostReason = _lostReason;
            link = _link;
            if (_shared is not null && (step == Step.Park || (step == Step.Wait && MayPark())))
            {
                step = Step.Park;
                Detach();
            }
        }

        _context.Admission?.WakeAdmitted();

        switch (step)
        {
            case Step.Skip:
                Release(ref sent.Planned);
                if (sent.Planned.Verdict != PlayVerdict.Done)
                {
                    _context.Recorder.Skipped(in sent.Planned, sent.Planned.Reason);
                }

                TellEnd(in sent.Planned);
                return true;
            case Step.Lose:
                TellLoss();
                LeaveOutLost(ref sent.Planned);
                return true;
            case Step.Fail:
                TellLoss();
                Release(ref sent.Planned);
                _context.Recorder.Failed(in sent.Planned, lostReason);
                TellEnd(in sent.Planned);
                return true;
            case Step.Drop:
                Release(ref sent.Planned);
                return true;
            case Step.Send or Step.SendSync:
                Send(in sent, link!);
                return true;
            case Step.Prepare:
                SendPreparation(link!);
                return true;
            case Step.RollBack:
                SendPreparation(link!, RollbackTag);
                return true;
            case Step.CloseStatements:
                CloseStatements(link!);
                return true;
            case Step.Settle:
                SettleRetry();
                return true;
            case Step.Open:
                TellLoss();
                _holdsSlot = 1;
                _context.Connections.Request(this);
                return false;
            case Step.Ask:
                TellLoss();
                _holdsSlot = 1;
                _shared!.Give(this);
                return false;
            case Step.Park:
                _shared!.Park(this, link!);
                return true;
            case Step.Close:
                Close();
                return false;
            default:
                return false;
        }
    }

    private Step NextStep(ref SentExchange sent)
    {
        if (_retry is { Phase: not RetryPhase.None } && RetryStep(ref sent) is { } step)
        {
            return step;
        }

        if (_isAdmitted && _shared is null)
        {
            LeaveIfEnded();
        }

        if (_queue.Count == 0)
        {
            return EmptyStep();
        }

        ref var head = ref _queue.Head;
        if (_context.Stopping)
        {
            Take(ref sent);
            return Step.Drop;
        }

        var isPreRoll = head.IsPreRoll;
        if (!isPreRoll && head.Ordinal != _nextOrdinal && !_feedEnded)
        {
            return Step.Wait;
        }

        if (head.Verdict is PlayVerdict.Skip or PlayVerdict.Done)
        {
            if (!_context.IsDrained && WaitsInPlace(in head))
            {
                return Step.Wait;
            }

            _transaction.LeftOut(in head);
            if (head.OwesStatements)
            {
                head.OwesStatements = false;
                Owe(in head);
            }

            return SkipStep(ref head, ref sent);
        }

        var isLost = _unit.Loses(in head);
        if ((isLost || _state == LinkState.Ended) && !_context.IsDrained && !isPreRoll && !_context.Gate.TryPass(in head, this))
        {
            return Step.Wait; // it keeps its place in the order, as what is left out does
        }

        if (_state == LinkState.Ended || _context.IsDrained)
        {
            _lostReason = _context.IsDrained ? RunReason.DrainDeadline : _lostReason;
            Take(ref sent);
            return Step.Fail;
        }

        if (isLost)
        {
            Take(ref sent);
            return Step.Lose;
        }

        if (_holding || (_sent.Count > 0 && !MayOvertake(in head)))
        {
            return Step.Wait;
        }

        if (LeavesOut(ref head))
        {
            return WaitsInPlace(in head) ? Step.Wait : SkipStep(ref head, ref sent);
        }

        var due = isPreRoll || head.IsBefore ? Pacer.AtOnce
            : _pace is null ? _context.Pacer.DueAt(head.RequestedAtMicroseconds)
            : _pace.DueAt(_context.Pacer, in head, _lastEndedMicroseconds);
        var now = _context.Now();
        if (_shared is not null)
        {
            due = _askedFor == head.Position ? _askedDue : due;
            if (_state != LinkState.Open)
            {
                return AskStep(in head, due, now);
            }

            if ((due > now || _shared.Admission.FirstWaiting < head.RequestedAtMicroseconds) && MayPark())
            {
                return Step.Park;
            }
        }
        else if (_state != LinkState.Open)
        {
            return OpenStep(due, now);
        }

        if (_owed.Count > 0 && _openBatch < 0 && !_transaction.HasFailed)
        {
            return OwedStep(now);
        }

        if (_transaction.Remedy is not null && _openBatch < 0)
        {
            return RemedyStep(now);
        }

        if ((head.Duty != TransactionDuty.None || _isWrapped) && DutyStep(in head, now) is { } duty)
        {
            return duty;
        }

        if (_values is not null && MustPrepare(in head, now))
        {
            return Step.Prepare;
        }

        if (due > now)
        {
            Schedule(due); // in no time, if the schedule has not begun
            return Step.Wait;
        }

        if (!isPreRoll && !_context.Gate.TryPass(in head, this))
        {
            _orderWaitedFor = head.Position;
            return Step.Wait;
        }

        if (_shared is null && _context.Admission is { } admission && !_isAdmitted && !isPreRoll && !head.IsBefore && !Enters(admission, in head, now))
        {
            return Step.Wait;
        }

        if (MustPlace(in head))
        {
            _orderWaitedFor = head.Position; // so is what this takes
            return Step.Wait;
        }

        sent.OrderReadyMicroseconds = _orderWaitedFor != head.Position ? long.MinValue
            : _admissionSince != long.MinValue && _admittedFor == head.Position ? _admissionSince
            : _askedFor == head.Position ? _askedSince
            : now;
        sent.AdmittedMicroseconds = _askedFor == head.Position ? _givenAt : _admissionSince != long.MinValue && _admittedFor == head.Position ? now : long.MinValue;
        sent.IsOutOfOrder = Ticket.IsReleased && Ticket.Position == head.Position;
        sent.PredecessorEndedMicroseconds = _sent.Count > 0 ? long.MinValue : _lastEndedMicroseconds;
        sent.DueMicroseconds = due;
        sent.GivenMicroseconds = now;
        sent.Port = _port;
        sent.Collections = GC.CollectionCount(0);
        Take(ref sent, due);
        FollowBatch(in sent.Planned);
        _openBatch = sent.Planned.Batch >= 0 && (sent.Planned.Flags & ExchangeFlags.EndsBatch) == 0 ? sent.Planned.Batch : -1;
        _sent.Enqueue(in sent);
        return Step.Send;
    }

    // The server answers a batch at its Sync; one that went out with an exchange that is left out has to be sent without it.
    private Step SkipStep(ref PlannedExchange head, ref SentExchange sent)
    {
        if (_openBatch >= 0 && head.Batch == _openBatch && (head.Flags & ExchangeFlags.EndsBatch) != 0 && _state == LinkState.Open)
        {
            _openBatch = -1;
            sent.DueMicroseconds = Pacer.AtOnce;
            sent.GivenMicroseconds = _context.Now();
            sent.PredecessorEndedMicroseconds = long.MinValue;
            sent.OrderReadyMicroseconds = sent.AdmittedMicroseconds = long.MinValue;
            sent.Planned = new PlannedExchange { Position = -1, Command = Command.Sync, Batch = head.Batch, Flags = ExchangeFlags.EndsBatch, StatementHandle = -1, Shape = -1 };
            _sent.Enqueue(in sent);
            return Step.SendSync;
        }

        Take(ref sent);
        return Step.Skip;
    }

    // What is left out keeps its place in the order: others wait for it, and so for what it would have waited for. All that is in the snapshot or the checkpoint is done.
    private bool WaitsInPlace(in PlannedExchange head) =>
        head.Verdict == PlayVerdict.Skip && head.Reason is not (RunReason.InSnapshot or RunReason.BeforeSnapshot or RunReason.InCheckpoint) && !_context.Gate.TryPass(in head, this);

    private Step EmptyStep()
    {
        if (_sent.Count > 0 || _holding)
        {
            return Step.Wait;
        }

        if (_transaction.Remedy is not null && _state == LinkState.Open && !_context.Stopping)
        {
            return RemedyStep(_context.Now());
        }

        _drained?.TrySetResult();
        if ((!_feedEnded && !_context.Stopping) || _finished || _state is LinkState.Opening or LinkState.Restoring)
        {
            return Step.Wait;
        }

        if (_shared is not null && MayPark())
        {
            return Step.Park; // it is others' too
        }

        if (_state == LinkState.Open && !_context.Stopping && Session.ClosedAtMicroseconds is { } closed)
        {
            var closedAt = Math.Min(closed, _context.EndsAtMicroseconds);
            var due = _pace is null ? _context.Pacer.DueAt(closedAt) : _pace.ClosesAt(_context.Pacer, closedAt, _lastEndedMicroseconds);
            if (due > _context.Now())
            {
                Schedule(due);
                return Step.Wait;
            }
        }

        _finished = true;
        return Step.Close;
    }

    private Step OpenStep(long due, long now)
    {
        if (_state != LinkState.None)
        {
            return Step.Wait;
        }

        if (now < _openAgainAtMicroseconds)
        {
            Schedule(_openAgainAtMicroseconds);
            return Step.Wait;
        }

        if (due == Pacer.NotYet)
        {
            return Step.Wait;
        }

        if (due != Pacer.AtOnce && due - OpenAheadMicroseconds > now)
        {
            Schedule(due - OpenAheadMicroseconds);
            return Step.Wait;
        }

        _state = LinkState.Opening;
        _openingSinceMicroseconds = _openingSinceMicroseconds == long.MinValue ? now : _openingSinceMicroseconds;
        return Step.Open;
    }

    private void Take(ref SentExchange sent, long? due = null)
    {
        sent.Planned = _queue.Dequeue();
        if (!sent.Planned.IsPreRoll)
        {
            _nextOrdinal = sent.Planned.Ordinal + 1;
            _pace?.Take(_context.Pacer, in sent.Planned, due);
        }

        _unitBefore = _unit;
        _unit.Follow(in sent.Planned);
        _sessionLocks = SessionLocks.Count(_sessionLocks, sent.Planned.Locks);
        if (_shared is not null)
        {
            FollowKeeps(in sent.Planned);
            NoteHead();
        }

        _context.AddQueued(-1);
    }

    // The last that was taken out was not sent.
    private void PutBack(in PlannedExchange planned)
    {
        _queue.Enqueue(in planned);
        for (var at = _queue.Count - 1; at > 0; at--)
        {
            (_queue[at - 1], _queue[at]) = (_queue[at], _queue[at - 1]);
        }

        if (!planned.IsPreRoll)
        {
            _nextOrdinal = planned.Ordinal;
            _pace?.PutBack();
        }

        _unit = _unitBefore;
        NoteHead();
        _context.AddQueued(1);
    }

    // Once for each exchange: what the pre-roll has dealt with comes again from the feeder, and ends there.
    private void TellEnd(in PlannedExchange planned)
    {
        if (planned.Position >= 0 && !planned.IsPreRoll)
        {
            if (planned.IsAwaited)
            {
                _context.AddAwaited(-1);
            }

            _context.Gate.Ended(in planned, this);
        }
    }
}
