namespace Replay.Workload;

/// <summary>
/// The session's transaction after an exchange: PostgreSQL's ReadyForQuery status (I, T, E), MySQL's SERVER_STATUS_IN_TRANS.
/// Within a PostgreSQL batch only the last exchange knows; the others are <see cref="Unknown"/>.
/// </summary>
public enum TransactionState : byte
{
    /// <summary>The wire did not tell.</summary>
    Unknown = 0,

    /// <summary>No transaction is open.</summary>
    Idle = 1,

    /// <summary>A transaction is open.</summary>
    Open = 2,

    /// <summary>PostgreSQL: the open transaction has failed and takes no more commands.</summary>
    Failed = 3,
}
