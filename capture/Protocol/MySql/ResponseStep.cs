namespace Replay.Protocol.MySql;

/// <summary>What a packet of a response came to.</summary>
internal enum ResponseStep
{
    /// <summary>More packets follow.</summary>
    Continue,

    /// <summary>The response has ended.</summary>
    Ended,

    /// <summary>The server waits for a file's data.</summary>
    FileWanted,

    /// <summary>The packet's inside cannot be.</summary>
    BadMessage,
}
