using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Replay.Client;

namespace Replay.Replayer;

/// <summary>One dump of pg_dump: an archive (custom or folder), or SQL, plain or gzipped.</summary>
internal sealed class PostgresDump(string path, VendorTools tools, TargetUrl url)
{
    /// <summary>The first version that knows transaction_timeout, which pg_dump 17 and newer set.</summary>
    private const int KnowsTransactionTimeout = 17;

    // Settings are at the top of a script.
    private const int HeadBytes = 8 << 10;

    private bool IsArchive => Directory.Exists(path) || StartsWith("PGDMP"u8);

    private Dictionary<string, string> Environment => new(StringComparer.Ordinal)
    {
        ["PGPASSWORD"] = url.Password ?? "",
        ["PGSSLMODE"] = url.SslMode switch
        {
            SslMode.Disable => "disable",
            SslMode.Require => "require",
            SslMode.VerifyCa => "verify-ca",
            SslMode.VerifyFull => "verify-full",
            _ => "prefer",
        },
        ["PGOPTIONS"] = "-c client_min_messages=warning",
    };

    /// <summary>
    /// Encoding and locale of the dumped database as CREATE DATABASE has them, and the statements that belong to the database as a whole (owner, privileges,
    /// settings); nothing if the dump does not tell.
    /// </summary>
    public async Task<(string Traits, IReadOnlyList<string> Properties)> ReadCreationAsync(CancellationToken cancellation)
    {
        if (!IsArchive)
        {
            return ("", []);
        }

        var traits = "";
        var lines = new List<string>();
        await VendorTools.ReadAsync(
            tools.Find("pg_restore"),
            ["--create", "--schema-only", "--file=-", path],
            Environment,
            async stream =>
            {
                using var script = new StreamReader(stream);
                while (await script.ReadLineAsync(cancellation) is { } line)
                {
                    if (traits.Length == 0 && line.StartsWith("CREATE DATABASE ", StringComparison.Ordinal))
                    {
                        traits = Traits(line);
                    }
                    else if (IsProperty(line))
                    {
                        lines.Add(line);
                    }
                }
            },
            cancellation);
        return (traits, [.. PostgresScript.Split(lines)]);
    }

    private static bool IsProperty(string line) =>
        line.StartsWith("ALTER DATABASE ", StringComparison.Ordinal)
        || (line.StartsWith("ALTER ROLE ", StringComparison.Ordinal) && line.Contains(" IN DATABASE ", StringComparison.Ordinal))
        || ((line.StartsWith("GRANT ", StringComparison.Ordinal) || line.StartsWith("REVOKE ", StringComparison.Ordinal)) && line.Contains(" ON DATABASE ", StringComparison.Ordinal));

    /// <summary>Loads it into a database that is there and empty.</summary>
    public Task LoadAsync(string database, int serverMajor, CancellationToken cancellation)
    {
        List<string> arguments = ["--host", url.Host, "--port", url.Port.ToString(CultureInfo.InvariantCulture), "--username", url.User, "--dbname", database];
        if (IsArchive && serverMajor >= KnowsTransactionTimeout)
        {
            var jobs = Math.Clamp(System.Environment.ProcessorCount, 1, 8).ToString(CultureInfo.InvariantCulture);
            return VendorTools.RunAsync(tools.Find("pg_restore"), [.. arguments, "--exit-on-error", "--jobs", jobs, path], Environment, input: null, cancellation);
        }

        return VendorTools.RunAsync(
            tools.Find("psql"),
            [.. arguments, "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"],
            Environment,
            input => IsArchive
                ? VendorTools.ReadAsync(tools.Find("pg_restore"), ["--file=-", path], Environment, script => FilterAsync(script, input), cancellation)
                : FilterFileAsync(input),
            cancellation);
    }

    /// <summary>What of a CREATE DATABASE statement every version understands: encoding, collation and character type.</summary>
    internal static string Traits(string createDatabase)
    {
        var traits = new StringBuilder();
        var encoding = Option(createDatabase, "ENCODING");
        var locale = Option(createDatabase, "LOCALE");
        Append(traits, "ENCODING", encoding);
        Append(traits, "LC_COLLATE", Option(createDatabase, "LC_COLLATE") ?? locale);
        Append(traits, "LC_CTYPE", Option(createDatabase, "LC_CTYPE") ?? locale);
        return traits.ToString();
    }

    private static void Append(StringBuilder traits, string name, string? value)
    {
        if (value is not null)
        {
            traits.Append(' ').Append(name).Append(" = ").Append(value);
        }
    }

    private static string? Option(string statement, string name)
    {
        var match = Regex.Match(statement, $@"\b{name} = ('(?:[^']|'')*')", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        return match.Success ? match.Groups[1].Value : null;
    }

    private bool StartsWith(ReadOnlySpan<byte> magic)
    {
        Span<byte> head = stackalloc byte[magic.Length];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.SequenceEqual(magic);
    }

    private async Task FilterFileAsync(Stream input)
    {
        await using var file = File.OpenRead(path);
        if (StartsWith([0x1F, 0x8B]))
        {
            await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
            await FilterAsync(unzipped, input);
            return;
        }

        await FilterAsync(file, input);
    }

    // Older servers refuse a setting that newer pg_dumps write at the top; all else goes through byte by byte.
    internal static async Task FilterAsync(Stream script, Stream into)
    {
        var head = new byte[HeadBytes];
        var length = await script.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false);
        var at = head.AsSpan(0, length).IndexOf("\nSET transaction_timeout"u8);
        if (at < 0)
        {
            await into.WriteAsync(head.AsMemory(0, length));
        }
        else
        {
            await into.WriteAsync(head.AsMemory(0, at + 1));
            var end = head.AsSpan(at + 1, length - at - 1).IndexOf((byte)'\n');
            await into.WriteAsync(head.AsMemory(end < 0 ? length : at + 1 + end + 1, end < 0 ? 0 : length - at - end - 2));
        }

        await script.CopyToAsync(into);
        await into.FlushAsync();
    }
}
