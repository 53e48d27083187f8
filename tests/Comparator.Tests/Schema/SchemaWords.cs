using System.Text.Json;
using Replay.Sql;
using Replay.Statistics;
using Replay.Workload;

namespace Replay.Comparator.Tests.Schema;

/// <summary>The words that the report takes from enumerations, by the schema's definition of them.</summary>
internal static class SchemaWords
{
    /// <summary>All of them.</summary>
    public static IReadOnlyDictionary<string, string[]> Mirrored { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["whole_verdict"] = Of<WholeVerdict>(one => one.Name()),
        ["verdict"] = Of<ShapeVerdict>(one => one.Name()),
        ["class"] = [.. Of<StatementClass>(one => one.Name()), "set-up", "health check", "command"],
        ["result_kind"] = Of<ResultKind>(one => one.Name()),
        ["result_level"] = Of<ResultLevel>(one => one.ToString().ToLowerInvariant()),
        ["value_difference"] = [.. Enum.GetValues<ValueDifference>().Where(one => one != ValueDifference.None).Select(one => one.Words())],
        ["error_kind"] = Of<ErrorKind>(one => one.Name()),
        ["metric"] = Of<EffectMetric>(one => one.Name()),
        ["confirmation_outcome"] = Of<ConfirmationOutcome>(one => one.Name()),
        ["waived_kind"] = Of<WaivedKind>(one => one.Name()),
        ["objective_verdict"] = Of<ObjectiveVerdict>(one => one.Name()),
        ["doubt"] = Of<DecisionDoubt>(one => one.Name()),
        ["plan_step"] = Of<PlanStep>(one => one.Name()),
        ["plan_change"] = Of<PlanChangeKind>(one => JsonNamingPolicy.SnakeCaseLower.ConvertName(one.ToString())),
        ["server_difference_kind"] = Of<ServerDifferenceKind>(one => new ServerDifference(one, null, "", null, null, "").KindName),
        ["cause_dimension"] = Of<CauseDimension>(one => JsonNamingPolicy.SnakeCaseLower.ConvertName(one.ToString())),
        ["eligibility"] = Of<Eligibility>(one => one.Name()),
        ["exclusion"] = [.. Enum.GetValues<TrafficRole>().Select(EligibilityRule.Of).Where(one => one != Eligibility.Compared).Distinct().Select(one => one.Name())],
        ["skip_reason"] = [.. Reasons(failed: false), "not_reached", "unknown"],
        ["failure_reason"] = [.. Reasons(failed: true), "unknown"],
    };

    private static string[] Of<T>(Func<T, string> name)
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(name)];

    private static IEnumerable<string> Reasons(bool failed) => Enum.GetValues<RunReason>().Where(one => one != RunReason.None && one >= RunReason.ConnectFailed == failed).Select(one => one.Name());
}
