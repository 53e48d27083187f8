using System.Net;
using Replay.Agent.Hosting;

namespace Replay.Agent.Snapshots;

/// <summary>
/// Server and login for the snapshot tool: <c>postgres://user:password@host:port/database?sslmode=...</c> or <c>mysql://...</c>. Without a password in
/// it, PGPASSWORD or MYSQL_PWD of the environment is used. It is never printed with the password.
/// </summary>
internal sealed record SnapshotUrl
{
    private static readonly string[] SslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

    public required bool IsPostgres { get; init; }

    public required string Host { get; init; }

    public required int Port { get; init; }

    public required string User { get; init; }

    public string? Password { get; init; }

    /// <summary>The database; null if the URL names none.</summary>
    public string? Database { get; init; }

    /// <summary>As libpq's sslmode; null if the URL does not say.</summary>
    public string? SslMode { get; init; }

    /// <summary>Reads the text; what is wrong with it is told without its password.</summary>
    public static SnapshotUrl Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            throw new UserException("--snapshot-url: write postgres://user:password@host:port/database or mysql://user:password@host:port");
        }

        var isPostgres = uri.Scheme switch
        {
            "postgres" or "postgresql" => true,
            "mysql" or "mariadb" => false,
            _ => throw new UserException($"--snapshot-url: {uri.Scheme} is no engine; write postgres://... or mysql://..."),
        };
        var login = uri.UserInfo.Split(':', 2);
        if (login[0].Length == 0)
        {
            throw new UserException("--snapshot-url: it needs a user: postgres://user:password@host:port/database");
        }

        var database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        return new SnapshotUrl
        {
            IsPostgres = isPostgres,
            Host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host.Trim('[', ']') : uri.Host,
            Port = uri.Port > 0 ? uri.Port : isPostgres ? 5432 : 3306,
            User = Uri.UnescapeDataString(login[0]),
            Password = login.Length > 1 ? Uri.UnescapeDataString(login[1]) : Environment.GetEnvironmentVariable(isPostgres ? "PGPASSWORD" : "MYSQL_PWD"),
            Database = database.Length == 0 ? null : database,
            SslMode = Mode(uri.Query),
        };
    }

    /// <summary>Without the password.</summary>
    public override string ToString() => $"{(IsPostgres ? "postgres" : "mysql")}://{User}@{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}/{Database}";

    private static string? Mode(string query)
    {
        string? mode = null;
        foreach (var pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            if (parts[0] != "sslmode")
            {
                throw new UserException($"--snapshot-url: {parts[0]} is not known; sslmode is");
            }

            mode = parts.Length > 1 ? WebUtility.UrlDecode(parts[1]) : "";
            if (!SslModes.Contains(mode))
            {
                throw new UserException($"--snapshot-url: sslmode is one of {string.Join(", ", SslModes)}");
            }
        }

        return mode;
    }
}
