using Replay.Agent.Hosting;
using Replay.Workload;

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
        if (DatabaseUrl.Parse(text) is not { Host.Length: > 0 } parts)
        {
            throw new UserException("--snapshot-url: write postgres://user:password@host:port/database or mysql://user:password@host:port");
        }

        var isPostgres = parts.Scheme switch
        {
            "postgres" or "postgresql" => true,
            "mysql" or "mariadb" => false,
            _ => throw new UserException($"--snapshot-url: {parts.Scheme} is no engine; write postgres://... or mysql://..."),
        };
        if (parts.User.Length == 0)
        {
            throw new UserException("--snapshot-url: it needs a user: postgres://user:password@host:port/database");
        }

        return new SnapshotUrl
        {
            IsPostgres = isPostgres,
            Host = parts.Host,
            Port = parts.Port ?? (isPostgres ? 5432 : 3306),
            User = parts.User,
            Password = parts.Password ?? Environment.GetEnvironmentVariable(isPostgres ? "PGPASSWORD" : "MYSQL_PWD"),
            Database = parts.Database.Length == 0 ? null : parts.Database,
            SslMode = Mode(parts.Parameters),
        };
    }

    /// <summary>Without the password.</summary>
    public override string ToString() => $"{(IsPostgres ? "postgres" : "mysql")}://{User}@{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}/{Database}";

    private static string? Mode(IReadOnlyList<(string Name, string Value)> parameters)
    {
        string? mode = null;
        foreach (var (name, value) in parameters)
        {
            if (name != "sslmode")
            {
                throw new UserException($"--snapshot-url: {name} is not known; sslmode is");
            }

            mode = value;
            if (!SslModes.Contains(mode))
            {
                throw new UserException($"--snapshot-url: sslmode is one of {string.Join(", ", SslModes)}");
            }
        }

        return mode;
    }
}
