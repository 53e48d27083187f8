using System.Text.Json;

namespace Replay.Replayer;

/// <summary>What confirmation needs of the JSON that <c>dbcompare --json</c> wrote.</summary>
/// <param name="WorkloadId">The workload that was compared.</param>
/// <param name="WorkloadFolder">Where it was.</param>
/// <param name="MinimumRatio">Slower by less than this factor is no regression.</param>
/// <param name="Suspects">The regressed and slower shapes that only read, whether the comparison believes its runs or not, and the first of those that are perhaps slower, in the comparison's order: what matters most comes first.</param>
/// <param name="Writing">Regressed and slower shapes that cannot be executed again, since they may change data or a session.</param>
public sealed record ComparisonFile(Guid WorkloadId, string WorkloadFolder, double MinimumRatio, IReadOnlyList<Suspect> Suspects, IReadOnlyList<Suspect> Writing)
{
    // Files without one are of this format too.
    private const int Format = 1;

    // Those that runs without enough data point to may be any number, and would take the others' time.
    private const int MostPerhapsSlower = 20;

    private const string Typical = "typical";
    private const string Total = "total";

    // A change of the typical execution shows in the middle one too. If less than half of it does, few executions are what makes it.
    private const double SharedByTheMiddle = 0.5;

    /// <summary>Reads a file; a <see cref="CommandException"/> of one line if it is no comparison.</summary>
    public static ComparisonFile Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var document = JsonDocument.Parse(file);
            return document.RootElement.TryGetProperty("format", out var format) && format.GetInt32() > Format
                ? throw new CommandException($"{path} has format {format}, this program reads up to {Format}: use a newer version of dbreplay")
                : Of(document.RootElement);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"the comparison cannot be read: {e.Message}");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new CommandException($"{path} is not what 'dbcompare --json' writes: {e.Message}");
        }
    }

    private static ComparisonFile Of(JsonElement root)
    {
        var workload = root.GetProperty("workload");
        var isWire = root.TryGetProperty("runs", out var runs) && runs.EnumerateArray().Any(run => run.GetProperty("instrument").GetString() == "wire");
        var common = root.TryGetProperty("overall", out var overall) && overall.GetProperty("removed").GetBoolean() && !overall.GetProperty("counted_in_shapes").GetBoolean()
            ? Number(overall.GetProperty("ratio"), "estimate")
            : 1;
        var suspects = new List<Suspect>();
        var writing = new List<Suspect>();
        var perhaps = 0;
        double? slowest = root.TryGetProperty("minimum_slowest_ratio", out var least) ? least.GetDouble() : null; // earlier files do not have it
        foreach (var shape in root.GetProperty("shapes").EnumerateArray())
        {
            var withheld = shape.TryGetProperty("withheld", out var name) ? name.GetString() : null;
            if ((withheld ?? shape.GetProperty("verdict").GetString()) is ("regressed" or "slower") and var verdict)
            {
                (shape.GetProperty("class").GetString() == "read" ? suspects : writing).Add(OfShape(shape, verdict, common, isWire) with { IsWithheld = withheld is not null });
            }
            else if (PerhapsSlower(shape) is { } metric && shape.GetProperty("class").GetString() == "read" && perhaps++ < MostPerhapsSlower)
            {
                var suspect = OfShape(shape, shape.GetProperty("verdict").GetString()!, common, isWire);
                suspects.Add(metric == Typical ? suspect : suspect with { Respect = SuspectRespect.Tail, MinimumRatio = slowest });
            }
        }

        return new ComparisonFile(workload.GetProperty("id").GetGuid(), workload.GetProperty("folder").GetString() ?? "", root.GetProperty("minimum_ratio").GetDouble(), suspects, writing);
    }

    private static Suspect OfShape(JsonElement shape, string verdict, double common, bool isWire)
    {
        var ratio = Number(shape.GetProperty("ratio"), "estimate");
        var worse = shape.GetProperty("effects").EnumerateArray().Where(e => e.GetProperty("regressed").GetBoolean()).Select(e => e.GetProperty("metric").GetString()).ToList();
        var (before, after) = (Middle(shape, "baseline"), Middle(shape, "candidate"));
        var respect = worse.Count == 0 || worse.Contains(Typical) ? (Math.Log(after / before / common) < SharedByTheMiddle * Math.Log(ratio) ? SuspectRespect.Some : SuspectRespect.Typical)
            : worse.Contains(Total) ? SuspectRespect.Total
            : SuspectRespect.Tail;
        return new Suspect(
            shape.GetProperty("shape").GetString()!, shape.GetProperty("sql").GetString()!, verdict, respect, shape.GetProperty("captured").GetInt64(), ratio,
            isWire ? before : double.NaN)
        {
            Slow = shape.TryGetProperty("causes", out var causes) && causes.ValueKind == JsonValueKind.Object && causes.TryGetProperty("slow_in_each_run", out var slow) ? [.. slow.EnumerateArray().Select(position => position.GetInt64())] : [],
        };
    }

    // Earlier files do not have it.
    private static string? PerhapsSlower(JsonElement shape) => shape.TryGetProperty("perhaps_slower", out var metric) ? metric.GetString() : null;

    private static double Middle(JsonElement shape, string side) => shape.TryGetProperty(side, out var statistics) ? Number(statistics, "p50_us") : double.NaN;

    private static double Number(JsonElement parent, string name) => parent.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : double.NaN;
}
