using Replay.Workload;

namespace Replay.Replayer;

/// <content>The query that an exchange needs before it, for its values or for the transaction's state: sent in the think time before, outside of every latency.</content>
public sealed partial class SessionPlayer
{
    /// <summary>How long such a query may take: 30 s.</summary>
    public const long PrepareWithinMicroseconds = 30_000_000;

    /// <summary>Its tag.</summary>
    internal const long PrepareTag = -3;

    private readonly ISessionValues? _values;
    private readonly TransactionFollower _transaction;
    private string? _preparation;
    private long _preparedFor = -1;
    private long _judgedFor = -1;
    private long _placedFor = -1;
    private bool _placing;
    private bool _isRemedy;
    private long _preparingSinceMicroseconds = long.MaxValue;

    // Where a transaction failed on one side only.
    private bool LeavesOut(ref PlannedExchange head)
    {
        if (_judgedFor == head.Position)
        {
            return false;
        }

        _judgedFor = head.Position;
        head.Reason = _transaction.Judge(in head);
        head.Verdict = head.Reason == RunReason.None ? head.Verdict : PlayVerdict.Skip;
        if (head.Reason == RunReason.VictimInCapture)
        {
            _retry?.LeftOut(in head);
        }

        return head.Reason != RunReason.None;
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
        if (link.TrySendText(_preparation!, tag))
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
        if (!_isRemedy)
        {
            _values!.Prepared(in exchange);
        }

        lock (_lock)
        {
            if (_isRemedy)
            {
                _transaction.Remedied();
                _retry?.Follow(exchange.TransactionState);
                _isRemedy = false;
            }

            _holding = false;
            _preparingSinceMicroseconds = long.MaxValue;
            // What it delays is not the replayer's lag.
            _lastEndedMicroseconds = exchange.EndedAtMicroseconds;
        }

        Wake();
    }
}
