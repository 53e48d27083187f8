namespace Replay.Replayer;

/// <content>How many transactions may be in flight (<c>--concurrency</c>): a transaction, or what is outside of any, asks before it begins and tells when it has ended.</content>
public sealed partial class SessionPlayer
{
    private bool _isAdmitted;
    private long _admittedFor = -1;
    private long _admissionSince = long.MinValue; // when the one that asked last had to wait
    private int _sessionLocks;

    private bool HasBegun => _unit.IsOpen || _sent.Count > 0 || _sessionLocks > 0;

    // The exchange may go but for the limit.
    private bool Enters(Admission admission, in PlannedExchange head, long now)
    {
        if (_admittedFor != head.Position)
        {
            _admittedFor = head.Position;
            _admissionSince = long.MinValue;
        }

        _isAdmitted = admission.TryEnter(this, in head, HasBegun);
        if (!_isAdmitted && _admissionSince == long.MinValue)
        {
            _admissionSince = now;
        }

        return _isAdmitted;
    }

    // A session that keeps locks between transactions is in one until it has given them up: others may stand behind them.
    private void LeaveIfEnded()
    {
        var isNext = _queue.Count > 0 && _queue.Head.Position == _admittedFor; // let in, and not sent yet
        if (isNext || HasBegun || _openBatch >= 0 || _holding || _isWrapped || _transaction.Remedy is not null)
        {
            return;
        }

        _isAdmitted = false;
        _context.Admission!.Leave(Session.Number);
    }
}
