namespace Replay.Client;

/// <summary>What captured users and databases are called on the target, where that is not what they were called in production.</summary>
public sealed record TargetNames
{
    /// <summary>Everything is called as it was captured.</summary>
    public static TargetNames AsCaptured { get; } = new();

    /// <summary>Users by their captured names.</summary>
    public IReadOnlyDictionary<string, string> Users { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Databases by their captured names; no two are one on the target.</summary>
    public IReadOnlyDictionary<string, string> Databases { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>A captured user's name on the target.</summary>
    public string User(string captured) => Users.GetValueOrDefault(captured, captured);

    /// <summary>A captured database's name on the target.</summary>
    public string Database(string captured) => Databases.GetValueOrDefault(captured, captured);

    /// <summary>The captured name of a database of the target; null if it has the name of one that is called otherwise there, and so stands for none.</summary>
    public string? CapturedDatabase(string name)
    {
        foreach (var (captured, mapped) in Databases)
        {
            if (mapped == name)
            {
                return captured;
            }
        }

        return Databases.ContainsKey(name) ? null : name;
    }
}
