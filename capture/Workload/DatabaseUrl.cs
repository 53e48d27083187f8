namespace Replay.Workload;

/// <summary>
/// A URL of a database taken apart, <c>scheme://user:password@host:port/database?name=value&amp;...</c> (RFC 3986), nothing of it percent-encoded any more. What the parts may be, its readers say. It has the password:
/// messages are made of other parts.
/// </summary>
/// <param name="Scheme">In lower case.</param>
/// <param name="Host">A name or address, an IPv6 address without its brackets; empty if there is none.</param>
/// <param name="Port">The TCP port; null if there is none.</param>
/// <param name="User">Empty if there is none.</param>
/// <param name="Password">Null if there is none.</param>
/// <param name="Database">Empty if there is none.</param>
/// <param name="Parameters">In their order; a name without a value has an empty one.</param>
public sealed record DatabaseUrl(string Scheme, string Host, int? Port, string User, string? Password, string Database, IReadOnlyList<(string Name, string Value)> Parameters)
{
    /// <summary>Takes a text apart; null if it is not a URL.</summary>
    public static DatabaseUrl? Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri))
        {
            return null;
        }

        var (user, password) = Split(uri.UserInfo, ':');
        return new DatabaseUrl(
            uri.Scheme,
            uri.HostNameType == UriHostNameType.IPv6 ? uri.Host.Trim('[', ']') : uri.Host,
            uri.Port > 0 ? uri.Port : null,
            Uri.UnescapeDataString(user),
            password is null ? null : Uri.UnescapeDataString(password),
            Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
            [.. uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(static pair => Split(pair, '=')).Select(static pair => (pair.Before, Uri.UnescapeDataString(pair.After ?? "")))]);
    }

    // The record's own would print the password.
    private bool PrintMembers(System.Text.StringBuilder builder)
    {
        builder.Append(Scheme).Append("://").Append(Host);
        return true;
    }

    private static (string Before, string? After) Split(string text, char separator)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);
    }
}
