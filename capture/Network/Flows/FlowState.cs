namespace Replay.Network.Flows;

/// <summary>Where a connection is in its life.</summary>
internal enum FlowState : byte
{
    /// <summary>Only a SYN so far: not handed to the factory yet, as most that stay like this are refused or scans.</summary>
    Opening,

    Open,

    /// <summary>The factory did not want it.</summary>
    Unwanted,

    /// <summary>Remembered so that late packets do not open it again.</summary>
    Closed,
}
