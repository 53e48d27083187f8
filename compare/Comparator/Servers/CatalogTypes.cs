using System.Text.RegularExpressions;

namespace Replay.Comparator;

/// <summary>Types and collations that versions of MySQL and MariaDB write in different ways.</summary>
internal static partial class CatalogTypes
{
    /// <summary>Without the display width, which MySQL 8.0.19 and later leave out.</summary>
    public static string Normal(string type) => Width().Replace(type, "$1");

    /// <summary>utf8 is utf8mb3; the collation that has only a server's default name in it stays.</summary>
    public static string? NormalCollation(string? collation) => collation?.StartsWith("utf8_", StringComparison.Ordinal) == true ? $"utf8mb3_{collation["utf8_".Length..]}" : collation;

    [GeneratedRegex(@"\b(tinyint|smallint|mediumint|int|bigint|year)\(\d+\)")]
    private static partial Regex Width();
}
