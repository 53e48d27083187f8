using System.Runtime.InteropServices;
using Replay.Sql;

namespace Replay.Replayer;

/// <summary>A column of a key with the values that a statement gives it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PlannedColumn(KeyType Type, IReadOnlyList<SqlValue> Values);

/// <summary>An access to one key, or to several by IN; where its values cannot be told, <paramref name="Otherwise"/>.</summary>
internal sealed record PlannedAccess(
    int Table, OrderAccessKind Kind, OrderAccessKind Otherwise, ulong Seed, PlannedColumn[] Columns, uint Sets = ColumnMask.Anything, uint Looks = ColumnMask.Anything);

/// <summary>What a text touches in one database: a <see cref="TextAccess"/> joined with the catalogue. Holds for all texts of one template.</summary>
internal sealed class AccessPlan
{
    public List<OrderAccess> Fixed { get; } = [];

    public List<PlannedAccess> Keyed { get; } = [];

    /// <summary>MySQL: what its plain reads lock instead at SERIALIZABLE; null if there are none. Only its accesses count.</summary>
    public AccessPlan? LockingReads { get; set; }

    public UnreproducibleReason Unreproducible { get; set; }

    public TransactionControl Control { get; set; }

    public IsolationLevel Isolation { get; set; }

    public bool IsolationForSession { get; set; }

    public bool ConsistentSnapshot { get; set; }

    /// <summary>Statements that write: in MySQL each is a transaction of its own unless one is open.</summary>
    public int Writes { get; set; }

    /// <summary>Tables whose keys are not to be trusted from here on.</summary>
    public List<TableRule> ChangesKeysOf { get; } = [];

    /// <summary>Whether that is all tables.</summary>
    public bool ChangesAllKeys { get; set; }

    /// <summary>Tables that it makes for its session alone.</summary>
    public List<TableRule> Temporary { get; } = [];

    public int Literals { get; set; }

    /// <summary>PostgreSQL: whether names without a schema are looked for elsewhere than the catalogue's login does, also those in triggers and functions.</summary>
    public bool IsElsewhere { get; init; }

    public void Everything() => Add(new OrderAccess(OrderTables.Everything, OrderAccessKind.Barrier));

    public void Add(OrderAccess access)
    {
        if (!Fixed.Contains(access))
        {
            Fixed.Add(access);
        }
    }
}
