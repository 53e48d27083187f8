using Replay.Workload;

namespace Replay.Comparator;

/// <summary>By what a shape's latencies are told apart in charts: what its session says, and how many rows there are.</summary>
public static class DimensionReader
{
    /// <summary>All values that are not told by themselves.</summary>
    public const string Others = "(others)";

    /// <summary>Values of a dimension that are told.</summary>
    public const int MostValues = 8;

    private const int MostCharacters = 60;

    private static readonly (string Name, Func<Session?, LatencyPoint, string?> Value)[] Dimensions =
    [
        ("application", (session, _) => session?.Application),
        ("user", (session, _) => session?.User),
        ("database", (session, _) => session?.Database),
        ("client", (session, _) => session?.Client.Address.ToString()),
        ("rows", (_, point) => CauseWords.RowRange(point.Rows)),
    ];

    /// <summary>The dimensions in which a sample has more than one value.</summary>
    internal static IReadOnlyList<LatencyDimension> Of(LatencySample sample, int baselineRuns, Func<int, Session?> session) =>
        [.. Dimensions.Select(dimension => Of(dimension.Name, dimension.Value, sample, baselineRuns, session)).Where(dimension => dimension.Values.Count > 1)];

    private static LatencyDimension Of(string name, Func<Session?, LatencyPoint, string?> valueOf, LatencySample sample, int baselineRuns, Func<int, Session?> session)
    {
        var executions = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var i = 0; i < sample.Points.Count; i++)
        {
            var value = valueOf(session(sample.Points[i].Session), sample.Points[i]);
            value = string.IsNullOrEmpty(value) ? "(none)" : value.Length > MostCharacters ? value[..MostCharacters] : value;
            if (!executions.TryGetValue(value, out var list))
            {
                executions[value] = list = [];
            }

            list.Add(i);
        }

        var ordered = executions.OrderByDescending(one => one.Value.Count).ThenBy(one => one.Key, StringComparer.Ordinal).Select(one => (Value: one.Key, Executions: one.Value)).ToList();
        if (ordered.Count > MostValues)
        {
            ordered = [.. ordered[..(MostValues - 1)], (Others, [.. ordered[(MostValues - 1)..].SelectMany(one => one.Executions)])];
        }

        return new LatencyDimension(name, [.. ordered.Select(one => new LatencyByValue(one.Value, one.Executions.Count, sample.Of(one.Executions, ..baselineRuns), sample.Of(one.Executions, baselineRuns..)))]);
    }
}
