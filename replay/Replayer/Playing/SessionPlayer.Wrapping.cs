namespace Replay.Replayer;

/// <content>
/// What is written outside of a transaction is put into one that is rolled back (<see cref="TransactionMode.Rollback"/>). BEGIN goes in the think time before, as other
/// queries of the replayer's own; ROLLBACK at once after the response.
/// </content>
public sealed partial class SessionPlayer
{
    private long _dutyFor = -1;
    private bool _isBegin; // the query that is out begins such a transaction, or rolls back one before it
    private bool _isWrapped;
    private bool _controlsInBatch;

    // Behind the first exchange of a batch nothing can be put in; a batch that begins its own transaction needs nothing.
    private bool WouldStay(in PlannedExchange head) =>
        head.Duty == TransactionDuty.Wrap && _openBatch >= 0 && head.Batch == _openBatch && !_isWrapped && !_controlsInBatch && !_unit.InTransaction;

    // Null if nothing has to be done before the exchange.
    private Step? DutyStep(in PlannedExchange head, long now)
    {
        if (_isWrapped && _openBatch < 0 && _dutyFor != head.Position)
        {
            return Step.Wait; // until the transaction before it is rolled back
        }

        if (head.Duty == TransactionDuty.None || _openBatch >= 0 || _dutyFor == head.Position)
        {
            return null;
        }

        var isWrap = head.Duty == TransactionDuty.Wrap;
        if (isWrap ? _unit.InTransaction : !_transaction.IsOpen)
        {
            return null;
        }

        if (_sent.Count > 0)
        {
            return Step.Wait;
        }

        _dutyFor = head.Position;
        _isWrapped = isWrap;
        _preparation = isWrap ? "BEGIN" : "ROLLBACK";
        _isBegin = _holding = true;
        _preparingSinceMicroseconds = now;
        return Step.Prepare;
    }

    // An exchange was given to the connection.
    private void FollowBatch(in PlannedExchange planned) =>
        _controlsInBatch = planned.ControlsTransaction || (_controlsInBatch && _openBatch >= 0);

    // An exchange was answered: the transaction that was put around it ends with the last of its batch, unless the workload has begun one meanwhile.
    private void Unwrap()
    {
        if (!_isWrapped || _sent.Count > 0 || _openBatch >= 0)
        {
            return;
        }

        _isWrapped = false;
        if (!_unit.InTransaction)
        {
            _transaction.RollBack();
        }
    }
}
