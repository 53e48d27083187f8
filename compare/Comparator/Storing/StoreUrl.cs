using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>
/// The PostgreSQL database in which comparisons are stored: <c>postgres://user:password@host:port/database?sslmode=...</c>, as the other programs' targets. The password is never part of
/// <see cref="ToString"/> or of an error.
/// </summary>
internal sealed partial record StoreUrl
{
    /// <summary>The form that is understood.</summary>
    public const string Usage = "postgres://user:password@host:port/database?sslmode=disable|prefer|require|verify-ca|verify-full&schema=replay";

    private const int DefaultPort = 5432;
    private const int ConnectSeconds = 15;

    /// <summary>Name or address.</summary>
    public required string Host { get; init; }

    /// <summary>The TCP port.</summary>
    public required int Port { get; init; }

    /// <summary>The user to log in as; empty if the URL has none.</summary>
    public string User { get; init; } = "";

    /// <summary>The password; null if there is none.</summary>
    public string? Password { get; init; }

    /// <summary>The database; empty if the URL has none.</summary>
    public string Database { get; init; } = "";

    /// <summary>How TLS is used: libpq's words.</summary>
    public SslMode SslMode { get; init; } = SslMode.Prefer;

    /// <summary>A file of trusted certificates in PEM; null: the machine's.</summary>
    public string? RootCertificateFile { get; init; }

    /// <summary>The schema that holds the tables; lower case.</summary>
    public string Schema { get; init; } = "replay";

    /// <summary>Understands <paramref name="text"/>; a <see cref="ComparisonException"/> without the password says why it cannot.</summary>
    public static StoreUrl Parse(string text)
    {
        // What is not understood may hold a password, so it is not repeated.
        var parts = DatabaseUrl.Parse(text) ?? throw Wrong("this is not a URL");
        if (parts.Scheme is not ("postgres" or "postgresql"))
        {
            throw Wrong($"comparisons are stored in PostgreSQL, not in '{parts.Scheme}'");
        }

        if (parts.Host.Length == 0)
        {
            throw Wrong("the URL names no host");
        }

        var url = new StoreUrl
        {
            Host = parts.Host,
            Port = parts.Port ?? DefaultPort,
            User = parts.User,
            Password = parts.Password,
            Database = parts.Database,
        };
        foreach (var (name, value) in parts.Parameters)
        {
            url = name switch
            {
                "sslmode" => url with { SslMode = Mode(value) },
                "sslrootcert" => url with { RootCertificateFile = value },
                "schema" when SchemaName().IsMatch(value) => url with { Schema = value },
                "schema" => throw Wrong($"'{value}' is no name for a schema: lower-case letters, digits and underscores, 63 at most"),
                _ => throw Wrong($"the URL's parameter '{name}' is not known; sslmode, sslrootcert and schema are"),
            };
        }

        return url;
    }

    /// <summary>What Npgsql is told.</summary>
    public string ConnectionString()
    {
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = Host,
            Port = Port,
            Username = User.Length == 0 ? null : User,
            Password = Password,
            Database = Database.Length == 0 ? null : Database,
            SslMode = SslMode,
            RootCertificate = RootCertificateFile,
            GssEncryptionMode = GssEncryptionMode.Disable, // looks for a library of Kerberos
            ApplicationName = "dbcompare",
            Timeout = ConnectSeconds,
            CommandTimeout = 0, // millions of rows take their time
            Pooling = false,
        };
        return builder.ConnectionString;
    }

    /// <summary>The URL without its password.</summary>
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return string.Create(CultureInfo.InvariantCulture, $"postgres://{(User.Length == 0 ? "" : Uri.EscapeDataString(User) + "@")}{host}:{Port}/{Uri.EscapeDataString(Database)}");
    }

    private static SslMode Mode(string word) => word switch
    {
        "disable" => SslMode.Disable,
        "allow" or "prefer" => SslMode.Prefer,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => throw Wrong($"sslmode '{word}' is not known; disable, prefer, require, verify-ca and verify-full are"),
    };

    private static ComparisonException Wrong(string why) => new($"--store: {why}; it has to look like {Usage}");

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,62}$")]
    private static partial Regex SchemaName();
}
