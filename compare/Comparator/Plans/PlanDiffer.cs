namespace Replay.Comparator;

/// <summary>Compares two plans of one statement: how each table is read, how and in which order they are joined, what else is done with the rows.</summary>
internal static class PlanDiffer
{
    /// <summary>Changes that are told of one statement.</summary>
    public const int MostChanges = 6;

    // Estimates that differ by less plan the same.
    private const double OtherRows = 10;

    // Steps whose coming and going is told. Materialisation comes and goes with the versions and says little.
    private static readonly PlanStep[] Told = [PlanStep.Sort, PlanStep.HashAggregate, PlanStep.Aggregate, PlanStep.Parallel];

    /// <summary>The differences, what counts most first.</summary>
    public static IReadOnlyList<PlanChange> Compare(PlanNode old, PlanNode fresh)
    {
        var pairs = Pairs(old, fresh);
        var changes = new List<PlanChange>();
        changes.AddRange(pairs.Select(Access).OfType<PlanChange>());
        changes.AddRange(Tables(pairs));
        changes.AddRange(JoinMethods(old, fresh));
        changes.AddRange(JoinOrder(pairs, old, fresh));
        changes.AddRange(Steps(old, fresh));
        changes.AddRange(pairs.Select(Rows).OfType<PlanChange>());
        return [.. changes.OrderBy(change => change.Kind).Take(MostChanges)];
    }

    /// <summary>A scan in words: <c>index scan on orders_customer_idx</c>, <c>sequential scan on orders</c>.</summary>
    public static string Words(PlanNode scan) => scan.Step == PlanStep.BitmapScan && scan.Index?.Contains(',') == true ? $"bitmap scan on {scan.Index.Replace(", ", " and ", StringComparison.Ordinal)}"
        : scan.Index is { Length: > 0 } index ? $"{scan.Step.Words()} on {(index == "PRIMARY" ? $"the primary key of {scan.Relation}" : index)}"
        : $"{scan.Step.Words()} on {scan.Relation}";

    // The n-th use of a name in one plan with the n-th in the other.
    private static List<(PlanNode? Old, PlanNode? Fresh)> Pairs(PlanNode old, PlanNode fresh)
    {
        var left = fresh.Scans.ToList();
        var pairs = new List<(PlanNode?, PlanNode?)>();
        foreach (var scan in old.Scans)
        {
            var other = left.Find(one => NameOf(one) == NameOf(scan) && one.Relation == scan.Relation) ?? left.Find(one => NameOf(one) == NameOf(scan)) ?? left.Find(one => one.Relation == scan.Relation);
            if (other is not null)
            {
                left.Remove(other);
            }

            pairs.Add((scan, other));
        }

        pairs.AddRange(left.Select(scan => ((PlanNode?)null, (PlanNode?)scan)));
        return pairs;
    }

    private static string NameOf(PlanNode scan) => scan.Alias ?? scan.Relation!;

    private static PlanChange? Access((PlanNode? Old, PlanNode? Fresh) pair)
    {
        if (pair is not ({ } old, { } fresh) || (old.Step == fresh.Step && old.Index == fresh.Index))
        {
            return null;
        }

        // Between an index scan and a bitmap scan of one index there is little.
        var (before, after) = (Words(old), Words(fresh));
        if (before == after)
        {
            return null;
        }

        var table = old.Relation != fresh.Relation || (before.Contains(old.Relation!, StringComparison.Ordinal) || after.Contains(fresh.Relation!, StringComparison.Ordinal)) ? "" : $" (table {old.Relation})";
        return new PlanChange(PlanChangeKind.Access, fresh.Relation, old, fresh, $"{before} became {Article(after)} {after}{table}");
    }

    private static IEnumerable<PlanChange> Tables(IEnumerable<(PlanNode? Old, PlanNode? Fresh)> pairs)
    {
        foreach (var pair in pairs)
        {
            if (pair is (null, { } fresh))
            {
                yield return new PlanChange(PlanChangeKind.Table, fresh.Relation, null, fresh, $"the new server reads {fresh.Relation} once more ({Words(fresh)})");
            }
            else if (pair is ({ } old, null))
            {
                yield return new PlanChange(PlanChangeKind.Table, old.Relation, old, null, $"the new server does not read {old.Relation} ({Words(old)} on the old one)");
            }
        }
    }

