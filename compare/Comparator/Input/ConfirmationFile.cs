using System.Text.Json;
using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>What <c>dbreplay confirm --out</c> wrote: outcomes of suspects that were executed again on both servers.</summary>
public sealed class ConfirmationFile
{
    private readonly string _path;
    private readonly Guid _workload;
    private readonly double _minimumRatio;
    private readonly string _baselineVersion;
    private readonly string _candidateVersion;
    private readonly Dictionary<string, ShapeConfirmation> _shapes;

    private ConfirmationFile(string path, JsonElement root)
    {
        _path = path;
        _workload = root.GetProperty("workload").GetGuid();
        _minimumRatio = root.GetProperty("minimum_ratio").GetDouble();
        _baselineVersion = root.GetProperty("baseline").GetProperty("server_version").GetString()!;
        _candidateVersion = root.GetProperty("candidate").GetProperty("server_version").GetString()!;
        _shapes = root.GetProperty("shapes").EnumerateArray().ToDictionary(s => s.GetProperty("shape").GetString()!, OfShape, StringComparer.Ordinal);
    }

    /// <summary>Reads a file; a <see cref="ComparisonException"/> of one line if it is none.</summary>
    public static ConfirmationFile Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var document = JsonDocument.Parse(file);
            return new ConfirmationFile(path, document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new ComparisonException($"{path} is not what 'dbreplay confirm --out' writes: {e.Message}");
        }
    }

    /// <summary>The outcomes by number of shape; a <see cref="ComparisonException"/> if they are of another workload, of other servers or against another minimum.</summary>
    public IReadOnlyDictionary<int, ShapeConfirmation> Of(ComparisonInput input, DecisionOptions options)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(options);
        if (_workload != input.Workload.Manifest.Id)
        {
            throw new ComparisonException($"{_path} is a confirmation of another workload");
        }

        if (_minimumRatio != options.MinimumRatio)
        {
            throw new ComparisonException($"{_path} tested against a minimum of {_minimumRatio}, the comparison has {options.MinimumRatio}: confirm with --min-ratio {options.MinimumRatio}");
        }

        foreach (var run in input.Runs)
        {
            var version = run.IsCandidate ? _candidateVersion : _baselineVersion;
            if (run.Manifest.ServerVersion != version)
            {
                throw new ComparisonException($"{_path} is of a server {version} where {run.Name} is of {run.Manifest.ServerVersion}");
            }
        }

        var byNumber = new Dictionary<int, ShapeConfirmation>();
        for (var number = 0; number < input.Shapes.Count; number++)
        {
            if (_shapes.TryGetValue(input.Shapes.Hex(number), out var confirmation))
            {
                byNumber[number] = confirmation;
            }
        }

        return byNumber;
    }

    private static ShapeConfirmation OfShape(JsonElement shape)
    {
        var ratio = shape.GetProperty("ratio");
        return new ShapeConfirmation(
            shape.GetProperty("outcome").GetString() switch
            {
                "confirmed" => ConfirmationOutcome.Confirmed,
                "refuted" => ConfirmationOutcome.Refuted,
                "undecided" => ConfirmationOutcome.Undecided,
                var other => throw new FormatException($"there is no outcome '{other}'"),
            },
            new RatioInterval(Number(ratio, "estimate"), Number(ratio, "low"), Number(ratio, "high")),
            shape.GetProperty("rounds").GetInt32(),
            shape.GetProperty("executions").GetInt64(),
            ShapeVerdict.NotEnoughData);
    }

    private static double Number(JsonElement parent, string name) => parent.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : double.NaN;
}
