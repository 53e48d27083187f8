using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>One MySQL session's transactions, as far as the server's log has them.</summary>
internal sealed class LoggedSession(LogJoin join)
{
    private LoggedPlace? _place; // of the open transaction
    private LogUse _use;
    private bool _isOpen;

    /// <summary>Whether the statements of an exchange are found in the log.</summary>
    public LogUse UseOf(in Exchange exchange, TextAccess access, OrderUnit unit)
    {
        var use = LogUse.Never;
        foreach (var statement in access.Statements)
        {
            use = UseOf(in exchange, statement, unit) is var one && one > use ? one : use;
        }

        return exchange.Failed || access.Statements.Count > 1 ? (LogUse)Math.Min((byte)use, (byte)LogUse.Maybe) : use;
    }

    /// <summary>The session's next unit: gives it its transaction's place, which is known once that is committed.</summary>
    public void Follow(OrderUnit unit)
    {
        var wasOpen = _isOpen;
        _isOpen = unit.TransactionState == TransactionState.Open || (unit.TransactionState == TransactionState.Unknown && _isOpen); // preparing a statement tells nothing
        if (unit.Failed || unit.Control == TransactionControl.RollbackToSavepoint)
        {
            // Nor does an error say whether it rolled back the transaction. Whose locks went with a savepoint is not known: InnoDB gives up those of rows that it restores.
            End(unit, isCommit: false);
            _use = _isOpen ? LogUse.Maybe : LogUse.Never;
            return;
        }

        if (unit.Control is TransactionControl.Commit or TransactionControl.Rollback || (wasOpen && unit.Control == TransactionControl.Begin))
        {
            End(unit, isCommit: unit.Control != TransactionControl.Rollback);
            return;
        }

        if (unit.Accesses.Count > 0)
        {
            unit.Rows.Logged = _place ??= new LoggedPlace();
            _use = unit.Rows.LogUse > _use ? unit.Rows.LogUse : _use;
        }
        else if (_use == LogUse.Certain && !_isOpen)
        {
            _use = LogUse.Maybe; // SET autocommit = 1 commits what was written, COM_RESET_CONNECTION does not
        }

        if (!_isOpen)
        {
            End(unit, isCommit: true);
        }
    }

    private void End(OrderUnit unit, bool isCommit)
    {
        var number = isCommit ? join.Find(unit.Session, unit.RequestedAtMicroseconds, unit.EndedAtMicroseconds, _use) : 0;
        if (_place is not null)
        {
            _place.Number = number;
        }

        _place = null;
        _use = LogUse.Never;
    }

    private LogUse UseOf(in Exchange exchange, StatementAccess statement, OrderUnit unit)
    {
        switch (statement.Verb)
        {
            case AccessVerb.Session or AccessVerb.Transaction or AccessVerb.LockTable:
                return LogUse.Never;
            case AccessVerb.Select:
                // A function may write.
                return statement.Functions.Count > 0 && unit.Accesses.Exists(static a => a.Kind is OrderAccessKind.Barrier or OrderAccessKind.Predicate or OrderAccessKind.Append or OrderAccessKind.KeyInsert)
                    ? LogUse.Maybe
                    : LogUse.Never;
            case AccessVerb.Insert or AccessVerb.Delete when exchange.Affected > 0 && statement.Tables is [{ Use: not TableUse.Upsert }, ..]:
                return LogUse.Certain;
            case AccessVerb.Update when exchange.Affected > 0 && (!join.CountsFoundRows(exchange.Session) || statement.Tables.Any(static t => t.Set?.Any(static s => s.Step is not null) == true)):
                return LogUse.Certain;
            default:
                return LogUse.Maybe;
        }
    }
}
