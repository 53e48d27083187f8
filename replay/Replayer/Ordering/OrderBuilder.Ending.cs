using System.Runtime.InteropServices;
using Replay.Sql;

namespace Replay.Replayer;

/// <content>What is decided where a unit ends.</content>
public sealed partial class OrderBuilder
{
    private void End(OrderUnit unit, long now)
    {
        if (StoodBehind(unit) is { } definition)
        {
            _ends.Push(unit, definition.OrderedAtMicroseconds);
            return;
        }

        var session = _sessions[unit.Session];
        unit.OrderedAtMicroseconds = now;
        _dependencies.Clear();
        _marks.Clear();
        _dependencies.AddRange(unit.Needs);

        if (_options.Level != OrderLevel.Commit)
        {
            MeetOpen(unit, session);
            _sequence++;
            Number(unit);
            unit.CountRows();
            if (session.View is { } view)
            {
                if (unit.TakesSnapshot)
                {
                    EndView(unit, view);
                }

                Prove(unit, view);
            }

            foreach (ref readonly var access in CollectionsMarshal.AsSpan(unit.Accesses))
            {
                Meet(unit, session, in access);
            }
        }

        Account(unit, session);
        _sink.Ordered(unit, CollectionsMarshal.AsSpan(_dependencies), CollectionsMarshal.AsSpan(_marks));
        Pending--;
        session.Outstanding = null;
        var number = unit.Session;
        Rows?.Remove(unit);
        Return(unit);
        if (session.Deferred.TryDequeue(out var next))
        {
            Start(next, now);
        }
        else
        {
            Forget(number, session);
        }
    }

    // Its places in the counts of its tables; from here on TableState.Statements includes it.
    private void Number(OrderUnit unit)
    {
        if (unit.Accesses.Count > 0)
        {
            Mark(_everything);
        }

        if (unit.TakesSnapshot)
        {
            Mark(_snapshots);
        }

        _unknown.Open.Remove(unit);

        _stamp++;
        foreach (ref readonly var access in CollectionsMarshal.AsSpan(unit.Accesses))
        {
            var table = Table(access.Table);
            if (table.Stamp == _stamp)
            {
                continue;
            }

            table.Stamp = _stamp;
            table.Defining.Remove(unit);
            if (table.Open.Remove(unit))
            {
                MeetCommitting(unit, table);
            }

            Mark(table == _everything ? _unknown : table); // Everything counts all units
        }

        void Mark(TableState table) => _marks.Add(new OrderMark(DependencyKind.Statements, table.Number, ++table.Statements));
    }

    private void Account(OrderUnit unit, SessionState session)
    {
        Counts.Units++;
        Counts.Add(unit.Unreproducible);
        foreach (ref readonly var dependency in CollectionsMarshal.AsSpan(_dependencies))
        {
            Counts.Add(dependency.Reason);
        }

        foreach (ref readonly var access in CollectionsMarshal.AsSpan(unit.Accesses))
        {
            Counts.TouchEverything += access.Table == OrderTables.Everything ? 1 : 0;
        }

        Write(unit, session);
        session.HasUndone |= unit.Control == TransactionControl.RollbackToSavepoint;
        if (unit.Commits)
        {
            CommitAmongViews(unit);
            if (session.FirstOrdinal < unit.FirstOrdinal && (session.AddedKeys.Count > 0 || session.HasManyKeys))
            {
                _adding.Add(new AddingCommit(unit.Session, session.FirstOrdinal, unit.LastOrdinal, _sequence, unit.OrderedAtMicroseconds));
            }

            foreach (var (written, _) in session.Written)
            {
                var counted = written == OrderTables.Everything ? _unknown : Table(written); // Everything counts all commits
                _marks.Add(new OrderMark(DependencyKind.Commits, counted.Number, ++counted.Commits));
            }

            _marks.Add(new OrderMark(DependencyKind.Commits, OrderTables.Everything, ++_everything.Commits));
        }

        FollowTransaction(unit, session);
    }

