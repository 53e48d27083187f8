using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>One PostgreSQL session's transactions: gives those that must be in its database's log to a <see cref="DecodedJoin"/> when they are committed.</summary>
internal sealed class DecodedSession(DecodedJoin join)
{
    private WrittenRows? _written; // by the open transaction
    private LoggedPlace? _place;
    private bool _isOpen;
    private bool _hasFailed;

    /// <summary>The session's next unit: gives it its transaction's place, which is known some time after that was committed.</summary>
    public void Follow(OrderUnit unit)
    {
        var (wasOpen, hadFailed) = (_isOpen, _hasFailed);
        _isOpen = unit.TransactionState is TransactionState.Open or TransactionState.Failed || (unit.TransactionState == TransactionState.Unknown && _isOpen);
        _hasFailed = unit.TransactionState == TransactionState.Failed || (unit.TransactionState == TransactionState.Unknown && _hasFailed);
        if (unit.Failed || unit.Control is TransactionControl.RollbackToSavepoint or TransactionControl.TwoPhase)
        {
            // Which locks and rows went with the savepoint is not told.
            _place = null;
            _written = _isOpen ? _written : null;
            _written?.Doubt();
            return;
        }

        var isOne = unit.FirstOrdinal == unit.LastOrdinal;
        if (unit.Control is TransactionControl.Commit or TransactionControl.Rollback || (wasOpen && unit.Control == TransactionControl.Begin))
        {
            // Of a batch it is not known what came before its COMMIT.
            End(unit, isCommit: unit.Control == TransactionControl.Commit && isOne && wasOpen && !hadFailed);
            return;
        }

        if (unit.Accesses.Count > 0)
        {
            unit.Rows.Logged = _place ??= new LoggedPlace { Evidence = OrderEvidence.LogicalDecoding };
        }

        if (unit.Rows.Written is { } written)
        {
            if (_written is null)
            {
                (_written, unit.Rows.Written) = (written, null);
            }
            else
            {
                _written.Append(written);
            }
        }

        if (!_isOpen)
        {
            End(unit, isCommit: true);
        }
    }

    private void End(OrderUnit unit, bool isCommit)
    {
        if (isCommit && _place is not null && _written is { IsCertain: true } written)
        {
            join.Add(written, unit.RequestedAtMicroseconds, unit.EndedAtMicroseconds, _place);
        }

        _place = null;
        _written = null;
    }
}
