namespace Replay.Replayer;

/// <summary>What decided the order of two units that lie too close together for their times to tell.</summary>
public enum OrderEvidence : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Locks: one had ended before the other, which keeps its locks, went on.</summary>
    Locks,

    /// <summary>Values that RETURNING gave of a counter in the row.</summary>
    Returning,

    /// <summary>The order of commits in the server's binary log.</summary>
    BinaryLog,

    /// <summary>The order of commits in PostgreSQL's logical decoding.</summary>
    LogicalDecoding,
}