    // Statements that started and have not ended decided by what they saw then.
    private void MeetOpen(OrderUnit unit, SessionState session)
    {
        if (unit.Commits)
        {
            EndCommitting(unit, session);
            foreach (var (written, _) in session.Written)
            {
                foreach (var open in Table(written).Open)
                {
                    if (open.Session != unit.Session && HasBegun(open) && Minds(open, unit, session, written))
                    {
                        Unseen(unit, open, written);
                    }
                }
            }
        }

        foreach (ref readonly var access in CollectionsMarshal.AsSpan(unit.Accesses))
        {
            if (!access.IsExclusive)
            {
                continue;
            }

            foreach (var open in Table(access.Table).Open)
            {
                if (open.Session != unit.Session && HasBegun(open))
                {
                    MeetOpen(unit, session, in access, open);
                }
            }
        }
    }

    private void MeetOpen(OrderUnit unit, SessionState session, in OrderAccess access, OrderUnit open)
    {
        var adds = access.Kind is OrderAccessKind.KeyInsert or OrderAccessKind.Append;
        if (!Locks(open, access.Table) || adds)
        {
            if (unit.Commits && Minds(open, unit, session, access.Table))
            {
                Unseen(unit, open, access.Table);
            }

            return;
        }

        if (!open.IsFrozen && unit.OrderedAtMicroseconds > open.RequestedAtMicroseconds + _options.StartLimitMicroseconds)
        {
            Freeze(open);
        }

        // A row that both change was this unit's first, else it could not have ended. Where the other can no longer wait for it, nobody knows: what was sent
        // later goes later. What was sent before it may not be made to wait: the other would have the row's lock before it.
        if (open.IsFrozen && unit.RequestedAtMicroseconds > open.RequestedAtMicroseconds && MayStartBefore(open, unit))
        {
            AddStart(unit, open);
        }

        if (open.IsFrozen || (unit.Commits && Minds(open, unit, session, access.Table)))
        {
            Ambiguous(unit, open, access.Table); // if it waits for unit, what it sees is shifted
        }
    }

    private static bool Locks(OrderUnit open, int table)
    {
        foreach (ref readonly var access in CollectionsMarshal.AsSpan(open.Accesses))
        {
            if (access.Table == table && access.Kind == OrderAccessKind.Predicate)
            {
                return true;
            }
        }

        return false;
    }

    // Whether it matters to what open saw at its start that this commit shows what its transaction did to the table. One that looked for a row and found none cares for that row only.
    private static bool Minds(OrderUnit open, OrderUnit commits, SessionState session, int table)
    {
        foreach (ref readonly var look in CollectionsMarshal.AsSpan(open.Accesses))
        {
            if (look.Table == table && (look.Kind is OrderAccessKind.Predicate or OrderAccessKind.ReadForWrite
                ? (look.Looks & SetsOf(commits, session, table)) != 0
                : FoundNoRow(open, in look) && (session.MayHaveAdded(table, look.Key) || Adds(commits, look))))
            {
                return true;
            }
        }

        return false;
    }

    // It may have: nothing was changed, or a foreign key's parent was missed. What it saw at its start decided that.
    private static bool FoundNoRow(OrderUnit unit, in OrderAccess access) => (access.IsOneRow && unit.ChangedNothing) || (access.Kind == OrderAccessKind.KeyShared && unit.HasNoEffect);

    private static uint SetsOf(OrderUnit commits, SessionState session, int table)
    {
        var sets = ColumnMask.Nothing;
        foreach (var (written, mask) in session.Written)
        {
            sets |= written == table ? mask : ColumnMask.Nothing;
        }

        foreach (ref readonly var access in CollectionsMarshal.AsSpan(commits.Accesses))
        {
            sets |= access.Table == table && access.IsExclusive ? access.Sets : ColumnMask.Nothing;
        }

        return sets;
    }

