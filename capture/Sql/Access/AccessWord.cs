using System.Collections.Frozen;

namespace Replay.Sql;

/// <summary>The words that the reader of accesses must know; all others are names. Each is spelt as its member, with underscores.</summary>
internal enum AccessWord : byte
{
    None,
    Select, Insert, Update, Delete, Merge, Replace, Values, Value, Table, With, Recursive, Materialized,
    Truncate, Lock, Tables, Unlock, Copy, Load, Call, Do, Execute, Prepare, Deallocate, Declare, Fetch, Move, Close, Cursor, Explain, Describe, Desc, Analyze, Analyse,
    Create, Alter, Drop, Rename, Comment, Grant, Revoke, Reindex, Cluster, Refresh, Security, Import, Reassign,
    Begin, Start, Transaction, Work, Commit, End, Rollback, Abort, Savepoint, Release, To, Prepared, Xa, Isolation, Level, Read, Write, Only, Committed, Uncommitted,
    Repeatable, Serializable, Chain, No, Consistent, Snapshot,
    Set, Session, Local, Global, Persist, Characteristics, Show, Reset, Discard, Listen, Unlisten, Notify, Use, Kill, Flush, Vacuum, Checkpoint, Optimize, Check, Repair, Help, Handler, Change,
    Transaction_Isolation, Tx_Isolation, Default_Transaction_Isolation,
    From, Into, Where, Group, Having, Order, Limit, Offset, Window, Qualify, For, Union, Except, Intersect, Minus, Returning, On, Using, Join, Inner, Left, Right, Full, Outer, Cross, Natural,
    Straight_Join, Lateral, As, And, Or, Xor, Not, Between, In, Any, Some, All, Is, Like, Exists, Case, When, Then, Else, Null, Default, True, False, Cast, Distinct,
    Share, Key, Mode, Skip, Locked, NoWait, Of, Wait, By, Procedure, Function, Trigger, Event, Body, Package, View, Index, Unique, Rule, Temp, Temporary, Unlogged, If, Sequence, Schema, Database,
    Conflict, Constraint, Nothing, Duplicate, Ignore, Low_Priority, High_Priority, Delayed, Quick, Partition, Force, Overriding, Cascade, Outfile, Dumpfile, Data, Infile, Tablesample, Matched, Old, New,
    Interval, Array, Row, Collate, Escape, Filter, Over, Within, Div, Mod, Regexp, Rlike, Ilike, Similar, At, Concurrently, Materialize, Fields, Lines, Columns,
}

/// <summary>Finds <see cref="AccessWord"/>s.</summary>
internal static class AccessWords
{
    private const int MaxLength = 32;

    private static readonly FrozenDictionary<string, AccessWord> Words = Enum.GetValues<AccessWord>().Where(w => w != AccessWord.None)
        .ToFrozenDictionary(w => w.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, AccessWord>.AlternateLookup<ReadOnlySpan<char>> Lookup = Words.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The word that an unquoted name is.</summary>
    public static AccessWord Find(ReadOnlySpan<byte> name)
    {
        if (name.Length > MaxLength)
        {
            return AccessWord.None;
        }

        Span<char> folded = stackalloc char[MaxLength];
        for (var i = 0; i < name.Length; i++)
        {
            folded[i] = (char)ByteClasses.NameByte[name[i]];
        }

        return Lookup.TryGetValue(folded[..name.Length], out var word) ? word : AccessWord.None;
    }
}
