using System.Runtime.InteropServices;

namespace Replay.Replayer;

/// <content>
/// Which commits a transaction's view has, where the statement that took it and the commit overlapped: a row that it changed or locked had been committed by whoever wrote it last before
/// the view was taken, else it would have been refused. Known only where that later statement ends, so the wait is told late (<see cref="IOrderSink.AlsoNeeds"/>).
/// </content>
public sealed partial class OrderBuilder
{
    private readonly List<OpenView> _views = []; // that are being taken, or have commits that have not ended
    private readonly Stack<OpenView> _freeViews = new();

    private void BeginView(OrderUnit unit, SessionState session)
    {
        if (!_options.WritesProveViews || _options.Level == OrderLevel.Commit)
        {
            return;
        }

        var view = _freeViews.TryPop(out var free) ? free : new OpenView();
        view.Session = unit.Session;
        view.Ordinal = unit.FirstOrdinal;
        view.Position = unit.FirstPosition;
        view.IsTaken = true;
        session.View = view;
        _views.Add(view);
    }

    // The unit that took it ends; its place is known. What it must not wait for: units that end after it, or that ended after others had begun to wait for its start.
    private void EndView(OrderUnit unit, OpenView view)
    {
        view.IsTaken = false;
        view.Latest = Math.Min(_sequence - 1, unit.FrozenSequence);
        foreach (var commit in _snapshots.Committing)
        {
            Overlap(view, commit, ViewedCommit.UnderWay);
        }

        Drop(view);
    }

    private void LeaveView(SessionState session)
    {
        session.SnapshotTaken = false;
        if (session.View is { } view)
        {
            view.IsOver = true;
            session.View = null;
            if (!_views.Contains(view))
            {
                Free(view);
            }
        }
    }

    private void Drop(OpenView view)
    {
        if (!view.IsTaken && view.UnderWay == 0 && _views.Remove(view) && view.IsOver)
        {
            Free(view);
        }
    }

    private void Free(OpenView view)
    {
        view.Reset();
        if (_freeViews.Count < MaxPooled)
        {
            _freeViews.Push(view);
        }
    }

    private void Overlap(OpenView view, OrderUnit commit, long place)
    {
        var session = _sessions[commit.Session];
        if (commit.Session == view.Session || session.HasUndone)
        {
            return;
        }

        if (view.Commits.Count == OpenView.MaxCommits)
        {
            Counts.ForgottenViewCommits++;
            return;
        }

        var wrote = session.Touched;
        foreach (ref readonly var access in CollectionsMarshal.AsSpan(commit.Accesses))
        {
            wrote.Add(in access);
        }

        view.UnderWay += place == ViewedCommit.UnderWay ? 1 : 0;
        view.Commits.Add(new ViewedCommit { Session = commit.Session, FirstOrdinal = session.FirstOrdinal, Ordinal = commit.LastOrdinal, Place = place, EndedFirst = place != ViewedCommit.UnderWay, Wrote = wrote });
    }

    // A commit ends while views are being taken, or after they were.
    private void CommitAmongViews(OrderUnit unit)
    {
        var place = unit.TakesSnapshot ? _sequence : Math.Min(unit.Place, _sequence);
        for (var i = _views.Count - 1; i >= 0; i--)
        {
            var view = _views[i];
            if (view.IsTaken)
            {
                Overlap(view, unit, place);
                continue;
            }

            foreach (ref var commit in CollectionsMarshal.AsSpan(view.Commits))
            {
                if (commit.Place == ViewedCommit.UnderWay && commit.Session == unit.Session)
                {
                    commit.Place = place;
                    view.UnderWay--;
                    if (commit.IsProven)
                    {
                        Tell(view, ref commit, unit);
                    }
                }
            }

            Drop(view);
        }
    }

    // What unit has done shows what its transaction's view has. Before it takes its own place among those that touched these rows.
    private void Prove(OrderUnit unit, OpenView view)
    {
        if (unit.Failed || unit.Rows.Found <= 0 || view.Commits.Count == 0)
        {
            return;
        }

        var writes = WritesOrLocks(unit);
        foreach (ref readonly var access in CollectionsMarshal.AsSpan(unit.Accesses))
        {
            var isChecked = access.Kind == OrderAccessKind.KeyInsert || (access.Kind == OrderAccessKind.KeyShared && writes);
            var isRow = isChecked || access.IsOneRow || access.Kind == OrderAccessKind.KeyShared;
            if (isChecked)
            {
                if (_options.WritesUseSnapshots)
                {
                    continue; // PostgreSQL looks for duplicates and parents in what is committed, InnoDB locks them
                }
            }
            else if (isRow ? !unit.HasFoundAll : access.Kind != OrderAccessKind.Predicate && !(access.Kind == OrderAccessKind.Barrier && unit.KeyedRows > 0))
            {
                continue;
            }

            var anyRow = !isRow || access.Kind == OrderAccessKind.OtherKeyExclusive || _options.Level == OrderLevel.Table;
            var writer = isRow && _options.Level == OrderLevel.Key ? _keys.Writer(access.Key, access.Table) : default;
            foreach (ref var commit in CollectionsMarshal.AsSpan(view.Commits))
            {
                // That it may have been a row of this commit proves nothing, but if the commit ended first nothing speaks against it.
                if (!commit.IsTold && (commit.Has(writer.Session, writer.Ordinal) || (commit.EndedFirst && commit.Wrote.Has(access.Table, anyRow))))
                {
                    Tell(view, ref commit, unit);
                }
            }
        }
    }

    private void Tell(OpenView view, ref ViewedCommit commit, OrderUnit unit)
    {
        commit.IsProven = true;
        if (commit.Place == ViewedCommit.UnderWay)
        {
            return; // once it has ended
        }

        commit.IsTold = true;
        if (commit.Place > view.Latest)
        {
            Counts.UndecidedViews++;
            return;
        }

        Counts.ProvenViews++;
        var need = OrderDependency.OnEnd(commit.Session, commit.Ordinal, OrderReason.Visibility);
        if (unit.Session == view.Session && unit.FirstOrdinal == view.Ordinal)
        {
            _dependencies.Add(need);
        }
        else
        {
            Counts.Add(need.Reason);
            _sink.AlsoNeeds(new LateNeed(view.Session, view.Ordinal, view.Position, need));
        }
    }
}
