using System.Text.RegularExpressions;

namespace Replay.Comparator;

/// <summary>Error messages without the data that they quote. Names of columns, tables and constraints stay.</summary>
internal static partial class ErrorText
{
    // Their first quoted text is the value: duplicate entry, (truncated) wrong value, wrong value for a function, duplicate entry with key name, invalid JSON, data too long quotes none.
    private static readonly string[] MySqlQuotesAValue = ["1062", "1292", "1366", "1367", "1411", "1525", "1586"];

    /// <summary>The message as a report may show it.</summary>
    public static string? WithoutValues(string code, string? message) =>
        message is null ? null
        : code.Length == 5 && code.StartsWith("22", StringComparison.Ordinal) ? DoubleQuoted().Replace(message, "\"?\"") // data exceptions quote the data: invalid input syntax for type integer: "x"
        : MySqlQuotesAValue.Contains(code) ? SingleQuoted().Replace(message, "'?'", 1)
        : message;

    [GeneratedRegex("\"(?:[^\"]|\"\")*\"")]
    private static partial Regex DoubleQuoted();

    // Up to the quote that a blank, an end or a full stop follows: the value may itself have quotes in it.
    [GeneratedRegex("'.*?'(?= for |$|[.,;])", RegexOptions.Singleline)]
    private static partial Regex SingleQuoted();
}
