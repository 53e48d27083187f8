namespace Replay.Replayer;

/// <content>What is played otherwise than it was recorded.</content>
public sealed partial record RunOptions
{
    /// <summary>What becomes of transactions.</summary>
    public TransactionMode Transactions { get; init; } = TransactionMode.Keep;

    /// <summary>Whether all that writes is left out.</summary>
    public bool SkipsWrites { get; init; }

    /// <summary>The most transactions in flight at a time; null: as many as there are.</summary>
    public int? Concurrency { get; init; }

    /// <summary>The most connections, which all sessions share; null: each has its own.</summary>
    public int? Connections { get; init; }

    /// <summary>How reads are amplified; null: not.</summary>
    public CloneOptions? Clones { get; init; }

    /// <summary>How long a statement may take on the target; null: as long as it takes.</summary>
    public TimeSpan? StatementTimeout { get; init; }
}
