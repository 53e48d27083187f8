namespace Replay.Replayer;

/// <summary>What a check found.</summary>
public enum GuardLevel
{
    /// <summary>All is well.</summary>
    Passed,

    /// <summary>It can be gone on, and the user ought to know.</summary>
    Warning,

    /// <summary>Nothing is executed unless the check is forced.</summary>
    Refused,
}

/// <summary>One finding of the checks before a replay.</summary>
/// <param name="Name">The check, as <c>--force</c> names it.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Text">What was found and what helps, one line.</param>
public sealed record Guard(string Name, GuardLevel Level, string Text);
