using System.Globalization;
using System.Text.Json;

namespace Replay.Replayer;

/// <summary>What order between sessions asked for, and what it cost: the run's document <c>order.json</c> and its line on the terminal.</summary>
/// <param name="Plan">What the pass over the workload found.</param>
/// <param name="Waits">What was waited for.</param>
/// <param name="Breaker">What was broken off; null if the run did not come to it.</param>
public sealed record OrderReport(OrderPlan Plan, IReadOnlyDictionary<OrderReason, OrderWaits> Waits, StallBreaker? Breaker)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The document.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            Databases = Plan.Counts.ToDictionary(
                d => d.Key,
                d => new
                {
                    d.Value.Units,
                    d.Value.TouchEverything,
                    d.Value.AmbiguousPairs,
                    d.Value.ForgottenKeys,
                    d.Value.ProvenViews,
                    d.Value.UndecidedViews,
                    d.Value.ForgottenViewCommits,
                    d.Value.IdsShown,
                    d.Value.IdsInferred,
                    d.Value.IdsUnknown,
                    DecidedBy = ByName<OrderEvidence, long>(d.Value.Decided),
                    d.Value.ReorderedByEvidence,
                    d.Value.EvidenceContradicted,
                    Dependencies = ByName<OrderReason, long>(d.Value.Dependencies),
                    Unreproducible = ByName<UnreproducibleReason, long>(d.Value.Unreproducible),
                },
                StringComparer.Ordinal),
            Plan.BinaryLog,
            Plan.LogicalDecoding,
            Waits = ByName<OrderReason, OrderWaits>(r => Waits[r]),
            Stalls = new
            {
                Circles = Breaker?.Circles ?? 0,
                Limits = Breaker?.Limits ?? 0,
                LongestUs = Breaker?.LongestMicroseconds ?? 0,
            },
            Ambiguous = Plan.Ambiguous.Select(p => new { Table = Plan.TableName(p.Table), AnyRow = p.Key == 0, p.FirstSession, p.FirstOrdinal, p.SecondSession, p.SecondOrdinal }),
        },
        Json);

    /// <summary>One line of words.</summary>
    public override string ToString()
    {
        var counts = Plan.Counts.Values;
        var unreproducible = Enum.GetValues<UnreproducibleReason>().Where(r => r != UnreproducibleReason.None).Sum(r => counts.Sum(c => c.Unreproducible(r)));
        var waits = string.Join(", ", Waits.Where(w => w.Value.Count > 0).Select(w => string.Create(CultureInfo.InvariantCulture, $"{Name(w.Key)} {w.Value.Count}")));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Waits.Values.Sum(w => w.Count)} waited for other sessions, {Waits.Values.Sum(w => w.Microseconds) / 1e6:0.0} s in all, the longest {Waits.Values.Select(w => w.LongestMicroseconds).DefaultIfEmpty().Max() / 1e6:0.0} s{(waits.Length > 0 ? $" ({waits})" : "")}; {counts.Sum(c => c.AmbiguousPairs)} pairs too close to tell, {counts.Sum(c => c.DecidedPairs)} that evidence told, {unreproducible} that cannot be reproduced, {counts.Sum(c => c.TouchEverything)} that may touch anything, {(Breaker?.Circles ?? 0) + (Breaker?.Limits ?? 0)} let go to end a stall");
    }

    private static Dictionary<string, TValue> ByName<TEnum, TValue>(Func<TEnum, TValue> of)
        where TEnum : struct, Enum => Enum.GetValues<TEnum>().ToDictionary(Name, of, StringComparer.Ordinal);

    private static string Name<TEnum>(TEnum value)
        where TEnum : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
