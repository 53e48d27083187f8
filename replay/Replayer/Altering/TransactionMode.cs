namespace Replay.Replayer;

/// <summary>What becomes of the workload's transactions (<c>--transactions</c>).</summary>
public enum TransactionMode : byte
{
    /// <summary>They are as they were.</summary>
    Keep,

    /// <summary>BEGIN, COMMIT and ROLLBACK are left out: each statement is a transaction of its own.</summary>
    Autocommit,

    /// <summary>Nothing is committed, so that the target can be used again.</summary>
    Rollback,
}

/// <summary>What the player has to do about an exchange so that nothing of it stays (<see cref="TransactionMode.Rollback"/>).</summary>
public enum TransactionDuty : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Outside of a transaction it is put into one that is rolled back.</summary>
    Wrap,

    /// <summary>The server would commit what is open: that is rolled back first.</summary>
    RollBackFirst,
}

/// <summary>How a request's text is changed before it is sent.</summary>
public enum TextChange : byte
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>It becomes a ROLLBACK: COMMIT keeps what follows its first word (AND CHAIN).</summary>
    CommitToRollback,

    /// <summary>It becomes a plain ROLLBACK.</summary>
    ToRollback,

    /// <summary>It becomes BEGIN.</summary>
    ToBegin,

    /// <summary>The COMMIT at the end of a list becomes ROLLBACK.</summary>
    LastToRollback,

    /// <summary>A list that leaves a transaction open is given a COMMIT at its end.</summary>
    AddCommit,

    /// <summary>MySQL: autocommit is not turned off.</summary>
    AutocommitOn,
}
