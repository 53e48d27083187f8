using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What of a session's login cannot be changed on an open connection: sessions of one kind can be served by the same one, after a reset.</summary>
/// <param name="User">The captured user.</param>
/// <param name="Database">PostgreSQL: the database. MySQL's is chosen anew.</param>
/// <param name="Parameters">PostgreSQL: the start-up parameters, but for application_name. MySQL's attributes are sent anew.</param>
/// <param name="Capabilities">MySQL: the protocol's flags.</param>
/// <param name="Collation">MySQL: the login's collation.</param>
public sealed record LinkKind(string? User, string? Database, string Parameters, ulong Capabilities, int Collation)
{
    private const string ApplicationName = "application_name";

    /// <summary>That of a session.</summary>
    public static LinkKind Of(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.Engine == Engine.MySql
            ? new LinkKind(session.User, null, "", session.MySqlCapabilities, session.MySqlCollation)
            : new LinkKind(
                session.User,
                session.Database,
                string.Join('\n', session.Parameters.Where(static p => p.Key != ApplicationName).OrderBy(static p => p.Key, StringComparer.Ordinal).Select(static p => $"{p.Key}={p.Value}")),
                0,
                0);
    }

    /// <summary>PostgreSQL: what a session called itself at login; null if it did not.</summary>
    public static string? ApplicationNameOf(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.Parameters.TryGetValue(ApplicationName, out var name) ? name : null;
    }
}
