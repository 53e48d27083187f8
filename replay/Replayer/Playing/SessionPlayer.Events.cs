using System.Text;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <content>What comes of the connection.</content>
public sealed partial class SessionPlayer
{
    /// <inheritdoc/>
    public void OnExchange(long tag, in Exchange exchange)
    {
        _context.Clocked.EnterReceiver();
        SentExchange sent;
        bool takeOnUser;
        var isHeld = false;
        if (tag == RestoreTag)
        {
            if (exchange.Failed)
            {
                RefuseState($"{Encoding.UTF8.GetString(exchange.ErrorMessage)} ({Encoding.ASCII.GetString(exchange.ErrorCode)})");
            }

            RestoreNext();
            return;
        }

        if (tag == PrepareTag)
        {
            EndPreparation(in exchange);
            return;
        }

        if (tag is RollbackTag or CloseTag)
        {
            EndRetryQuery(tag, in exchange);
            return;
        }

        lock (_lock)
        {
            if (_sent.Count == 0)
            {
                return;
            }

            sent = _sent.Dequeue();
            _lastEndedMicroseconds = exchange.EndedAtMicroseconds;
            if (exchange.Failed && sent.Planned.Batch >= 0)
            {
                _failedBatch = sent.Planned.Batch;
            }

            _lossesInARow = 0;
            _transaction.Ended(in sent.Planned, in exchange);
            if (sent.ResentNumber > 0)
            {
                _retry!.AnsweredAgain(in sent, in exchange);
            }
            else if (!(isHeld = Holds(in sent, in exchange)))
            {
                _memory.Note(in sent.Planned, succeeded: !exchange.Failed);
                NotePrepared(in sent.Planned, in exchange);
            }

            Unwrap();

            // Held until the user is taken on again, so that nothing is sent in between.
            takeOnUser = _holding = sent.Planned.ResetsUser && !exchange.Failed && _link is not null;
            if (_isAdmitted && _shared is null && !isHeld && _retry is not { Phase: not RetryPhase.None })
            {
                LeaveIfEnded(); // before others are told of its end, who may ask for its place
            }
        }

        if (!isHeld && sent.Planned is { Position: >= 0, Verdict: not PlayVerdict.PreRollParse })
        {
            _values?.Ended(in sent.Planned, in exchange, isAgain: sent.ResentNumber > 0);
        }

        if (!isHeld && sent.ResentNumber == 0)
        {
            _context.LeaveWire(1);
            Release(ref sent.Planned);
            Record(in sent, in exchange);
            TellEnd(in sent.Planned);
        }

        if (takeOnUser)
        {
            _ = TakeOnUserAsync(_link!);
        }

        Wake();
    }

    // What was on the wire has had no response; whether it had its effect is not known, so it is not sent again.
    private void FailSent(bool timedOut)
    {
        var isFirst = true;
        LoseRetry(timedOut);
        while (TryTakeSent(out var sent))
        {
            if (sent.ResentNumber > 0)
            {
                continue;
            }

            TellLoss();
            lock (_lock)
            {
                _memory.Note(in sent.Planned, succeeded: sent.Planned.ErrorCode == 0);
            }

            Release(ref sent.Planned);
            var reason = _context.Stopping ? RunReason.Interrupted : _context.IsDrained ? RunReason.DrainDeadline : timedOut && isFirst ? RunReason.TimedOut : RunReason.ConnectionLost;
            if (sent.Planned.Position >= 0)
            {
                _context.Recorder.Failed(in sent.Planned, reason);
                TellEnd(in sent.Planned);
            }

            isFirst = false;
        }
    }

    private void Record(in SentExchange sent, in Exchange exchange)
    {
        if (sent.Planned.Position < 0)
        {
            return;
        }

        if (sent.Planned.Verdict != PlayVerdict.PreRollParse)
        {
            _context.Recorder.Replayed(in sent, in exchange);
            return;
        }

        if (exchange.Failed)
        {
            _context.Recorder.Warn("a statement that was prepared before the snapshot could not be prepared in the pre-roll");
        }

        _context.Recorder.Skipped(in sent.Planned, sent.Planned.Reason);
    }

    private bool TryTakeSent(out SentExchange sent)
    {
        lock (_lock)
        {
            if (_sent.Count == 0)
            {
                sent = default;
                return false;
            }

            sent = _sent.Dequeue();
        }

        _context.LeaveWire(sent.ResentNumber == 0 ? 1 : 0);
        return true;
    }

    private void OnNotSent(string? problem)
    {
        SentExchange sent;
        lock (_lock)
        {
            // The connection may have ended in between and taken it with the others.
            if (_sent.Count == 0)
            {
                return;
            }

            sent = _sent.DequeueLast();
            if (sent.ResentNumber > 0)
            {
                // What was sent once can be sent, unless the connection is over, which is about to be told.
                _state = problem is null ? LinkState.Closing : _state;
                _retry!.NotSent();
                return;
            }

            if (problem is null && sent.Planned.Position >= 0)
            {
                // Nothing of it was sent: it goes on the next connection.
                _state = LinkState.Closing;
                PutBack(in sent.Planned);
            }

            Unwrap();
        }

        _context.LeaveWire(1);
        if (problem is null && sent.Planned.Position >= 0)
        {
            return;
        }

        Release(ref sent.Planned);
        if (sent.Planned.Position < 0)
        {
            return;
        }

        _context.Recorder.Warn(problem!);
        _context.Recorder.Skipped(in sent.Planned, RunReason.NotSupported);
        TellEnd(in sent.Planned);
    }

    private async Task TakeOnUserAsync(IPlayerLink link)
    {
        try
        {
            await link.TakeOnUserAsync();
        }
        catch (TargetException e)
        {
            _context.Recorder.Warn($"the captured user could not be taken on again after it was reset: {e.Message}");
        }

        lock (_lock)
        {
            _holding = false;
        }

        Wake();
    }

    private void Close()
    {
        IPlayerLink? link;
        lock (_lock)
        {
            link = _link;
            _link = null;
            _memory.Clear();
        }

        ReleaseSlot(link);
        _context.Admission?.EndSession(Session.Number);
        _context.Admission?.WakeAdmitted();
        _context.Gate.EndSession(this);
        _context.Finished(this);
    }

    private static async Task DisposeAsync(IPlayerLink link) => await link.DisposeAsync();
}
