using System.Runtime.InteropServices;

namespace Replay.Replayer;

/// <summary>What is waited for.</summary>
public enum DependencyKind : byte
{
    /// <summary>The exchange (<see cref="OrderDependency.Session"/>, <see cref="OrderDependency.Ordinal"/>) has ended, whatever became of it.</summary>
    Ended,

    /// <summary>That exchange has been sent, and the server has had the time to begin it (<see cref="OrderGate.StartMicroseconds"/>).</summary>
    Sent,

    /// <summary>The first <see cref="OrderDependency.Count"/> units that touched the table, in captured order of their ends, have ended.</summary>
    Statements,

    /// <summary>The first <see cref="OrderDependency.Count"/> commits of transactions that wrote the table have ended.</summary>
    Commits,
}

/// <summary>Why it is waited for; order wait is accounted by this.</summary>
public enum OrderReason : byte
{
    /// <summary>Both touch one key.</summary>
    Key,

    /// <summary>One of them touches the table as a whole.</summary>
    Table,

    /// <summary>One of them may touch everything.</summary>
    Everything,

    /// <summary>A write that it was certain to have seen.</summary>
    Visibility,

    /// <summary>Its commit must not be seen by what had ended before it was asked for.</summary>
    Commit,

    /// <summary>A statement that decides by what it saw at its start had started before.</summary>
    Start,

    /// <summary>Its request names a value that the server made for the other one's response.</summary>
    Value,
}

/// <summary>One thing that a unit waits for before it is sent.</summary>
/// <param name="Kind">What.</param>
/// <param name="Reason">Why.</param>
/// <param name="Session">Session of the predecessor; for counts the table's number.</param>
/// <param name="Ordinal">Ordinal of the predecessor; 0 for counts.</param>
/// <param name="Count">How many; 0 for predecessors.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct OrderDependency(DependencyKind Kind, OrderReason Reason, int Session, int Ordinal, long Count)
{
    /// <summary>The table whose units are counted.</summary>
    public int Table => Session;

    /// <summary>A wait for the end of an exchange.</summary>
    public static OrderDependency OnEnd(int session, int ordinal, OrderReason reason) => new(DependencyKind.Ended, reason, session, ordinal, 0);

    /// <summary>A wait for the sending of an exchange.</summary>
    public static OrderDependency OnSent(int session, int ordinal, OrderReason reason) => new(DependencyKind.Sent, reason, session, ordinal, 0);

    /// <summary>A wait for units of a table.</summary>
    public static OrderDependency OnStatements(int table, long count, OrderReason reason) => new(DependencyKind.Statements, reason, table, 0, count);

    /// <summary>A wait for commits to a table.</summary>
    public static OrderDependency OnCommits(int table, long count) => new(DependencyKind.Commits, OrderReason.Visibility, table, 0, count);
}

/// <summary>A place in a table's count that a unit takes when it has ended: its number there, from 1.</summary>
/// <param name="Kind"><see cref="DependencyKind.Statements"/> or <see cref="DependencyKind.Commits"/>.</param>
/// <param name="Table">The table.</param>
/// <param name="Number">Its number.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct OrderMark(DependencyKind Kind, int Table, long Number);

/// <summary>Two units that conflict and whose order the wire does not tell.</summary>
/// <param name="FirstSession">Session of the one that is taken to be first.</param>
/// <param name="FirstOrdinal">Its last ordinal.</param>
/// <param name="SecondSession">Session of the other.</param>
/// <param name="SecondOrdinal">Its last ordinal.</param>
/// <param name="Table">The table that both touch.</param>
/// <param name="Key">The key that both touch; 0: the table.</param>
public readonly record struct AmbiguousPair(int FirstSession, int FirstOrdinal, int SecondSession, int SecondOrdinal, int Table, ulong Key);

/// <summary>Takes what the builder has found.</summary>
public interface IOrderSink
{
    /// <summary>
    /// A unit in order of captured ends: what it waits for before it is sent, and the places that it takes when it has ended. Its exchanges also wait for
    /// those before them in their session, as always. All live as long as the call.
    /// </summary>
    void Ordered(OrderUnit unit, ReadOnlySpan<OrderDependency> dependencies, ReadOnlySpan<OrderMark> marks);

    /// <summary>A unit that has been ordered waits for one thing more, of which only a later unit told. Nothing waits in a circle by it.</summary>
    void AlsoNeeds(in LateNeed late);

    /// <summary>A pair whose order is not certain.</summary>
    void Ambiguous(in AmbiguousPair pair);
}
