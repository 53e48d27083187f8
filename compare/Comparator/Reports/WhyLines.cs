namespace Replay.Comparator;

/// <summary>For each shape that makes the whole fail, why, in a few lines: the same on the terminal and in Markdown.</summary>
internal static class WhyLines
{
    /// <summary>Shapes that are told of; the other reports have all.</summary>
    public const int MostShapes = 10;

    /// <summary>What stands before a command.</summary>
    public const string Look = "See for yourself: ";

    private const int SqlLength = 90;

    public static IEnumerable<(string Shape, IReadOnlyList<string> Why)> Of(Comparison comparison) =>
        comparison.Shapes.Where(shape => shape.IsFailure).Select(shape => (Sentences.Short(shape.Sql, SqlLength), Why(shape))).Where(one => one.Item2.Count > 0).Take(MostShapes);

    /// <summary>What is known of why a shape changed, a sentence each, and how to look at it.</summary>
    public static IReadOnlyList<string> Why(ShapeComparison shape) => [.. Causes(shape), .. shape.Reproductions.Take(1).Select(one => $"{Look}{one.Commands[0]}")];

    /// <summary>What is known of why a shape changed, a sentence each.</summary>
    public static IReadOnlyList<string> Causes(ShapeComparison shape) =>
        [.. (shape.Causes?.Findings ?? []).Take(2).Select(finding => $"Slow are above all: {finding.Sentence}"), .. shape.Plans.Changes.Count > 0 && shape.Plans.Words is { } plan ? [$"Plan: {plan}"] : Array.Empty<string>(), .. shape.Explanations.Take(2).Select(explanation => explanation.Difference.Sentence)];
}
