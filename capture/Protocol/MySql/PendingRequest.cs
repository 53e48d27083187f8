using Replay.Workload;

namespace Replay.Protocol.MySql;

/// <summary>A request that waits for its response.</summary>
internal struct PendingRequest
{
    /// <summary>What was asked.</summary>
    public Command Command;

    /// <summary>What is known of it from its own half.</summary>
    public ExchangeFlags Flags;

    /// <summary>Where its bytes begin in the log.</summary>
    public long Start;

    /// <summary>Their number.</summary>
    public int Length;

    /// <summary>Where the text begins behind <see cref="Start"/>; -1 if there is none.</summary>
    public int TextOffset;

    /// <summary>The text's length.</summary>
    public int TextLength;

    /// <summary>The text of a request of several packets, without their headers; null otherwise.</summary>
    public byte[]? JoinedText;

    /// <summary>The statement that the command names, as it names it; meaningful where <see cref="NamesStatement"/>.</summary>
    public uint StatementId;

    /// <summary>Whether the command names a statement.</summary>
    public bool NamesStatement;

    /// <summary>When its last byte was seen.</summary>
    public long RequestedAtMicroseconds;

    /// <summary>Sequence number that the response begins with.</summary>
    public byte NextSequence;

    /// <summary>Whether bytes of the response are missing.</summary>
    public bool IsDamaged;
}
