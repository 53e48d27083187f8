namespace Replay.Replayer;

/// <summary>What a session's player waits for. Guarded by the gate's lock.</summary>
public sealed class OrderTicket(SessionPlayer player)
{
    /// <summary>Whose it is.</summary>
    public SessionPlayer Player { get; } = player;

    /// <summary>Position of the exchange that waits, or waited last; -1 at first.</summary>
    public long Position { get; internal set; } = -1;

    /// <summary>Its needs.</summary>
    internal OrderDependency[] Needs { get; set; } = [];

    /// <summary>How many of them are met.</summary>
    internal int Met { get; set; }

    /// <summary>Whether it is in a list of those that wait.</summary>
    public bool IsWaiting { get; internal set; }

    /// <summary>Whether it was let go before all was met.</summary>
    public bool IsReleased { get; internal set; }

    /// <summary>What it waits for, while it does.</summary>
    public OrderDependency Need => Needs[Met];

    /// <summary>Since when it has waited for anything, run clock; <see cref="long.MinValue"/> if it has not.</summary>
    public long SinceMicroseconds { get; internal set; } = long.MinValue;

    /// <summary>Why it waited for what it waited for last.</summary>
    public OrderReason Reason { get; internal set; }

    /// <summary>Counts the waits, so that a list's entry for a wait that was broken off is known to be old.</summary>
    internal int Turn { get; set; }
}
