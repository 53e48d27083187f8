namespace Replay.Sql;

/// <content>What a statement is by its first words.</content>
public sealed partial class AccessReader
{
    // False: not understood. from is before to.
    private bool Statement(ReadOnlySpan<byte> sql, int from, int to, bool isTop)
    {
        switch (Word(from))
        {
            case AccessWord.Select or AccessWord.Values or AccessWord.Table:
                Verb(AccessVerb.Select, isTop);
                return Query(sql, from, to);
            case AccessWord.With:
                Verb(AccessVerb.Select, isTop);
                return With(sql, from, to, isTop);
            case AccessWord.Insert or AccessWord.Replace:
                Verb(AccessVerb.Insert, isTop);
                return Insert(sql, from, to);
            case AccessWord.Update:
                Verb(AccessVerb.Update, isTop);
                return Update(sql, from, to);
            case AccessWord.Delete:
                Verb(AccessVerb.Delete, isTop);
                return Delete(sql, from, to);
            case AccessWord.Merge when !IsMySql:
                Verb(AccessVerb.Merge, isTop);
                return Merge(sql, from, to);
            case AccessWord.None when Kind(from) == AccessTokenKind.Open:
                Verb(AccessVerb.Select, isTop);
                return Query(sql, from, to);
            default:
                return isTop && Other(sql, from, to);
        }
    }

    private void Verb(AccessVerb verb, bool isTop)
    {
        if (isTop)
        {
            _statement.Verb = verb;
        }
    }

    private bool Other(ReadOnlySpan<byte> sql, int from, int to)
    {
        switch (Word(from))
        {
            case AccessWord.Begin or AccessWord.Start or AccessWord.Commit or AccessWord.End or AccessWord.Rollback or AccessWord.Abort
                or AccessWord.Savepoint or AccessWord.Release or AccessWord.Xa:
                return Control(sql, from, to);
            case AccessWord.Prepare when Word(from + 1) == AccessWord.Transaction:
                return Transaction(TransactionControl.TwoPhase);
            case AccessWord.Set:
                return Set(sql, from, to);
            case AccessWord.Show or AccessWord.Reset or AccessWord.Discard or AccessWord.Listen or AccessWord.Unlisten or AccessWord.Notify or AccessWord.Use
                or AccessWord.Kill or AccessWord.Flush or AccessWord.Vacuum or AccessWord.Checkpoint or AccessWord.Help or AccessWord.Prepare
                or AccessWord.Deallocate or AccessWord.Fetch or AccessWord.Move or AccessWord.Close or AccessWord.Analyze or AccessWord.Analyse or AccessWord.Check
                or AccessWord.Change:
                _statement.Verb = AccessVerb.Session;
                return true;
            case AccessWord.Unlock:
                _statement.Verb = AccessVerb.Session; // UNLOCK TABLES also ends a transaction, which the response tells
                return true;
            case AccessWord.Explain or AccessWord.Describe or AccessWord.Desc:
                return Explain(sql, from, to);
            case AccessWord.Declare:
                return Declare(sql, from, to);
            case AccessWord.Call or AccessWord.Do or AccessWord.Execute:
                _statement.Verb = AccessVerb.Call;
                return true;
            case AccessWord.Truncate:
                _statement.Verb = AccessVerb.Truncate;
                return WholeTables(sql, from + 1, to);
            case AccessWord.Lock:
                _statement.Verb = AccessVerb.LockTable;
                return WholeTables(sql, from + 1, to);
            case AccessWord.Copy when !IsMySql:
                return Copy(sql, from, to);
            case AccessWord.Load:
                return Load(sql, from, to);
            case AccessWord.Create or AccessWord.Alter or AccessWord.Drop or AccessWord.Rename or AccessWord.Comment or AccessWord.Grant or AccessWord.Revoke
                or AccessWord.Reindex or AccessWord.Cluster or AccessWord.Refresh or AccessWord.Security or AccessWord.Import or AccessWord.Reassign
                or AccessWord.Optimize or AccessWord.Repair:
                return Ddl(sql, from, to);
            default:
                return false;
        }
    }

    private bool Transaction(TransactionControl control)
    {
        _statement.Verb = AccessVerb.Transaction;
        _statement.Control = control;
        return true;
    }

    private bool Control(ReadOnlySpan<byte> sql, int from, int to)
    {
        var second = Word(from + 1);
        switch (Word(from))
        {
            case AccessWord.Begin when second == AccessWord.Not: // MariaDB's BEGIN NOT ATOMIC
                _statement.Verb = AccessVerb.Call;
                return true;
            case AccessWord.Begin:
            case AccessWord.Start when second == AccessWord.Transaction:
                Modes(sql, from + 1, to);
                return Transaction(TransactionControl.Begin);
            case AccessWord.Start:
                return false;
            case AccessWord.Savepoint:
                return Transaction(TransactionControl.Savepoint);
            case AccessWord.Release:
                return Transaction(TransactionControl.Release);
            case AccessWord.Xa:
            case AccessWord.Commit or AccessWord.Rollback when second == AccessWord.Prepared:
                return Transaction(TransactionControl.TwoPhase);
        }

        for (var i = from + 1; i < to; i++)
        {
            if (Word(i) == AccessWord.To)
            {
                return Transaction(TransactionControl.RollbackToSavepoint);
            }

            if (Word(i) == AccessWord.Chain && Word(i - 1) != AccessWord.No)
            {
                _statement.Flags |= AccessFlags.Chain;
            }
        }

        return Transaction(Word(from) is AccessWord.Commit or AccessWord.End ? TransactionControl.Commit : TransactionControl.Rollback);
    }

