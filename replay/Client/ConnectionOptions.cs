using Replay.Client.PostgreSql;

namespace Replay.Client;

/// <summary>What one connection is opened with. Null: what the URL says.</summary>
public sealed record ConnectionOptions
{
    /// <summary>Where to.</summary>
    public required TargetUrl Url { get; init; }

    /// <summary>The user to log in as.</summary>
    public string? User { get; init; }

    /// <summary>The password of that user.</summary>
    public string? Password { get; init; }

    /// <summary>The database.</summary>
    public string? Database { get; init; }

    /// <summary>PostgreSQL: start-up parameters as captured (without user and database). MySQL: connection attributes.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>MySQL: the captured session's capabilities, which are asked for again; 0: this client's own choice.</summary>
    public ulong MySqlCapabilities { get; init; }

    /// <summary>MySQL: the captured session's collation; -1: the server's.</summary>
    public int MySqlCollation { get; init; } = -1;

    /// <summary>PostgreSQL: how captured type OIDs are to be rewritten; null: not at all.</summary>
    public OidMap? Oids { get; init; }

    /// <summary>How long connecting and logging in may take together.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The user in force.</summary>
    public string EffectiveUser => User ?? Url.User;

    /// <summary>The password in force; a user other than the URL's has none of the URL's.</summary>
    public string? EffectivePassword => Password ?? (User is null || User == Url.User ? Url.Password : null);

    /// <summary>The database in force.</summary>
    public string EffectiveDatabase => Database ?? Url.Database;

    // A record prints its members; a password must not be among them.
    private bool PrintMembers(System.Text.StringBuilder builder)
    {
        builder.Append(Url).Append(", user ").Append(EffectiveUser).Append(", database ").Append(EffectiveDatabase);
        return true;
    }
}
