using System.Runtime.InteropServices;

namespace Replay.Replayer;

/// <summary>How an access stands to others of its table.</summary>
public enum OrderAccessKind : byte
{
    /// <summary>Rows are read without a lock and nothing is written: only what is visible matters.</summary>
    Read,

    /// <summary>Rows are read without a lock by a statement that writes elsewhere: its start matters to the outcome.</summary>
    ReadForWrite,

    /// <summary>One row is locked shared, or referred to by a foreign key.</summary>
    KeyShared,

    /// <summary>One row that is there is changed, deleted or locked.</summary>
    KeyExclusive,

    /// <summary>One row is changed, deleted or locked that is named by another key than the table's first: by its first key it may be any row.</summary>
    OtherKeyExclusive,

    /// <summary>One row is added.</summary>
    KeyInsert,

    /// <summary>Rows are added whose keys the server makes: they meet nothing but statements about the table as a whole.</summary>
    Append,

    /// <summary>Any rows are locked shared.</summary>
    AllShared,

    /// <summary>Any rows may be changed, deleted or locked: which ones is decided by what the statement sees at its start.</summary>
    Predicate,

    /// <summary>The table as a whole: what is not understood.</summary>
    Barrier,

    /// <summary>The table's definition, or the table as a whole, so that readers wait too: DDL, TRUNCATE, LOCK TABLE.</summary>
    Definition,

    /// <summary>No row of it, but its definition until the transaction ends: a table at the other end of a foreign key. It meets DDL alone.</summary>
    DefinitionShared,
}

/// <summary>One access to a table or to one key of it.</summary>
/// <param name="Table">Number of the table; <see cref="OrderTables.Everything"/> means all.</param>
/// <param name="Kind">How.</param>
/// <param name="Key">Hash of the key, of table and value together; 0 where <paramref name="Kind"/> names no key.</param>
/// <param name="Sets">What it changes, as <see cref="ColumnMask"/>.</param>
/// <param name="Looks">What decides which rows it takes, as <see cref="ColumnMask"/>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct OrderAccess(int Table, OrderAccessKind Kind, ulong Key = 0, uint Sets = ColumnMask.Anything, uint Looks = ColumnMask.Anything)
{
    /// <summary>Whether it changes or locks for itself.</summary>
    public bool IsExclusive => Kind is OrderAccessKind.KeyExclusive or OrderAccessKind.OtherKeyExclusive or OrderAccessKind.KeyInsert or OrderAccessKind.Append or OrderAccessKind.Predicate
        or OrderAccessKind.Barrier or OrderAccessKind.Definition;

    /// <summary>Whether rows are read, changed or locked.</summary>
    public bool TouchesRows => Kind != OrderAccessKind.DefinitionShared;

    /// <summary>Whether it names one row that is there, for itself.</summary>
    public bool IsOneRow => Kind is OrderAccessKind.KeyExclusive or OrderAccessKind.OtherKeyExclusive;
}

/// <summary>
/// A set of a table's columns, and of rows' coming and going. What a statement by a condition saw at its start matters only if these meet: PostgreSQL looks again at a row that it has waited
/// for, so that a change of a column which the condition does not name makes no difference, nor does a row that goes.
/// </summary>
public static class ColumnMask
{
    /// <summary>Nothing is changed: a lock.</summary>
    public const uint Nothing = 0;

    /// <summary>Any column, and rows that come and go.</summary>
    public const uint Anything = uint.MaxValue;

    /// <summary>Rows come.</summary>
    public const uint Coming = 1u << 31;

    /// <summary>Rows go.</summary>
    public const uint Going = 1u << 30;

    private const int Columns = 30;

    /// <summary>A table's column by its number from 0; every thirtieth shares a bit.</summary>
    public static uint Column(int number) => 1u << (number % Columns);
}

/// <summary>Numbers of tables that stand for more than one.</summary>
public static class OrderTables
{
    /// <summary>All tables.</summary>
    public const int Everything = 0;

    /// <summary>No table: it counts the statements that take a transaction's snapshot.</summary>
    public const int Snapshots = 1;

    /// <summary>No table: it counts the statements that may have touched any table, and the commits of what may have written any.</summary>
    public const int Unknown = 2;

    /// <summary>The first number of a real table.</summary>
    public const int First = 3;
}
