using System.Text.Json;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Ordering;

/// <summary>What <c>dbreplay show --rows</c> knows of the rows that differ: a named root cause for each, or none.</summary>
internal sealed class StateCauses
{
    private StateCauses(IReadOnlyList<(DifferentRow Row, JsonElement Cause)> all) => All = all;

    /// <summary>Each row and what was printed of it.</summary>
    public IReadOnlyList<(DifferentRow Row, JsonElement Cause)> All { get; }

    /// <summary>Those for which there is no cause.</summary>
    public IEnumerable<(DifferentRow Row, JsonElement Cause)> Unexplained => All.Where(r => !r.Cause.GetProperty("explained").GetBoolean());

    /// <summary>How many rows each cause has; "in its table" where it is not known which rows it changed.</summary>
    public IEnumerable<(string Cause, int Rows)> ByCause => All.Except(Unexplained)
        .GroupBy(r => r.Cause.GetProperty("cause").GetString() + (r.Cause.GetProperty("exact").GetBoolean() ? "" : " in its table"), StringComparer.Ordinal)
        .Select(g => (g.Key, g.Count())).OrderByDescending(g => g.Item2);

    /// <summary>Asks about rows after a run that kept order.</summary>
    public static async Task<StateCauses> OfAsync(string run, IReadOnlyList<DifferentRow> rows)
    {
        if (rows.Count == 0)
        {
            return new StateCauses([]);
        }

        var asked = $"{run}.rows";
        await File.WriteAllLinesAsync(asked, rows.Select(r => r.Asked));
        var shown = await ProcessRunner.RunAsync(ProjectPrograms.Replay, ["show", run, "--rows", asked, "--format", "ndjson"], new ProcessOptions { Timeout = TimeSpan.FromMinutes(2) });
        var causes = shown.Expect().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(rows.Count, causes.Count);
        return new StateCauses([.. rows.Zip(causes)]);
    }
}
