namespace Replay.Protocol;

/// <summary>Why bytes could not be decoded. The names appear in the workload and in reports.</summary>
public enum ProtocolFault
{
    /// <summary>None.</summary>
    None,

    /// <summary>A message's type or length cannot be.</summary>
    BadFraming,

    /// <summary>A message's inside does not fit its length.</summary>
    BadMessage,

    /// <summary>A response came that no request asks for.</summary>
    OrphanResponse,

    /// <summary>A response came in a state in which the protocol does not have it.</summary>
    UnexpectedMessage,

    /// <summary>A bound of <see cref="ConversationLimits"/> was hit.</summary>
    OverLimit,

    /// <summary>Compression by a method that this build cannot read.</summary>
    UnknownCompression,

    /// <summary>The bytes are of another protocol, or of an old version of it.</summary>
    NotThisProtocol,

    /// <summary>Bytes are missing and no place to go on from was found.</summary>
    NoResynchronisation,
}
