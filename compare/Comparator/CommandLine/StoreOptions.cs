using System.CommandLine;

namespace Replay.Comparator;

/// <summary>The options of storing the comparison in PostgreSQL.</summary>
internal sealed class StoreOptions
{
    /// <summary>Name of the environment variable that holds the password where the URL has none.</summary>
    public const string PasswordVariable = "DBCOMPARE_STORE_PASSWORD";

    private const string Everything = "all";
    private const string None = "none";

    private readonly Option<string?> _store = new("--store")
    {
        Description = $"Store workload, runs, shapes, verdicts and exchanges as tables of a PostgreSQL database: {StoreUrl.Usage}. A password may also be in the environment variable {PasswordVariable}, or in a file by --store-password-file.",
        HelpName = "URL",
    };

    private readonly Option<string?> _passwordFile = new("--store-password-file") { Description = "A file whose first line is the password of that URL's user.", HelpName = "F" };

    private readonly Option<string> _exchanges = new("--store-exchanges") { Description = "Whether single exchanges are stored too, a row each and one more for each run.", HelpName = "all|none", DefaultValueFactory = _ => Everything };

    public StoreOptions() => _exchanges.AcceptOnlyFromAmong(Everything, None);

    public IEnumerable<Option> All => [_store, _passwordFile, _exchanges];

    /// <summary>Where to store, with the password; null if nowhere. A <see cref="ComparisonException"/> says what is wrong with the URL.</summary>
    public StoreUrl? Url(ParseResult parsed)
    {
        if (parsed.GetValue(_store) is not { } text)
        {
            return null;
        }

        var url = StoreUrl.Parse(text);
        return url with { Password = url.Password ?? FromFile(parsed.GetValue(_passwordFile)) ?? Environment.GetEnvironmentVariable(PasswordVariable) };
    }

    /// <summary>Whether single exchanges are stored.</summary>
    public bool WithExchanges(ParseResult parsed) => parsed.GetValue(_exchanges) == Everything;

    private static string? FromFile(string? path)
    {
        using var reader = path is null ? null : new StreamReader(path);
        return reader?.ReadLine();
    }
}
