namespace Replay.Replayer;

/// <content>Conflicts between accesses, by the order of ends.</content>
public sealed partial class OrderBuilder
{
    private void Meet(OrderUnit unit, SessionState session, in OrderAccess access)
    {
        if (access.Kind is OrderAccessKind.Read or OrderAccessKind.ReadForWrite or OrderAccessKind.DefinitionShared)
        {
            MeetDefinition(unit, session, Table(access.Table)); // its place among commits was settled at its start
            return;
        }

        var table = Table(access.Table);
        if (table != _everything)
        {
            MeetWhole(unit, session, _everything, OrderReason.Everything);
        }

        MeetWhole(unit, session, table, OrderReason.Table);
        switch (access.Kind)
        {
            case OrderAccessKind.AllShared:
                WaitForStatements(unit, session, table, Math.Max(table.RowExclusive, table.OtherKeys), OrderReason.Table);
                table.WholeShared = table.Statements;
                break;
            case OrderAccessKind.Predicate or OrderAccessKind.Barrier or OrderAccessKind.Definition:
                if (access.Kind == OrderAccessKind.Definition)
                {
                    WaitForStatements(unit, session, table, table.Statements - 1, OrderReason.Table); // readers too
                }

                MeetRows(unit, session, table, table.OtherKeys, Changes(unit, in access));
                if (!Changes(unit, in access))
                {
                    table.WholeShared = table.Statements;
                }
                else
                {
                    table.Whole = Last(unit);
                    table.Definition = access.Kind == OrderAccessKind.Definition ? table.Whole : table.Definition;
                }

                break;
            case OrderAccessKind.OtherKeyExclusive:
                MeetRows(unit, session, table, 0, Changes(unit, in access));
                if (Changes(unit, in access))
                {
                    table.OtherKeys = table.Statements;
                    table.OtherRows.Add(Last(unit));
                }
                else
                {
                    table.RowShared = table.Statements;
                }

                Key(unit, session, table, in access);
                break;
            default:
                MeetKey(unit, session, table, in access);
                break;
        }
    }

    private void MeetKey(OrderUnit unit, SessionState session, TableState table, in OrderAccess access)
    {
        if (Changes(unit, in access))
        {
            WaitForStatements(unit, session, table, table.WholeShared, OrderReason.Table);
            table.RowExclusive = table.Statements;
            table.Rows.Add(Last(unit));
        }
        else
        {
            table.RowShared = table.Statements;
        }

        if (access.Kind is OrderAccessKind.KeyExclusive or OrderAccessKind.KeyShared && table.OtherKeys > 0)
        {
            WaitForStatements(unit, session, table, table.OtherKeys, OrderReason.Table);
            Doubt(unit, table.OtherRows.All, table.Number);
        }

        if (access.Kind != OrderAccessKind.Append)
        {
            Key(unit, session, table, in access);
        }
    }

    private void Key(OrderUnit unit, SessionState session, TableState table, in OrderAccess access)
    {
        var key = _options.Level == OrderLevel.Table ? ulong.MaxValue : access.Key; // one key stands for all
        ref var entry = ref _keys.Get(key, access.Table, out var forgotten, out var isNew);
        if (isNew)
        {
            WaitForStatements(unit, session, table, table.ForgottenThrough, OrderReason.Key);
        }
        else if (entry.Session != 0)
        {
            WaitForUnit(unit, entry.Session, entry.Ordinal, entry.Sequence, OrderReason.Key);
            Doubt(unit, in entry, key);
            FollowAdder(unit, in access, in entry);
            if (entry.Sequence > unit.FrozenSequence)
            {
                // The key's last one before unit was frozen is not known any more.
                WaitForStatements(unit, session, table, long.MaxValue, OrderReason.Key);
            }
        }

        if (forgotten.Key != 0)
        {
            Counts.ForgottenKeys++;
            var owner = Table(forgotten.Table);
            owner.ForgottenThrough = Math.Max(owner.ForgottenThrough, forgotten.Number);
        }

        var changes = Changes(unit, in access);
        if (changes)
        {
            if (entry.SharedCount == 1)
            {
                WaitForUnit(unit, entry.SharedSession, entry.SharedOrdinal, entry.Touched, OrderReason.Key);
            }
            else if (entry.SharedCount > 1)
            {
                WaitForStatements(unit, session, table, entry.SharedNumber, OrderReason.Key);
            }
        }

        if (changes)
        {
            var adds = access.Kind == OrderAccessKind.KeyInsert;
            entry.IsInsert = adds || (entry.IsInsert && entry.Session == unit.Session && entry.Ordinal >= session.FirstOrdinal);
            entry.Session = unit.Session;
            entry.Ordinal = unit.LastOrdinal;
            entry.Sequence = _sequence;
            entry.EndedAt = unit.OrderedAtMicroseconds;
            entry.HasEvidence = unit.HasEvidence;
            entry.IsWritten = access.Sets != ColumnMask.Nothing && (adds ? unit.Rows.Found > 0 : unit.HasFoundAll);
            entry.SharedCount = 0;
        }
        else
        {
            entry.SharedCount++;
            entry.SharedSession = unit.Session;
            entry.SharedOrdinal = unit.LastOrdinal;
            entry.SharedNumber = table.Statements;
        }

        entry.Number = table.Statements;
        entry.Touched = _sequence;
    }

