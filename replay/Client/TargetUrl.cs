using System.Globalization;
using Replay.Workload;

namespace Replay.Client;

/// <summary>
/// Where to replay: <c>postgres://user:password@host:port/database?sslmode=...</c> or <c>mysql://...</c>. The password is never part of
/// <see cref="ToString"/>, of an error or of a file.
/// </summary>
public sealed record TargetUrl
{
    /// <summary>The forms that are understood, for usage errors.</summary>
    public const string Usage = "postgres://user:password@host:port/database?sslmode=disable|prefer|require|verify-ca|verify-full, or mysql://...";

    /// <summary>The protocol to speak.</summary>
    public required Engine Engine { get; init; }

    /// <summary>Name or address; an IPv6 address without its brackets.</summary>
    public required string Host { get; init; }

    /// <summary>The TCP port; the engine's default where the URL has none.</summary>
    public required int Port { get; init; }

    /// <summary>The user to log in as; empty if the URL has none.</summary>
    public string User { get; init; } = "";

    /// <summary>The password; null if the URL has none.</summary>
    public string? Password { get; init; }

    /// <summary>The database; empty if the URL has none.</summary>
    public string Database { get; init; } = "";

    /// <summary>How TLS is used.</summary>
    public SslMode SslMode { get; init; } = SslMode.Prefer;

    /// <summary>A file of trusted certificates in PEM (<c>sslrootcert</c>); null: the machine's.</summary>
    public string? RootCertificateFile { get; init; }

    /// <summary>What captured users and databases are called there; never part of <see cref="ToString"/>.</summary>
    public TargetNames Names { get; init; } = TargetNames.AsCaptured;

    /// <summary>Understands <paramref name="text"/>; a <see cref="TargetException"/> of one line, without the password, if it cannot.</summary>
    public static TargetUrl Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = DatabaseUrl.Parse(text) ?? throw new TargetException(TargetErrorCodes.BadUrl, $"this is not a target's URL; it has to look like {Usage}");
        var engine = parts.Scheme switch
        {
            "postgres" or "postgresql" => Engine.PostgreSql,
            "mysql" or "mariadb" => Engine.MySql,
            _ => throw new TargetException(TargetErrorCodes.BadUrl, $"'{parts.Scheme}' is not an engine; the URL has to look like {Usage}"),
        };
        if (parts.Host.Length == 0)
        {
            throw new TargetException(TargetErrorCodes.BadUrl, $"the URL names no host; it has to look like {Usage}");
        }

        var url = new TargetUrl
        {
            Engine = engine,
            Host = parts.Host,
            Port = parts.Port ?? (engine == Engine.PostgreSql ? 5432 : 3306),
            User = parts.User,
            Password = parts.Password,
            Database = parts.Database,
        };
        foreach (var (name, value) in parts.Parameters)
        {
            url = name switch
            {
                "sslmode" or "ssl-mode" => url with { SslMode = Mode(value) },
                "sslrootcert" or "ssl-ca" => url with { RootCertificateFile = value },
                _ => throw new TargetException(TargetErrorCodes.BadUrl, $"the URL's parameter '{name}' is not known; sslmode and sslrootcert are"),
            };
        }

        return url;
    }

    /// <summary>The URL without its password; the rest of it is understood again (<see cref="Parse"/>).</summary>
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        var user = User.Length == 0 ? "" : Uri.EscapeDataString(User) + "@";
        List<string> parameters = [];
        if (SslMode != SslMode.Prefer)
        {
            parameters.Add($"sslmode={Word(SslMode)}");
        }

        if (RootCertificateFile is not null)
        {
            parameters.Add($"sslrootcert={Uri.EscapeDataString(RootCertificateFile)}");
        }

        var query = parameters.Count == 0 ? "" : $"?{string.Join('&', parameters)}";
        return string.Create(CultureInfo.InvariantCulture, $"{WireText.Name(Engine)}://{user}{host}:{Port}/{Uri.EscapeDataString(Database)}{query}");
    }

    private static SslMode Mode(string word) => word switch
    {
        "disable" => SslMode.Disable,
        "allow" or "prefer" => SslMode.Prefer,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCa,
        "verify-full" => SslMode.VerifyFull,
        _ => throw new TargetException(TargetErrorCodes.BadUrl, $"sslmode '{word}' is not known; disable, prefer, require, verify-ca and verify-full are"),
    };

    private static string Word(SslMode mode) => mode switch
    {
        SslMode.VerifyCa => "verify-ca",
        SslMode.VerifyFull => "verify-full",
        SslMode.Disable => "disable",
        SslMode.Require => "require",
        _ => "prefer",
    };
}
