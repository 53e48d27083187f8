namespace Replay.Statistics;

/// <summary>What became of a suspect that was executed again on both servers in alternation.</summary>
public enum ConfirmationOutcome
{
    /// <summary>Neither is certain.</summary>
    Undecided,

    /// <summary>It is slower by more than the minimum effect.</summary>
    Confirmed,

    /// <summary>It is not slower by more than the minimum effect.</summary>
    Refuted,
}