    // Those that found their row gone, or failed, left it as it was: they wait for who changed it last, and not for each other. Dozens of them may have stood behind one
    // transaction that took the row away, whose commit must not be asked for before all of them have been sent.
    private static bool Changes(OrderUnit unit, in OrderAccess access) =>
        access.IsExclusive && !unit.HasNoEffect && (access.Kind is OrderAccessKind.KeyInsert or OrderAccessKind.Append || !unit.FoundNoRow);

    // Two that overlapped and answered together; or one that found nothing while the other added it.
    private void Doubt(OrderUnit unit, in KeyEntry entry, ulong key)
    {
        var overlap = entry.Session != unit.Session && entry.EndedAt >= unit.RequestedAtMicroseconds && !(entry.HasEvidence && unit.HasEvidence);
        if (overlap && (AreClose(entry.EndedAt, unit) || (entry.IsInsert && (unit.ChangedNothing || unit.HasNoEffect))))
        {
            if (Rows?.EvidenceOf(entry.Session, entry.Ordinal, unit, key) is { } evidence and not OrderEvidence.None)
            {
                Counts.Add(evidence);
                return;
            }

            Counts.AmbiguousPairs++;
            _sink.Ambiguous(new AmbiguousPair(entry.Session, entry.Ordinal, unit.Session, unit.LastOrdinal, entry.Table, key));
        }
    }

    // Too close to tell which was first. A transaction of several statements still had its locks when a statement of it was answered, so no other can have come between.
    private bool AreClose(long endedAt, OrderUnit unit) =>
        unit.OrderedAtMicroseconds - endedAt <= (unit.Commits ? _options.LateAnswerMicroseconds : _options.AmbiguousMicroseconds);

    private void MeetWhole(OrderUnit unit, SessionState session, TableState table, OrderReason reason)
    {
        // The kind Ended stands in the session's memory for the last unit that touched the whole table.
        if (table.Whole.Session != 0 && !unit.IsFrozen && session.IsNews(DependencyKind.Ended, table.Number, table.Whole.Sequence))
        {
            WaitForUnit(unit, table.Whole.Session, table.Whole.Ordinal, table.Whole.Sequence, reason);
            Doubt(unit, in table.Whole, table.Number);
        }
        else if (table.Whole.Session != 0 && unit.IsFrozen)
        {
            WaitForUnit(unit, table.Whole.Session, table.Whole.Ordinal, table.Whole.Sequence, reason);
        }
    }

    private void MeetRows(OrderUnit unit, SessionState session, TableState table, long otherKeys, bool changes)
    {
        if (table == _everything)
        {
            WaitForStatements(unit, session, table, table.Statements - 1, OrderReason.Everything);
            return;
        }

        var shared = changes ? Math.Max(table.RowShared, table.WholeShared) : 0;
        WaitForStatements(unit, session, table, Math.Max(Math.Max(table.RowExclusive, otherKeys), shared), OrderReason.Table);
        Doubt(unit, table.Rows.All, table.Number);
    }

    private void Doubt(OrderUnit unit, ReadOnlySpan<LastUnit> recent, int table)
    {
        foreach (ref readonly var last in recent)
        {
            Doubt(unit, in last, table);
        }
    }

    private void Doubt(OrderUnit unit, in LastUnit last, int table)
    {
        if (last.Session != unit.Session && last.EndedAt >= unit.RequestedAtMicroseconds && !(last.HasEvidence && unit.HasEvidence) && AreClose(last.EndedAt, unit))
        {
            if (unit.Rows.EvidenceOf(last.Session, last.Ordinal) is var evidence and not OrderEvidence.None)
            {
                Counts.Add(evidence);
                return;
            }

            Counts.AmbiguousPairs++;
            _sink.Ambiguous(new AmbiguousPair(last.Session, last.Ordinal, unit.Session, unit.LastOrdinal, table, 0));
        }
    }

    private void WaitForUnit(OrderUnit unit, int session, int ordinal, long sequence, OrderReason reason)
    {
        if (session == unit.Session)
        {
            return; // before it in its session anyhow, or itself
        }

        if (sequence > unit.FrozenSequence)
        {
            Counts.AmbiguousPairs++;
            _sink.Ambiguous(new AmbiguousPair(session, ordinal, unit.Session, unit.LastOrdinal, OrderTables.Everything, 0));
            return;
        }

        unit.Place = Math.Max(unit.Place, sequence);
        _dependencies.Add(OrderDependency.OnEnd(session, ordinal, reason));
    }

    // Statements includes this unit already, which cannot wait for itself.
    private void WaitForStatements(OrderUnit unit, SessionState session, TableState table, long through, OrderReason reason)
    {
        through = Math.Min(through, table.Statements - 1);
        if (unit.IsFrozen)
        {
            var most = 0L;
            foreach (var (number, statements) in unit.FrozenCounts)
            {
                most = number == table.Number ? statements : most;
            }

            through = Math.Min(through, most);
        }

        if (through > 0 && session.IsNews(DependencyKind.Statements, table.Number, through))
        {
            unit.Place = Math.Max(unit.Place, _sequence); // whose they are is not known any more
            _dependencies.Add(OrderDependency.OnStatements(table.Number, through, reason));
        }
    }

    private LastUnit Last(OrderUnit unit) => new()
    {
        Session = unit.Session,
        Ordinal = unit.LastOrdinal,
        Sequence = _sequence,
        EndedAt = unit.OrderedAtMicroseconds,
        HasEvidence = unit.HasEvidence,
    };
}
