namespace Replay.Comparator;

/// <summary>What a step of a plan does, in terms that both engines share.</summary>
public enum PlanStep
{
    /// <summary>Anything else: what its name says.</summary>
    Other,

    /// <summary>All rows of a table are read.</summary>
    SequentialScan,

    /// <summary>Rows are looked up by an index.</summary>
    IndexScan,

    /// <summary>They are looked up in an index that has all columns that are needed.</summary>
    IndexOnlyScan,

    /// <summary>All of an index is read.</summary>
    FullIndexScan,

    /// <summary>Rows are looked up by several entries or indexes, and fetched in the table's order.</summary>
    BitmapScan,

    /// <summary>For each row of the first input the second is asked.</summary>
    NestedLoop,

    /// <summary>One input is hashed, the other is looked up in it.</summary>
    HashJoin,

    /// <summary>Two sorted inputs are joined.</summary>
    MergeJoin,

    /// <summary>Rows are sorted.</summary>
    Sort,

    /// <summary>Rows are grouped by a hash table or a temporary one.</summary>
    HashAggregate,

    /// <summary>Rows that come sorted are grouped, or all are one group.</summary>
    Aggregate,

    /// <summary>Rows are kept for a second use.</summary>
    Materialise,

    /// <summary>Workers beside the session's own process share the work.</summary>
    Parallel,

    /// <summary>Rows are written.</summary>
    Modify,
}

/// <summary>Steps in words.</summary>
internal static class PlanSteps
{
    public static bool IsScan(this PlanStep step) => step is PlanStep.SequentialScan or PlanStep.IndexScan or PlanStep.IndexOnlyScan or PlanStep.FullIndexScan or PlanStep.BitmapScan;

    public static bool IsJoin(this PlanStep step) => step is PlanStep.NestedLoop or PlanStep.HashJoin or PlanStep.MergeJoin;

    /// <summary>As in the JSON.</summary>
    public static string Name(this PlanStep step) => step switch
    {
        PlanStep.SequentialScan => "sequential_scan",
        PlanStep.IndexScan => "index_scan",
        PlanStep.IndexOnlyScan => "index_only_scan",
        PlanStep.FullIndexScan => "full_index_scan",
        PlanStep.BitmapScan => "bitmap_scan",
        PlanStep.NestedLoop => "nested_loop",
        PlanStep.HashJoin => "hash_join",
        PlanStep.MergeJoin => "merge_join",
        PlanStep.Sort => "sort",
        PlanStep.HashAggregate => "hash_aggregate",
        PlanStep.Aggregate => "aggregate",
        PlanStep.Materialise => "materialise",
        PlanStep.Parallel => "parallel",
        PlanStep.Modify => "modify",
        _ => "other",
    };

    /// <summary>For people.</summary>
    public static string Words(this PlanStep step) => step switch
    {
        PlanStep.SequentialScan => "sequential scan",
        PlanStep.IndexScan => "index scan",
        PlanStep.IndexOnlyScan => "index-only scan",
        PlanStep.FullIndexScan => "scan of a whole index",
        PlanStep.BitmapScan => "bitmap scan",
        PlanStep.NestedLoop => "nested loop",
        PlanStep.HashJoin => "hash join",
        PlanStep.MergeJoin => "merge join",
        PlanStep.Sort => "sort",
        PlanStep.HashAggregate => "hash aggregate",
        PlanStep.Aggregate => "aggregate",
        PlanStep.Materialise => "materialisation",
        PlanStep.Parallel => "parallel workers",
        PlanStep.Modify => "write",
        _ => "step",
    };
}
