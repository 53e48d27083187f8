namespace Replay.Replayer;

/// <summary>What may have made a row other than production's.</summary>
public enum RowCauseKind : byte
{
    /// <summary>Nothing that is known.</summary>
    Unexplained,

    /// <summary>An exchange that wrote it went otherwise than in production, and nothing tells why.</summary>
    Diverged,

    /// <summary>Two exchanges whose order the wire does not tell.</summary>
    OrderNotTold,

    /// <summary>An exchange that was let go before what it had to wait for, to end a stall.</summary>
    LetGo,

    /// <summary>A transaction of which nothing tells whether the snapshot has it.</summary>
    AtTheCut,

    /// <summary>The target refused an exchange as a deadlock's or a serialisation's victim, or for a lock that took too long, which production did not.</summary>
    Refused,

    /// <summary>An exchange was not carried through: a lost connection, a limit.</summary>
    Lost,

    /// <summary>An exchange whose outcome depends on the instant: SKIP LOCKED, NOWAIT and their like.</summary>
    Unreproducible,
}

/// <summary>A cause, and where it lies.</summary>
/// <param name="Kind">What.</param>
/// <param name="Session">The exchange's session; of a pair the second one's.</param>
/// <param name="Ordinal">The exchange's ordinal; of a pair the second one's.</param>
public sealed record RowCause(RowCauseKind Kind, int Session, int Ordinal)
{
    /// <summary>Of <see cref="RowCauseKind.OrderNotTold"/>: which two.</summary>
    public AmbiguousPair? Pair { get; init; }

    /// <summary>The target's error code; null if it had none.</summary>
    public string? Error { get; init; }

    /// <summary>Whether it is about this very row, and not only about some rows of its table.</summary>
    public bool IsExact { get; init; } = true;

    /// <summary>Whether it explains anything.</summary>
    public bool IsNamed => Kind > RowCauseKind.Diverged;

    // What went otherwise in the run, and not only might have.
    private bool IsSeen => Kind is RowCauseKind.LetGo or RowCauseKind.Refused or RowCauseKind.Lost;

    /// <summary>Whether it tells more than another one.</summary>
    internal bool TellsMoreThan(RowCause? other) => other is null || (IsNamed, IsExact, IsSeen).CompareTo((other.IsNamed, other.IsExact, other.IsSeen)) > 0;
}

/// <summary>A row that differs: its values of some columns.</summary>
/// <param name="Table">The table, with its schema or without.</param>
/// <param name="Key">Values by column; those of a whole primary or unique key must be among them.</param>
public sealed record DifferingRow(string Table, IReadOnlyDictionary<string, string> Key);
