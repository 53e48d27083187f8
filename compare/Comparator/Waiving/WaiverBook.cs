using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>Looks up what is accepted, and keeps account of which waivers were of use.</summary>
public sealed class WaiverBook
{
    private readonly IReadOnlyList<Waiver> _waivers;
    private readonly DateOnly _today;
    private readonly HashSet<int> _used = [];
    private readonly HashSet<int> _named = [];

    /// <summary>A book of these waivers.</summary>
    /// <param name="waivers">The waivers.</param>
    /// <param name="at">The moment of the comparison, by which they have expired or not.</param>
    public WaiverBook(IReadOnlyList<Waiver> waivers, DateTimeOffset at)
    {
        _waivers = waivers;
        _today = DateOnly.FromDateTime(at.UtcDateTime);
    }

    /// <summary>The waiver of a new error; null if there is none.</summary>
    public Waiver? OfError(string hex, string sql, string code) => Find(hex, sql, waiver => waiver.Kind == WaivedKind.Error && waiver.Code == code);

    /// <summary>The waiver of results that differ; null if there is none, or nothing that fails.</summary>
    public Waiver? OfResults(string hex, string sql, ResultKind kind) => kind switch
    {
        ResultKind.CountDifferent => Find(hex, sql, waiver => waiver.Kind == WaivedKind.Rows),
        ResultKind.ValueDifferent => Find(hex, sql, waiver => waiver.Kind == WaivedKind.Values),
        _ => Find(hex, sql, _ => false),
    };

    /// <summary>The waiver of a regression; null if there is none, if it is beyond what is accepted, or if nothing regressed.</summary>
    public Waiver? OfTime(string hex, string sql, ShapeDecision decision)
    {
        var worst = decision.Verdict == ShapeVerdict.Regressed ? Worst(decision) : double.PositiveInfinity;
        return Find(hex, sql, waiver => waiver.Kind == WaivedKind.Slower && worst <= waiver.AtMost);
    }

    /// <summary>What is to be said of waivers that had no effect, in sentences.</summary>
    public IEnumerable<string> Warnings()
    {
        foreach (var waiver in _waivers.Where(waiver => waiver.Until < _today))
        {
            yield return $"Waiver {waiver.Number} ({waiver.Owner}: {waiver.Reason}) expired on {waiver.Until:yyyy-MM-dd}: renew it or take it out.";
        }

        foreach (var waiver in _waivers.Where(waiver => !_named.Contains(waiver.Number)))
        {
            yield return $"Waiver {waiver.Number} ({waiver.Owner}: {waiver.Reason}) names no shape of this workload.";
        }

        var idle = _waivers.Where(waiver => waiver.Until >= _today && _named.Contains(waiver.Number) && !_used.Contains(waiver.Number)).Select(waiver => waiver.Number).ToArray();
        if (idle.Length > 0)
        {
            yield return $"{(idle.Length == 1 ? "Waiver" : "Waivers")} {string.Join(", ", idle)} {(idle.Length == 1 ? "accepts" : "accept")} nothing that was found.";
        }
    }

    // What is 1.5 times as slow has many times as many executions beyond a limit: such counts and sums speak only where no time does.
    private static double Worst(ShapeDecision decision)
    {
        var regressed = decision.Effects.Where(effect => effect.IsRegressed).ToArray();
        var times = regressed.Where(effect => effect.Metric is EffectMetric.Typical or EffectMetric.Total or EffectMetric.Slowest).ToArray();
        return (times.Length > 0 ? times : regressed).Select(effect => effect.Ratio.Estimate).Append(decision.Ratio?.Estimate ?? 1).Max();
    }

    private Waiver? Find(string hex, string sql, Func<Waiver, bool> accepts)
    {
        Waiver? found = null;
        foreach (var waiver in _waivers.Where(waiver => waiver.Scope.Holds(hex, sql, @class: "")))
        {
            _named.Add(waiver.Number);
            if (found is null && waiver.Until >= _today && accepts(waiver))
            {
                _used.Add(waiver.Number);
                found = waiver;
            }
        }

        return found;
    }
}
