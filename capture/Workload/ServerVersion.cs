using System.Globalization;
using System.Text.RegularExpressions;

namespace Replay.Workload;

/// <summary>What a server says of its version, told apart: <c>18.1 (Debian 18.1-1)</c>, <c>9.7.0</c>, <c>10.11.18-MariaDB-deb12</c>, <c>5.5.5-10.11.18-MariaDB</c>.</summary>
public sealed partial class ServerVersion
{
    // MariaDB's greeting may have it before its own, for replicas that knew no other.
    private const string ForOldReplicas = "5.5.5-";

    private readonly Engine _engine;

    private ServerVersion(Engine engine, string text)
    {
        (_engine, Text) = (engine, text);
        IsMariaDb = engine != Engine.PostgreSql && text.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
        var own = IsMariaDb && text.StartsWith(ForOldReplicas, StringComparison.Ordinal) && char.IsAsciiDigit(text[ForOldReplicas.Length]) ? text[ForOldReplicas.Length..] : text;
        var parts = LeadingNumbers().Match(own).Groups["number"].Captures.Select(static part => int.Parse(part.ValueSpan, CultureInfo.InvariantCulture)).ToArray();
        Number = parts.Length switch
        {
            0 => new Version(),
            1 => new Version(parts[0], 0),
            2 => new Version(parts[0], parts[1]),
            _ => new Version(parts[0], parts[1], parts[2]),
        };
    }

    /// <summary>The server's own words; empty if it has said none.</summary>
    public string Text { get; }

    /// <summary>Whether it is MariaDB, which speaks MySQL's protocol.</summary>
    public bool IsMariaDb { get; }

    /// <summary>Its first numbers, three at most: 18.1, 9.7.0, 10.11.18; 0.0 if it begins with none.</summary>
    public Version Number { get; }

    /// <summary>The two first numbers, by which MariaDB and MySQL name what they keep compatible: 10.11.</summary>
    public string Series => Number.ToString(2);

    /// <summary>As people call it: <c>PostgreSQL 18.1 (Debian 18.1-1)</c>, <c>MySQL 9.7.0</c>, <c>MariaDB 10.11.18</c>.</summary>
    public string Name => IsMariaDb && Number.Major > 0 ? $"MariaDB {Number}" : $"{EngineName} {Text}".Trim();

    private string EngineName => _engine switch { Engine.PostgreSql => "PostgreSQL", Engine.MySql => "MySQL", _ => "" };

    /// <summary>Of a server's own words; null if they are not known.</summary>
    public static ServerVersion Of(Engine engine, string? text) => new(engine, text ?? "");

    /// <inheritdoc/>
    public override string ToString() => Name;

    [GeneratedRegex(@"^(?<number>[0-9]{1,8})(?![0-9])(\.(?<number>[0-9]{1,8})(?![0-9])){0,2}", RegexOptions.ExplicitCapture)]
    private static partial Regex LeadingNumbers();
}
