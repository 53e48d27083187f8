namespace Replay.Replayer;

/// <summary>Names and literals in MySQL's SQL.</summary>
public static class MySqlNames
{
    /// <summary>A name in backquotes.</summary>
    public static string Quote(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";

    /// <summary>A string literal; the control connection runs without NO_BACKSLASH_ESCAPES.</summary>
    public static string Literal(string value) =>
        $"'{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";
}
