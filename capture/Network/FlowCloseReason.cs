namespace Replay.Network;

/// <summary>Why a connection is no longer followed.</summary>
public enum FlowCloseReason : byte
{
    /// <summary>Both sides sent FIN, or one did and the other was silent for <see cref="ReassemblyLimits.HalfClosedTimeout"/>.</summary>
    Fin,

    /// <summary>One side sent RST.</summary>
    Reset,

    /// <summary>The same addresses and ports began another connection.</summary>
    Replaced,

    /// <summary>Silent for <see cref="ReassemblyLimits.IdleTimeout"/>.</summary>
    Idle,

    /// <summary>The table of connections was full (<see cref="ReassemblyLimits.MaxFlows"/>) and this one was silent the longest.</summary>
    Evicted,

    /// <summary>The capture ended first.</summary>
    EndOfCapture,
}
