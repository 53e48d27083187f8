namespace Replay.Comparator;

/// <summary>What differs between the servers.</summary>
public enum ServerDifferenceKind
{
    /// <summary>An index is missing, or made otherwise.</summary>
    Index,

    /// <summary>A table is missing.</summary>
    Table,

    /// <summary>What the planner reckons with of a table.</summary>
    Statistics,

    /// <summary>A column's type or collation.</summary>
    Column,

    /// <summary>A setting that one user's sessions begin with.</summary>
    UserSetting,

    /// <summary>A setting.</summary>
    Setting,

    /// <summary>A database's encoding or collation.</summary>
    Database,

    /// <summary>An extension or plug-in.</summary>
    Extension,

    /// <summary>The server's version.</summary>
    Version,
}

/// <summary>One difference between the servers.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Table">The table that it is about; null if it is about none.</param>
/// <param name="Name">Its name: of the index, the setting, the column ...</param>
/// <param name="Baseline">What the old server has; null if it has none.</param>
/// <param name="Candidate">What the new server has.</param>
/// <param name="Words">The difference as a sentence without its full stop, in lower case.</param>
/// <param name="User">The user whose setting it is; null with all others.</param>
public sealed record ServerDifference(ServerDifferenceKind Kind, string? Table, string Name, string? Baseline, string? Candidate, string Words, string? User = null)
{
    /// <summary>As in the JSON.</summary>
    public string KindName => Kind == ServerDifferenceKind.UserSetting ? "user_setting" : Kind.ToString().ToLowerInvariant();

    /// <summary>For a page: with a capital and a full stop.</summary>
    public string Sentence => Sentences.Sentence(Words);
}

/// <summary>A difference between the servers that can explain what became of a shape.</summary>
/// <param name="Difference">The difference.</param>
/// <param name="Score">How well it can, 0 to 100: what the plan names itself first.</param>
public sealed record Explanation(ServerDifference Difference, int Score);