    private static bool Adds(OrderUnit unit, in OrderAccess row)
    {
        foreach (ref readonly var access in CollectionsMarshal.AsSpan(unit.Accesses))
        {
            if (access.Table == row.Table && ((access.Kind == OrderAccessKind.KeyInsert && access.Key == row.Key) || access.Kind is OrderAccessKind.Barrier or OrderAccessKind.Definition))
            {
                return true;
            }
        }

        return false;
    }

    // The commit of unit came while open ran.
    private void Unseen(OrderUnit unit, OrderUnit open, int table)
    {
        // A unit for whose start others wait cannot wait for a start that may come after those have ended.
        if (unit.RequestedAtMicroseconds <= open.RequestedAtMicroseconds || !MayStartBefore(open, unit))
        {
            Ambiguous(unit, open, table);
            return;
        }

        if (!open.IsFrozen)
        {
            Freeze(open);
        }

        DoubtStart(open, unit, table);
        AddStart(unit, open);
    }

    // The statement goes first all the same: it was sent first.
    private void DoubtStart(OrderUnit statement, OrderUnit commit, int table)
    {
        if (commit.RequestedAtMicroseconds - statement.RequestedAtMicroseconds <= _options.LateStartMicroseconds)
        {
            Ambiguous(statement, commit, table);
        }
    }

    // unit ends, and goes after the start of open, which is frozen.
    private void AddStart(OrderUnit unit, OrderUnit open)
    {
        unit.Place = Math.Max(unit.Place, open.FrozenSequence + 1);
        _dependencies.Add(OrderDependency.OnSent(open.Session, open.FirstOrdinal, OrderReason.Start));
    }

    private void EndCommitting(OrderUnit unit, SessionState session)
    {
        _snapshots.Committing.Remove(unit);
        foreach (var (written, _) in session.Written)
        {
            Table(written).Committing.Remove(unit);
        }

        foreach (ref readonly var access in CollectionsMarshal.AsSpan(unit.Accesses))
        {
            Table(access.Table).Committing.Remove(unit);
        }
    }

    // The other way round: unit, which decided by what it saw at its start, ends while commits are on their way.
    private void MeetCommitting(OrderUnit unit, TableState table)
    {
        foreach (var committing in table.Committing)
        {
            if (committing.Session == unit.Session || !Minds(unit, committing, _sessions[committing.Session], table.Number))
            {
                continue;
            }

            if (committing.RequestedAtMicroseconds <= unit.RequestedAtMicroseconds || !MayStartBefore(unit, committing))
            {
                Ambiguous(unit, committing, table.Number);
            }
            else
            {
                DoubtStart(unit, committing, table.Number);
                committing.Place = Math.Max(committing.Place, Math.Min(unit.FrozenSequence, _sequence) + 1);
                committing.Needs.Add(OrderDependency.OnSent(unit.Session, unit.FirstOrdinal, OrderReason.Start));
            }
        }
    }

    // Whether second may wait for the start of first. A start lies where the unit was frozen, at the latest now; of two that were frozen together the
    // captured order holds. So waits for starts go forward too.
    private bool MayStartBefore(OrderUnit first, OrderUnit second)
    {
        var latest = Math.Min(first.FrozenSequence, _sequence);
        return latest < second.FrozenSequence
            || (latest == second.FrozenSequence
                && (first.RequestedAtMicroseconds, first.Session).CompareTo((second.RequestedAtMicroseconds, second.Session)) < 0);
    }

    // From now on it waits for nothing that has not ended already: somebody waits for its start.
    private void Freeze(OrderUnit open)
    {
        open.FrozenSequence = _sequence;
        foreach (ref readonly var access in CollectionsMarshal.AsSpan(open.Accesses))
        {
            open.FrozenCounts.Add((access.Table, Table(access.Table).Statements));
        }
    }

    private void Ambiguous(OrderUnit first, OrderUnit second, int table)
    {
        Counts.AmbiguousPairs++;
        _sink.Ambiguous(new AmbiguousPair(first.Session, first.LastOrdinal, second.Session, second.LastOrdinal, table, 0));
    }
}
