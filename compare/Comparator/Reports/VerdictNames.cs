using System.Text.Json;
using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>Verdicts as the JSON has them, and as people read them.</summary>
public static class VerdictNames
{
    /// <summary>As in the JSON.</summary>
    public static string Name(this ShapeVerdict verdict) => verdict switch
    {
        ShapeVerdict.Regressed => "regressed",
        ShapeVerdict.Slower => "slower",
        ShapeVerdict.Improved => "improved",
        ShapeVerdict.Same => "same",
        _ => "not_enough_data",
    };

    /// <summary>For people.</summary>
    public static string Words(this ShapeVerdict verdict) => verdict == ShapeVerdict.NotEnoughData ? "not enough data" : verdict.Name();

    /// <summary>As in the JSON.</summary>
    public static string Name(this ConfirmationOutcome outcome) => outcome.ToString().ToLowerInvariant();

    /// <summary>As in the JSON.</summary>
    public static string Name(this DecisionDoubt doubt) => JsonNamingPolicy.SnakeCaseLower.ConvertName(doubt.ToString());

    /// <summary>As in the JSON.</summary>
    public static string Name(this EffectMetric metric) => metric switch
    {
        EffectMetric.Typical => "typical",
        EffectMetric.Total => "total",
        EffectMetric.TailCount => "tail_count",
        EffectMetric.FarTailCount => "far_tail_count",
        EffectMetric.Slowest => "slowest",
        _ => "tail_excess",
    };

    /// <summary>For people.</summary>
    public static string Words(this EffectMetric metric) => metric switch
    {
        EffectMetric.Typical => "typical execution",
        EffectMetric.Total => "total time",
        EffectMetric.TailCount => "executions slower than the faster side's p99",
        EffectMetric.FarTailCount => "executions slower than twice that p99",
        EffectMetric.Slowest => "the slowest executions, each by itself",
        _ => "time in excess of that p99",
    };

    /// <summary>As in the JSON.</summary>
    public static string Name(this ResultKind kind) => kind switch
    {
        ResultKind.Equal => "equal",
        ResultKind.CountDifferent => "row_count",
        ResultKind.ValueDifferent => "value",
        ResultKind.FormatDifferent => "format",
        ResultKind.OrderDifferentWithOrderBy => "order_with_order_by",
        ResultKind.OrderDifferent => "order",
        ResultKind.Arbitrary => "limit_without_order",
        ResultKind.LimitTie => "limit_tie",
        ResultKind.MetadataDifferent => "metadata",
        ResultKind.Unstable => "unstable",
        _ => "not_compared",
    };

    /// <summary>For people.</summary>
    public static string Words(this ResultKind kind) => kind switch
    {
        ResultKind.Equal => "equal",
        ResultKind.CountDifferent => "other number of rows",
        ResultKind.ValueDifferent => "other values",
        ResultKind.FormatDifferent => "equal values in another form",
        ResultKind.OrderDifferentWithOrderBy => "other order, despite ORDER BY",
        ResultKind.OrderDifferent => "other order",
        ResultKind.Arbitrary => "other rows of a LIMIT without ORDER BY",
        ResultKind.LimitTie => "other rows of those that tie where LIMIT cuts",
        ResultKind.MetadataDifferent => "equal rows, other metadata",
        ResultKind.Unstable => "differs between equal runs too",
        _ => "not compared",
    };

    /// <summary>As in the JSON.</summary>
    public static string Name(this ObjectiveVerdict verdict) => verdict.ToString().ToLowerInvariant();

    /// <summary>As in the file of waivers.</summary>
    public static string Name(this WaivedKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>As in the JSON.</summary>
    public static string Name(this ErrorKind kind) => kind.ToString().ToLowerInvariant();
}
