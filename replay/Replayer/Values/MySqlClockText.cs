using System.Text.RegularExpressions;

namespace Replay.Replayer;

/// <summary>What a text in MySQL's dialect asks of the clock, of chance and of the session.</summary>
public static partial class MySqlClockText
{
    /// <summary>Whether it reads the clock that TIMESTAMP sets. UNIX_TIMESTAMP with an argument does not, SYSDATE reads another.</summary>
    public static bool ReadsClock(string text) => Clock().IsMatch(text);

    /// <summary>Whether it calls RAND() without a seed.</summary>
    public static bool DrawsRandom(string text) => Random().IsMatch(text);

    /// <summary>Whether it asks for what nothing can set: UUID(), SYSDATE() ...</summary>
    public static bool AsksForChance(string text) => Chance().IsMatch(text);

    /// <summary>Whether it reads what a SET before it would change.</summary>
    public static bool ReadsDiagnostics(string text) => Diagnostics().IsMatch(text);

    /// <summary>Which of the variables the statement sets itself.</summary>
    public static ValueNeeds SetsItself(string text)
    {
        if (!text.StartsWith("set", StringComparison.OrdinalIgnoreCase))
        {
            return ValueNeeds.None;
        }

        var needs = ValueNeeds.None;
        foreach (Match match in Variable().Matches(text))
        {
            needs |= ValueNeeds.SetsItself | match.Groups[1].Value.ToLowerInvariant() switch
            {
                "timestamp" => ValueNeeds.Clock,
                "insert_id" => ValueNeeds.InsertId,
                "auto_increment_increment" or "auto_increment_offset" => ValueNeeds.FurtherIds,
                _ => ValueNeeds.Seeds,
            };
        }

        return needs;
    }

    /// <summary>Whether a SET TIMESTAMP gives the session the real clock back.</summary>
    public static bool RestoresClock(string text) => Restores().IsMatch(text);

    /// <summary>Whether a SET of auto_increment_increment or auto_increment_offset gives the session the server's own back.</summary>
    public static bool RestoresSeries(string text) => SeriesRestores().IsMatch(text);

    [GeneratedRegex(
        @"\b(current_timestamp|current_date|current_time|localtime|localtimestamp|utc_timestamp|utc_date|utc_time)\b|\b(now|curdate|curtime)\s*\(|\bunix_timestamp\s*\(\s*\)|@@(session\.|local\.)?timestamp\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Clock();

    [GeneratedRegex(@"\brand\s*\(\s*\)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Random();

    [GeneratedRegex(@"\b(uuid|uuid_short|uuid_v4|uuid_v7|sys_guid|random_bytes|sysdate)\s*\(", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Chance();

    [GeneratedRegex(@"\b(row_count|found_rows)\s*\(|^show\b.*\b(warnings|errors)\b|\bget\s+(current\s+|stacked\s+)?diagnostics\b|@@(session\.|local\.)?(warning_count|error_count)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Diagnostics();

    // What is set for all is for sessions to come.
    [GeneratedRegex(@"(?<!\b(?:global|persist|persist_only)(?:\s+|\.)`?)\b(timestamp|insert_id|rand_seed1|rand_seed2|auto_increment_increment|auto_increment_offset)`?\s*:?=", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Variable();

    [GeneratedRegex(@"\btimestamp`?\s*:?=\s*(default\b|0+(\.0*)?\s*(,|;|$))", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Restores();

    [GeneratedRegex(@"\bauto_increment_(increment|offset)`?\s*:?=\s*default\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SeriesRestores();
}
