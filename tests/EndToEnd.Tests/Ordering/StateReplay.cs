using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.EndToEnd.Tests.Ordering;

/// <summary>One replay of a <see cref="StateCapture"/>: what its tables and its times were.</summary>
internal sealed partial record StateReplay
{
    /// <summary>Columns of <see cref="Facts"/> that follow the third one.</summary>
    public const int FactsAfterReplayed = 14;

    public required string Order { get; init; }

    public required string Speed { get; init; }

    public required StateDifference Difference { get; init; }

    /// <summary>What the rows that differ lead to; null where the order of rows was not kept.</summary>
    public required StateCauses? Causes { get; init; }

    /// <summary>Exchanges that were replayed.</summary>
    public required int Replayed { get; init; }

    /// <summary>Of these, how many failed in the capture and in the replay.</summary>
    public required (int Captured, int Replayed) Errors { get; init; }

    /// <summary>How long the schedule took (at full speed: the run), by the captured time from the cut to the last response.</summary>
    public required double Makespan { get; init; }

    /// <summary>Transactions of which it isn't known whether the snapshot has them.</summary>
    public required int AmbiguousAtTheCut { get; init; }

    /// <summary>What <c>order.json</c> says: exchanges that waited and their seconds by kind, circles broken and the longest, waits let go at the limit, pairs too close to tell.</summary>
    public required string[] OrderFacts { get; init; }

    public static async Task<StateReplay> ReadAsync(string order, string speed, string folder, ProcessResult run, ShownWorkload captured, StateDifference difference)
    {
        var before = captured.Exchanges.ToDictionary(e => e.Key);
        var pairs = (await ShownWorkload.OfRunAsync(folder)).Exchanges
            .Where(after => after.Status == "replayed" && before[after.Key].EndedAt is not null)
            .Select(after => (Before: before[after.Key], After: after)).ToList();
        using var reader = RunReader.Open(folder);
        var origin = DateTime.UnixEpoch.AddMicroseconds(reader.Manifest.WorkloadStartMicroseconds);
        using var certificate = JsonDocument.Parse(reader.ReadDocument("certificate.json")!);
        return new StateReplay
        {
            Order = order,
            Speed = speed,
            Difference = difference,
            Causes = order is "key" or "table" ? await StateCauses.OfAsync(folder, difference.Rows) : null,
            Replayed = pairs.Count,
            Errors = (pairs.Count(p => p.Before.ErrorCode is not null), pairs.Count(p => p.After.ErrorCode is not null)),
            Makespan = speed == "max"
                ? double.Parse(Played().Match(run.Output).Groups[1].ValueSpan, CultureInfo.InvariantCulture) / (pairs.Max(p => p.Before.EndedAt!.Value) - origin).TotalSeconds
                : certificate.RootElement.GetProperty("stretch").GetDouble(),
            AmbiguousAtTheCut = certificate.RootElement.GetProperty("cut").GetProperty("ambiguous_transactions").GetInt32(),
            OrderFacts = reader.ReadDocument("order.json") is { } json ? Describe(JsonDocument.Parse(json).RootElement) : ["-", "-", "-", "-"],
        };
    }

    /// <summary>Its row in the soak's table: the header's columns in <c>Soak/state.sh</c>.</summary>
    public string Facts() => string.Join('\t', new[]
    {
        Order, Speed, Text(Replayed), Text(Errors.Captured), Text(Errors.Replayed), Text(Difference.Compared), Text(Difference.Rows.Count),
        Difference.ByTable.Count == 0 ? "-" : string.Join(", ", Difference.ByTable.Select(t => $"{t.Key} {t.Value}")),
        Causes is not { All.Count: > 0 } ? "-" : string.Join(", ", Causes.ByCause.Select(c => $"{c.Cause} {c.Rows}").DefaultIfEmpty("-")), Causes is null ? "-" : Text(Causes.Unexplained.Count()),
        Text(Difference.Clocks), Text(AmbiguousAtTheCut), Makespan.ToString("0.000", CultureInfo.InvariantCulture),
    }.Concat(OrderFacts));

    /// <summary>The rows that differ, the unexplained first with all that is known.</summary>
    public override string ToString() => $"{Difference.Rows.Count} of {Difference.Compared} rows differ\n" + string.Join('\n', Causes is null
        ? Difference.Rows.Select(r => $"  {r.Words}")
        : Causes.Unexplained.Concat(Causes.All.Except(Causes.Unexplained)).Select(r => $"  {r.Row.Words}: {r.Cause}"));

    private static string[] Describe(JsonElement order)
    {
        var stalls = order.GetProperty("stalls");
        var waits = order.GetProperty("waits").EnumerateObject().Where(w => w.Value.GetProperty("count").GetInt64() > 0)
            .Select(w => string.Create(CultureInfo.InvariantCulture, $"{w.Name} {w.Value.GetProperty("count").GetInt64()}: {w.Value.GetProperty("microseconds").GetInt64() / 1e6:0.0} s"));
        return
        [
            string.Join(", ", waits),
            string.Create(CultureInfo.InvariantCulture, $"{stalls.GetProperty("circles").GetInt64()} ({stalls.GetProperty("longest_us").GetInt64() / 1000} ms)"),
            stalls.GetProperty("limits").GetRawText(),
            Text(order.GetProperty("databases").EnumerateObject().Sum(d => d.Value.GetProperty("ambiguous_pairs").GetInt32())),
        ];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("played in ([0-9.]+) s")]
    private static partial Regex Played();
}