    private void Modes(ReadOnlySpan<byte> sql, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            if (Word(i) == AccessWord.Isolation && Word(i + 1) == AccessWord.Level)
            {
                _statement.Isolation = Level(sql, i + 2);
            }
            else if (Word(i) == AccessWord.Consistent && Word(i + 1) == AccessWord.Snapshot)
            {
                _statement.Flags |= AccessFlags.ConsistentSnapshot;
            }
        }
    }

    // Words, or one string as in SET default_transaction_isolation = 'repeatable read'.
    private IsolationLevel Level(ReadOnlySpan<byte> sql, int i)
    {
        var text = (uint)i < (uint)_count && Kind(i) == AccessTokenKind.Literal ? sql.Slice(_tokens[i].Start, _tokens[i].Length).Trim("'\" "u8) : default;
        return Word(i) switch
        {
            AccessWord.Serializable => IsolationLevel.Serializable,
            AccessWord.Repeatable => IsolationLevel.RepeatableRead,
            AccessWord.Read when Word(i + 1) == AccessWord.Committed => IsolationLevel.ReadCommitted,
            AccessWord.Read when Word(i + 1) == AccessWord.Uncommitted => IsolationLevel.ReadUncommitted,
            _ when text.Length is < 10 or > 20 => IsolationLevel.Unspecified,
            _ when (text[0] | 0x20) == 's' => IsolationLevel.Serializable,
            _ when (text[2] | 0x20) == 'p' => IsolationLevel.RepeatableRead,
            _ => (text[5] | 0x20) == 'u' ? IsolationLevel.ReadUncommitted : IsolationLevel.ReadCommitted,
        };
    }

    private bool Set(ReadOnlySpan<byte> sql, int from, int to)
    {
        if (IsMySql && Is(sql, from + 1, "statement"u8))
        {
            // MariaDB: SET STATEMENT x = 1 FOR UPDATE ...
            var run = from;
            while (run < to && Word(run) != AccessWord.For)
            {
                run = Skip(run) + 1;
            }

            return run < to && Statement(sql, run + 1, to, isTop: true);
        }

        _statement.Verb = AccessVerb.Session;
        var forSession = Word(from + 1) == AccessWord.Session;
        for (var i = from + 1; i < to; i++)
        {
            if (Kind(i) == AccessTokenKind.Open)
            {
                // SET @x = (SELECT ...), SET x = (SELECT f())
                if (!Group(sql, i))
                {
                    return false;
                }

                i = _tokens[i].Index;
            }
            else if (Word(i) == AccessWord.Isolation && Word(i + 1) == AccessWord.Level)
            {
                _statement.Isolation = Level(sql, i + 2);
                _statement.Flags |= forSession ? AccessFlags.ForSession : AccessFlags.None;
            }
            else if (Word(i) is AccessWord.Default_Transaction_Isolation or AccessWord.Transaction_Isolation or AccessWord.Tx_Isolation
                || Is(sql, i, "@@transaction_isolation"u8) || Is(sql, i, "@@tx_isolation"u8))
            {
                _statement.Isolation = Level(sql, i + 2);
                var isOne = (Word(i) == AccessWord.Transaction_Isolation && !IsMySql) || Kind(i) == AccessTokenKind.Variable;
                _statement.Flags |= isOne && !forSession ? AccessFlags.None : AccessFlags.ForSession;
            }
            else if (Kind(i + 1) == AccessTokenKind.Open && Kind(i) == AccessTokenKind.Word && Word(i) == AccessWord.None && !Function(sql, i))
            {
                return false;
            }
        }

        return true;
    }

    private bool Explain(ReadOnlySpan<byte> sql, int from, int to)
    {
        for (var i = from + 1; i < to; i++)
        {
            if (Word(i) is AccessWord.Analyze or AccessWord.Analyse)
            {
                return false; // it runs, and how often nobody cares: not worth more
            }
        }

        _statement.Verb = AccessVerb.Session;
        return true;
    }

    private bool Declare(ReadOnlySpan<byte> sql, int from, int to)
    {
        for (var i = from + 1; i < to; i++)
        {
            if (Word(i) == AccessWord.For)
            {
                return i + 1 < to && Statement(sql, i + 1, to, isTop: true);
            }
        }

        return false;
    }
}
