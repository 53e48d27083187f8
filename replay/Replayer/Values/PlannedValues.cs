using System.Runtime.InteropServices;

namespace Replay.Replayer;

/// <summary>What an exchange's values need, a bit each.</summary>
[Flags]
public enum ValueNeeds : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>MySQL: the clock of the captured execution.</summary>
    Clock = 1 << 0,

    /// <summary>MySQL: the id that the captured execution generated first.</summary>
    InsertId = 1 << 1,

    /// <summary>MySQL: seeds of RAND().</summary>
    Seeds = 1 << 2,

    /// <summary>It generates an id, but which is not certain.</summary>
    MissesId = 1 << 3,

    /// <summary>It asks for chance or a clock that cannot be set.</summary>
    MissesChance = 1 << 4,

    /// <summary>It reads what a query in between would change (ROW_COUNT()).</summary>
    ReadsDiagnostics = 1 << 5,

    /// <summary>The client itself sets what this one would have set.</summary>
    SetsItself = 1 << 6,

    /// <summary>The client gives the clock back to the server (SET TIMESTAMP = DEFAULT).</summary>
    RestoresClock = 1 << 7,

    /// <summary>MySQL: it generated several ids, which follow the first by the session's auto_increment_increment and auto_increment_offset.</summary>
    FurtherIds = 1 << 8,

    /// <summary>The client gives the session the server's own of these back (SET auto_increment_increment = DEFAULT).</summary>
    RestoresSeries = 1 << 9,
}

/// <summary>What is known of an exchange's values.</summary>
[StructLayout(LayoutKind.Auto)]
public struct PlannedValues
{
    /// <summary>What they need.</summary>
    public ValueNeeds Needs;

    /// <summary>The clock of the captured execution, microseconds since 1970.</summary>
    public long ClockMicroseconds;

    /// <summary>MySQL: the first id that it generated. PostgreSQL: the last that it drew.</summary>
    public ulong InsertId;

    /// <summary>PostgreSQL: the column for which it drew ids that its response shows; null if it did not.</summary>
    public SequenceColumn? Sequence;

    /// <summary>Other sessions' exchanges whose responses showed values that its request names: what stands for them now is known when those have ended. Null if there are none.</summary>
    public OrderDependency[]? Sources;

    /// <summary>How many bytes of the captured response's values (<see cref="Workload.Exchange.Values"/>) follow the parameters' types in the slab.</summary>
    public int KeptLength;
}
