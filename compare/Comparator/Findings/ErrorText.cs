using System.Text.RegularExpressions;

namespace Replay.Comparator;

/// <summary>Error messages without the data that they quote. Names of columns, tables and constraints stay.</summary>
internal static partial class ErrorText
{
    // Their first quoted text is the value: duplicate entry (with key name), (truncated) wrong value, wrong value for a function, invalid character string, out of range in an expression.
    private static readonly string[] MySqlQuotesAValue = ["1062", "1292", "1300", "1366", "1367", "1411", "1525", "1586", "1690"];

    // The first two characters of PostgreSQL's own codes (https://www.postgresql.org/docs/current/errcodes-appendix.html); RAISE and SIGNAL may give others.
    private static readonly HashSet<string> PostgresClasses = new(
        ["00", "01", "02", "03", "08", "09", "0A", "0B", "0F", "0L", "0P", "0Z", "10", "20", "21", "22", "23", "24", "25", "26", "27", "28", "2B", "2D", "2F", "34", "38", "39", "3B", "3D", "3F", "40", "42", "44", "53", "54", "55", "57", "58", "72", "F0", "HV", "P0", "XX"],
        StringComparer.Ordinal);

    /// <summary>The message as a report may show it.</summary>
    public static string? WithoutValues(string code, string? message) => message is null ? null : code switch
    {
        // Data exceptions quote the data: invalid input syntax for type integer: "x". In both classes the server's own words have no number but a type's length, and RAISE often has words of its own with such a code.
        ['2', '2', _, _, _] => Numbers().Replace(DoubleQuoted().Replace(message, "\"?\""), KeptOrHidden),
        ['2', '3', _, _, _] => Numbers().Replace(message, KeptOrHidden),
        "42601" => QuotedLiteral().Replace(message, "\"?\""),
        // The rest of the statement: the word that it stumbles over is enough.
        "1064" => RestOfStatement().Replace(message, "near '$1 ...'"),
        // Words of the application's own: RAISE, SIGNAL.
        ['P', '0', _, _, _] or "1644" => Data().Replace(message, "?"),
        { Length: 5 } when !PostgresClasses.Contains(code[..2]) => Data().Replace(message, "?"),
        _ => MySqlQuotesAValue.Contains(code) ? SingleQuoted().Replace(message, "'?'", 1) : message,
    };

    private static string KeptOrHidden(Match match) => match.Groups["type"].Success ? match.Value : "?";

    /// <summary>A message whose code is not known, without all that it quotes and all numbers: any of it may be data.</summary>
    public static string WithoutQuoted(string message) => Data().Replace(message, "?");

    [GeneratedRegex("\"(?:[^\"]|\"\")*\"")]
    private static partial Regex DoubleQuoted();

    // Not what is part of a name, or of a quoted one: violates check constraint "price_2". value too long for type character varying(10).
    [GeneratedRegex("(?<type>\"[^\"]*\"|\\b(?:varying|character|char|bit|numeric|timestamp|time|interval)\\([0-9, ]+\\))|'[^']*'|(?<![\\w$.])-?[0-9](?:[0-9.,:-]*[0-9])?(?!\\w)", RegexOptions.ExplicitCapture)]
    private static partial Regex Numbers();

    // syntax error at or near "'secret'": a token that is no name, keyword or sign.
    [GeneratedRegex("\"(?:[0-9$.]|[^\"]*').*\"", RegexOptions.Singleline)]
    private static partial Regex QuotedLiteral();

    [GeneratedRegex(@"near '([A-Za-z_]\w*|[^\w\s'""]*).*'(?= at line \d+$|$)", RegexOptions.Singleline)]
    private static partial Regex RestOfStatement();

    [GeneratedRegex("\"[^\"]*\"|'[^']*'|[0-9][0-9.,:-]*", RegexOptions.Singleline)]
    private static partial Regex Data();

    // Up to the last quote before what follows a value, else to the last one: the value may itself have quotes in it.
    [GeneratedRegex("'.*'(?= for (?:key|column|function) )|'.*'", RegexOptions.Singleline)]
    private static partial Regex SingleQuoted();
}
