using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>What limits the comparison without standing against its verdict.</summary>
internal static class ComparisonWarnings
{
    /// <summary>Share of the old server's answers that may differ from production's before it is said: times and generated values differ everywhere.</summary>
    public const double UnlikeProductionShare = 0.05;

    private const int SqlLength = 70;

    public static IEnumerable<string> Of(Decision decision, IReadOnlyList<RunSummary> runs, IReadOnlyList<ShapeComparison> shapes)
    {
        foreach (var shape in shapes)
        {
            foreach (var waiver in shape.Waivers)
            {
                yield return $"\"{Sentences.Short(shape.Sql, SqlLength)}\" {What(shape, waiver)}: {waiver.Words}.";
            }
        }

        var design = decision.Design;
        if (design is { IsInterleaved: true, BaselineRuns: 1 })
        {
            yield return "ONE PAIR OF RUNS SUPPORTS LITTLE: slices make drift cancel, but what the start of a server does (memory layout, caches, plans) is the same in all of them, and how much that is was guessed from the spread over shapes. "
                + "Random results cannot be told from wrong ones. Replay at least two pairs, with a restart of the servers between them.";
        }
        else if (design.DegreesOfFreedom == 0)
        {
            yield return "ONE RUN A SIDE SUPPORTS LITTLE: how much equal runs differ could not be measured, so it was guessed from the spread over shapes. "
                + "A difference may be chance, small ones cannot be seen at all, and random results cannot be told from wrong ones. Replay at least twice on each server (in the order old, new, new, old).";
        }
        else if (design.BaselineRuns == 1 || design.CandidateRuns == 1)
        {
            yield return "One side has a single run: how much its own runs differ is taken from the other side. Two runs on each server are the least for a decision that can be trusted.";
        }

        if (!design.IsInterleaved && runs.Any(run => run.Manifest.Slices is not null))
        {
            yield return "These runs played slices in turn with others, but not all of them with one another: they are compared as if they had been played one after the other.";
        }

        string[] asleep = LabelsOf(runs, isAwake: false), awake = LabelsOf(runs, isAwake: true);
        if (asleep.Length > 0 && awake.Length > 0)
        {
            yield return $"{string.Join(", ", awake)} kept the replaying host's processors awake (as root), {string.Join(", ", asleep)} did not: answers may have come to these later, the server's too if it shares the host. Replay all runs alike.";
        }

        if (decision.Overall is { Shapes: > 0, IsRemoved: false })
        {
            yield return $"Only {Sentences.Count(decision.Overall.Shapes, "shape")} with enough executions: what a whole run has in common could not be told from the shapes' own changes, and was not taken off. Only large changes can be proven.";
        }
        else if (decision.Overall is { Shapes: < CommonShapes.Enough, IsRemoved: true })
        {
            yield return $"What a whole run has in common is known from {decision.Overall.Shapes} shapes only (30 or more are better); intervals are wider for it.";
        }

        if (runs.Select(run => run.Manifest.Engine).Distinct().Count() > 1)
        {
            yield return "The two sides speak different protocols.";
        }

        var format = shapes.Count(shape => shape.Results.Kind == ResultKind.FormatDifferent);
        if (format > 0)
        {
            yield return $"{Sentences.Count(format, "shape")} {(format == 1 ? "writes" : "write")} equal values in another form on the new server; a client that reads values as text may notice.";
        }

        var metadata = shapes.Count(shape => shape.Responses.Columns.Count > 0);
        if (metadata > 0)
        {
            yield return $"The columns of {Sentences.Count(metadata, "shape")} are described otherwise by the new server (name, type, length or collation).";
        }

        var warned = shapes.Count(shape => shape.Responses.HasOtherWarnings);
        if (warned > 0)
        {
            yield return $"{Sentences.Count(warned, "shape")} {(warned == 1 ? "has" : "have")} more or fewer warnings on the new server.";
        }

        long withProduction = shapes.Sum(shape => shape.Results.ProductionCompared), unlike = shapes.Sum(shape => shape.Results.BaselineIsNotProduction);
        if (unlike > UnlikeProductionShare * withProduction)
        {
            yield return $"The old server answered {Sentences.Percent((double)unlike / withProduction)} of {Sentences.Count(withProduction, "exchange")} otherwise than production did. The sides are compared with each other all the same, but the data or their order are not quite production's ('dbreplay show RUN --rows' tells why).";
        }

        foreach (var run in runs)
        {
            foreach (var warning in run.Manifest.Warnings)
            {
                yield return $"{run.Label} ({run.Name}): {warning}";
            }
        }
    }

    private static string[] LabelsOf(IReadOnlyList<RunSummary> runs, bool isAwake) => [.. runs.Where(run => run.Certificate?.ProcessorsStayedAwake == isAwake).Select(run => run.Label)];

    private static string What(ShapeComparison shape, Waiver waiver) => waiver.Kind switch
    {
        WaivedKind.Slower => WholeJudge.Respect(shape),
        WaivedKind.Error => $"fails with {waiver.Code}",
        WaivedKind.Rows => "answers with another number of rows",
        _ => "answers with other values",
    };
}
