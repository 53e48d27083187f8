using System.Runtime.InteropServices;
using Replay.Workload;

namespace Replay.Replayer;

/// <content>Who stands in line behind DDL.</content>
public sealed partial class OrderBuilder
{
    // The last DDL, of those under way, that a statement must have come after although it was answered before: its transaction keeps the tables' locks, and had not asked for its end when the DDL had
    // ended. Ordered before, the DDL would wait for its transaction, and that one's commit for the DDL.
    private OrderUnit? StoodBehind(OrderUnit unit)
    {
        OrderUnit? last = null;
        foreach (ref readonly var access in CollectionsMarshal.AsSpan(unit.Accesses))
        {
            if (access.Table != OrderTables.Everything && _options.Level != OrderLevel.Commit)
            {
                foreach (var defining in Table(access.Table).Defining)
                {
                    if (defining.Session != unit.Session && !defining.HasNoEffect && defining.TransactionState == TransactionState.Idle
                        && RowOrder.Outlasts(unit, defining, _known) && (last is null || defining.OrderedAtMicroseconds > last.OrderedAtMicroseconds))
                    {
                        last = defining;
                    }
                }
            }
        }

        if (last is not null)
        {
            Counts.ReorderedByEvidence++;
            unit.Rows.Before.Add(new RowPredecessor(last, last.Session, last.LastOrdinal, OrderEvidence.Locks));
        }

        return last;
    }

    // Not if it stands in line behind a DDL on one of its tables: servers lock a table before they take the statement's snapshot, first come first served.
    private bool HasBegun(OrderUnit open)
    {
        foreach (ref readonly var access in CollectionsMarshal.AsSpan(open.Accesses))
        {
            foreach (var defining in Table(access.Table).Defining)
            {
                if (defining.Session != open.Session && defining.RequestedAtMicroseconds < open.RequestedAtMicroseconds)
                {
                    return false;
                }
            }
        }

        return true;
    }

    // A read that was answered after a DDL had stood in line behind it. Sent before it, it would have the definition's lock until its transaction ends, whose next statement waits for the DDL.
    private void MeetDefinition(OrderUnit unit, SessionState session, TableState table)
    {
        if (table.Definition.Session != 0 && session.IsNews(DependencyKind.Sent, table.Number, table.Definition.Sequence))
        {
            WaitForUnit(unit, table.Definition.Session, table.Definition.Ordinal, table.Definition.Sequence, OrderReason.Table);
        }
    }
}
