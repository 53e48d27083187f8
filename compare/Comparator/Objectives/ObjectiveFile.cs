using System.Globalization;

namespace Replay.Comparator;

/// <summary>Reads <c>--slo F</c>: a YAML list <c>objectives</c>, of which each entry names shapes and one thing that is asked of them.</summary>
public static class ObjectiveFile
{
    private const double DefaultFloorMicroseconds = 5_000;

    private static readonly (string Unit, double Microseconds)[] Units = [("us", 1), ("ms", 1_000), ("s", 1_000_000)];

    /// <summary>Reads a file; a <see cref="ComparisonException"/> of one line says what is wrong with it.</summary>
    public static IReadOnlyList<Objective> Read(string path) => YamlLists.Read(path, Parse);

    /// <summary>Reads its text; a <see cref="FormatException"/> says what is wrong with it.</summary>
    internal static IReadOnlyList<Objective> Parse(string text) =>
        YamlLists.Parse<Document>(text)?.Objectives is { } entries ? [.. entries.Select((entry, i) => entry.ToObjective(i + 1))] : throw new FormatException("there is no list 'objectives'");

    private sealed class Document
    {
        public List<Entry>? Objectives { get; set; }
    }

    private sealed class Entry
    {
        public string? Name { get; set; }

        public string? Shape { get; set; }

        public string? Sql { get; set; }

        public string? Class { get; set; }

        public double? Percentile { get; set; }

        public string? Good { get; set; }

        public int? NewErrors { get; set; }

        public double? AtMost { get; set; }

        public string? Floor { get; set; }

        public Objective ToObjective(int number)
        {
            var what = $"objective {number}";
            var scope = new ShapeScope(Shape, Sql, Class);
            YamlLists.Require(what, scope.Problem is null, scope.Problem ?? "");
            YamlLists.Require(what, (Percentile is null ? 0 : 1) + (Good is null ? 0 : 1) + (NewErrors is null ? 0 : 1) == 1, "give one of 'percentile', 'good' and 'new_errors'");
            YamlLists.Require(what, Percentile is null or (>= 50 and < 100), "'percentile' is a number from 50 to below 100");
            YamlLists.Require(what, NewErrors is null or >= 0, "'new_errors' is how many are allowed: 0 or more");
            YamlLists.Require(what, NewErrors is null ? AtMost is > 1 : AtMost is null && Floor is null, "'at_most' is a ratio above 1; with 'new_errors' there is neither it nor a 'floor'");
            var share = Good is null ? 0 : ShareOf(Good);
            YamlLists.Require(what, Good is null || share is >= 0.5 and < 1, "'good' is a share such as 99.9%, from 50% to below 100%");
            var floor = Floor is null ? DefaultFloorMicroseconds : FloorOf(Floor);
            YamlLists.Require(what, floor >= 0, "'floor' is a time such as 5ms, 200us or 1s");
            return new Objective
            {
                Name = string.IsNullOrWhiteSpace(Name) ? Asks(scope) : Name.Trim(),
                Scope = scope,
                Kind = Percentile is not null ? ObjectiveKind.Latency : Good is not null ? ObjectiveKind.Good : ObjectiveKind.NewErrors,
                Quantile = (Percentile ?? 0) / 100,
                Share = share,
                AtMost = AtMost ?? 0,
                FloorMicroseconds = floor,
                Errors = NewErrors ?? 0,
            };
        }

        private string Asks(ShapeScope scope) => string.Create(CultureInfo.InvariantCulture,
            $"{(Percentile is not null ? $"p{Percentile} at most {AtMost} times" : Good is not null ? $"{Good} good, at most {AtMost} times" : $"at most {NewErrors} new errors")}{scope.InWords}");

        private static double ShareOf(string text) =>
            text.TrimEnd().EndsWith('%') && double.TryParse(text.TrimEnd()[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) ? percent / 100 : double.NaN;

        private static double FloorOf(string text)
        {
            foreach (var (unit, microseconds) in Units)
            {
                if (text.EndsWith(unit, StringComparison.Ordinal) && double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
                {
                    return value * microseconds;
                }
            }

            return double.NaN;
        }
    }
}
