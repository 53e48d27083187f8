using System.Globalization;

namespace Replay.Comparator;

/// <summary>Reads <c>--waivers F</c>: a YAML list <c>waivers</c>, of which each entry names one shape, what is accepted of it, why, by whom and until when.</summary>
public static class WaiverFile
{
    private static readonly string[] Kinds = ["slower", "error", "rows", "values"];

    /// <summary>Reads a file; a <see cref="ComparisonException"/> of one line says what is wrong with it.</summary>
    public static IReadOnlyList<Waiver> Read(string path) => YamlLists.Read(path, Parse);

    /// <summary>Reads its text; a <see cref="FormatException"/> says what is wrong with it.</summary>
    internal static IReadOnlyList<Waiver> Parse(string text) =>
        YamlLists.Parse<Document>(text)?.Waivers is { } entries ? [.. entries.Select((entry, i) => entry.ToWaiver(i + 1))] : throw new FormatException("there is no list 'waivers'");

    private sealed class Document
    {
        public List<Entry>? Waivers { get; set; }
    }

    private sealed class Entry
    {
        public string? Shape { get; set; }

        public string? Sql { get; set; }

        public string? Accept { get; set; }

        public string? Code { get; set; }

        public double? AtMost { get; set; }

        public string? Reason { get; set; }

        public string? Owner { get; set; }

        public string? Until { get; set; }

        public Waiver ToWaiver(int number)
        {
            var what = $"waiver {number}";
            var kind = Array.IndexOf(Kinds, Accept);
            YamlLists.Require(what, kind >= 0, $"'accept' is one of {string.Join(", ", Kinds)}");
            YamlLists.Require(what, (Shape is null) != (Sql is null), "give either 'shape' or 'sql'");
            var scope = new ShapeScope(Shape, Sql, Class: null);
            YamlLists.Require(what, scope.Problem is null, scope.Problem ?? "");
            YamlLists.Require(what, ((WaivedKind)kind == WaivedKind.Error) == (Code is not null), "'code' is the error's, and goes with 'accept: error' alone");
            YamlLists.Require(what, ((WaivedKind)kind == WaivedKind.Slower) == (AtMost is not null), "'at_most' is the largest ratio that is accepted, and goes with 'accept: slower' alone");
            YamlLists.Require(what, AtMost is null or > 1, "'at_most' is a ratio above 1");
            YamlLists.Require(what, !string.IsNullOrWhiteSpace(Reason) && !string.IsNullOrWhiteSpace(Owner), "'reason' and 'owner' are needed");
            var isDate = DateOnly.TryParseExact(Until, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var until);
            YamlLists.Require(what, isDate, "'until' is a date such as 2026-12-31");
            return new Waiver { Number = number, Scope = scope, Kind = (WaivedKind)kind, Code = Code, AtMost = AtMost, Reason = Reason!.Trim(), Owner = Owner!.Trim(), Until = until };
        }
    }
}