    // A join is known by the tables that it brings together.
    private static IEnumerable<PlanChange> JoinMethods(PlanNode old, PlanNode fresh)
    {
        var joins = Joins(fresh).ToLookup(join => join.Tables, join => join.Node, StringComparer.Ordinal);
        foreach (var (tables, node) in Joins(old).DistinctBy(join => join.Tables))
        {
            if (joins[tables].FirstOrDefault() is { } other && other.Step != node.Step)
            {
                yield return new PlanChange(PlanChangeKind.JoinMethod, null, node, other, $"the {node.Step.Words()} of {tables.Replace(",", ", ", StringComparison.Ordinal)} became a {other.Step.Words()}");
            }
        }
    }

    private static IEnumerable<(string Tables, PlanNode Node)> Joins(PlanNode root) =>
        root.All.Where(node => node.Step.IsJoin()).Select(node => (string.Join(',', node.Scans.Select(NameOf).Order(StringComparer.Ordinal)), node));

    private static IEnumerable<PlanChange> JoinOrder(List<(PlanNode? Old, PlanNode? Fresh)> pairs, PlanNode old, PlanNode fresh)
    {
        // Only of the same tables, else the tables themselves are the difference; a hash join has no first side.
        string[] before = [.. old.Scans.Select(NameOf)], after = [.. fresh.Scans.Select(NameOf)];
        if (pairs.TrueForAll(pair => pair is ({ }, { })) && before.Length > 1 && !before.SequenceEqual(after, StringComparer.Ordinal) && old.All.Any(node => node.Step.IsJoin()))
        {
            yield return new PlanChange(PlanChangeKind.JoinOrder, null, old, fresh, $"tables are joined in another order: {string.Join(", ", before)} became {string.Join(", ", after)}");
        }
    }

    private static IEnumerable<PlanChange> Steps(PlanNode old, PlanNode fresh)
    {
        var (before, after) = (Told.ToDictionary(step => step, step => old.All.Count(node => node.Step == step)), Told.ToDictionary(step => step, step => fresh.All.Count(node => node.Step == step)));
        if (before[PlanStep.HashAggregate] + before[PlanStep.Aggregate] == after[PlanStep.HashAggregate] + after[PlanStep.Aggregate] && before[PlanStep.HashAggregate] != after[PlanStep.HashAggregate])
        {
            var wasHashed = before[PlanStep.HashAggregate] > after[PlanStep.HashAggregate];
            yield return new PlanChange(PlanChangeKind.Step, null, First(old, wasHashed ? PlanStep.HashAggregate : PlanStep.Aggregate), First(fresh, wasHashed ? PlanStep.Aggregate : PlanStep.HashAggregate), wasHashed ? "rows are grouped in sorted order, not by hash any more" : "rows are grouped by hash or in a temporary table, not in sorted order any more");
            before[PlanStep.HashAggregate] = after[PlanStep.HashAggregate];
            before[PlanStep.Aggregate] = after[PlanStep.Aggregate];
        }

        foreach (var step in Told.Where(step => before[step] != after[step]))
        {
            var isMore = after[step] > before[step];
            var words = step switch
            {
                PlanStep.Parallel => isMore ? "the new server uses parallel workers" : "the new server uses no parallel workers any more",
                PlanStep.Sort => isMore ? "the new server sorts, the old one had no need to" : "the new server does not sort, the old one did",
                _ => isMore ? $"the new server has one more {step.Words()}" : $"the new server has no {step.Words()} where the old one had one",
            };
            yield return new PlanChange(PlanChangeKind.Step, null, First(old, step), First(fresh, step), words);
        }
    }

    private static PlanNode? First(PlanNode root, PlanStep step) => root.All.FirstOrDefault(node => node.Step == step);

    private static PlanChange? Rows((PlanNode? Old, PlanNode? Fresh) pair) =>
        pair is ({ Rows: { } before } old, { Rows: { } after } fresh) && Math.Max(after, 1) / Math.Max(before, 1) is >= OtherRows or <= 1 / OtherRows
            ? new PlanChange(PlanChangeKind.Rows, fresh.Relation, old, fresh, $"the old server expects {Sentences.Count((long)Math.Round(before), "row")} of {fresh.Relation}, the new one {Math.Round(after):N0}")
            : null;

    private static string Article(string noun) => noun[0] is 'a' or 'e' or 'i' or 'o' ? "an" : "a";
}
