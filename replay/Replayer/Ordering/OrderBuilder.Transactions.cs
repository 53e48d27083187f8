using System.Runtime.InteropServices;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <content>Where transactions end and begin, and at which isolation level.</content>
public sealed partial class OrderBuilder
{
    // The session is in a transaction after it, but in another than before: COMMIT and ROLLBACK AND CHAIN, which completion_type may mean too, and MySQL's BEGIN, which commits what is open.
    private bool GoesOnInAnother(OrderUnit unit, SessionState session) =>
        unit.TransactionState == TransactionState.Open && !unit.Failed
        && (unit.Control is TransactionControl.Commit or TransactionControl.Rollback || (unit.Control == TransactionControl.Begin && session.InTransaction && !_options.WritesUseSnapshots));

    private static bool WillCommit(OrderUnit unit, SessionState session) =>
        (unit.GoesOnInAnother || unit.TransactionState == TransactionState.Idle || (unit.TransactionState == TransactionState.Unknown && !session.InTransaction))
        && unit.Control != TransactionControl.Rollback && !unit.Failed && (session.Written.Count > 0 || WritesOrLocks(unit));

    private void Isolate(OrderUnit unit, SessionState session)
    {
        if (unit.IsBoundary)
        {
            // What it takes and sets is for the next one. A chained transaction keeps the level.
            LeaveView(session);
            session.TransactionIsolation = unit.Control == TransactionControl.Begin ? IsolationLevel.Unspecified : session.TransactionIsolation;
        }

        if (unit.Isolation == IsolationLevel.Unspecified)
        {
            return;
        }

        session.SessionIsolation = unit.IsolationForSession ? unit.Isolation : session.SessionIsolation;
        session.TransactionIsolation = unit.IsolationForSession ? session.TransactionIsolation : unit.Isolation;
    }

    // InnoDB, SERIALIZABLE: plain reads are FOR SHARE, but for one that is a transaction by itself.
    private static void LockReads(OrderUnit unit)
    {
        for (var i = unit.Accesses.Count - 1; i >= 0; i--)
        {
            var read = unit.Accesses[i];
            if (read.Kind != OrderAccessKind.Read)
            {
                continue;
            }

            unit.Accesses.RemoveAt(i);
            var known = unit.Accesses.Count;
            foreach (var locked in unit.LockingReads)
            {
                if (locked.Table == read.Table)
                {
                    unit.Accesses.Add(locked);
                }
            }

            if (unit.Accesses.Count == known)
            {
                unit.Accesses.Add(new OrderAccess(read.Table, OrderAccessKind.AllShared, 0, ColumnMask.Nothing));
            }
        }
    }

    // After it the session is in a transaction, in none, or in another.
    private void FollowTransaction(OrderUnit unit, SessionState session)
    {
        session.InTransaction = unit.TransactionState switch
        {
            TransactionState.Idle => false,
            TransactionState.Unknown => session.InTransaction && !unit.RolledBack,
            _ => true,
        };
        if (session.InTransaction && !unit.GoesOnInAnother)
        {
            OutrunRoutines(unit, session);
            return;
        }

        if (!unit.IsBoundary)
        {
            LeaveView(session);
        }

        session.EndTransaction();
        session.FirstOrdinal = unit.LastOrdinal + 1;
        if (session.InTransaction)
        {
            Write(unit, session); // of a list or a batch: which of the two it belongs to is not known
        }
        else
        {
            // SET TRANSACTION outside of one is for the next.
            session.TransactionIsolation = unit.Isolation != IsolationLevel.Unspecified && !unit.IsolationForSession ? unit.Isolation : IsolationLevel.Unspecified;
        }
    }

    // InnoDB: each statement of a routine is a transaction by itself unless one is open.
    private bool MayBeSeveral(OrderUnit unit) => !_options.WritesUseSnapshots && unit.Accesses.Exists(static a => a.Table == OrderTables.Everything);

    // A routine that is under way may have changed and let go the rows that unit has locked now. Replayed after unit, as it will end after it, it stands behind these locks until their transaction
    // ends, which so must not wait for it.
    private void OutrunRoutines(OrderUnit unit, SessionState session)
    {
        if (_unknown.Open.Count > 0 && unit.Accesses.Exists(static a => a.Kind is not (OrderAccessKind.Read or OrderAccessKind.DefinitionShared)))
        {
            session.UnknownCommits = Math.Min(session.UnknownCommits, _unknown.Commits);
            session.UnknownStatements = Math.Min(session.UnknownStatements, _unknown.Statements);
        }
    }

    private static void Write(OrderUnit unit, SessionState session)
    {
        foreach (ref readonly var access in CollectionsMarshal.AsSpan(unit.Accesses))
        {
            if (access.IsExclusive && !unit.HasNoEffect)
            {
                session.Write(in access);
                session.Touched.Add(in access);
            }
        }
    }
}
