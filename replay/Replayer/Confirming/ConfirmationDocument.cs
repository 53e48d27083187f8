using System.Text.Json;
using System.Text.Json.Serialization;
using Replay.Statistics;

namespace Replay.Replayer;

/// <summary>A confirmation's outcomes as JSON, for <c>dbcompare --confirmation</c>. Keys are these names in lower case with underscores; NaN is null.</summary>
public sealed record ConfirmationDocument
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The workload.</summary>
    public required Guid Workload { get; init; }

    /// <summary>The old server.</summary>
    public required ConfirmedServer Baseline { get; init; }

    /// <summary>The new server.</summary>
    public required ConfirmedServer Candidate { get; init; }

    /// <summary>Slower by more than this factor is confirmed, unless a shape has a larger one.</summary>
    public required double MinimumRatio { get; init; }

    /// <summary>Chance at most that an interval misses the truth.</summary>
    public required double Alpha { get; init; }

    /// <summary>How long it took.</summary>
    public required double Seconds { get; init; }

    /// <summary>The suspects.</summary>
    public required IReadOnlyList<ConfirmedShape> Shapes { get; init; }

    /// <summary>The document of a confirmation.</summary>
    public static ConfirmationDocument Of(ConfirmOptions options, ConfirmationOptions test, Guid workload, (string Baseline, string Candidate) versions, IEnumerable<SuspectTrial> trials, TimeSpan took) => new()
    {
        Workload = workload,
        Baseline = new ConfirmedServer(options.Baseline.ToString(), versions.Baseline),
        Candidate = new ConfirmedServer(options.Candidate.ToString(), versions.Candidate),
        MinimumRatio = test.MinimumRatio,
        Alpha = test.Alpha,
        Seconds = took.TotalSeconds,
        Shapes = [.. trials.Select(ConfirmedShape.Of)],
    };

    /// <summary>Writes it; nobody else may read it, since statements may hold names that are nobody else's business.</summary>
    public void Write(string path)
    {
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = OperatingSystem.IsWindows() ? null : UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        JsonSerializer.Serialize(file, this, Json);
    }

}

/// <summary>A server of a confirmation.</summary>
/// <param name="Target">Its URL without the password.</param>
/// <param name="ServerVersion">Its own words.</param>
public sealed record ConfirmedServer(string Target, string ServerVersion);

/// <summary>One suspect's outcome.</summary>
public sealed record ConfirmedShape
{
    /// <summary>The shape's 32 digits.</summary>
    public required string Shape { get; init; }

    /// <summary>What came of it.</summary>
    public required ConfirmationOutcome Outcome { get; init; }

    /// <summary>In which respect it was a suspect.</summary>
    public required SuspectRespect Respect { get; init; }

    /// <summary>Slower by more than this factor is confirmed.</summary>
    public required double MinimumRatio { get; init; }

    /// <summary>Candidate / baseline; nulls where nothing bounds it.</summary>
    public required ConfirmedRatio Ratio { get; init; }

    /// <summary>Rounds, each on connections of its own.</summary>
    public required int Rounds { get; init; }

    /// <summary>Timed executions on each server.</summary>
    public required long Executions { get; init; }

    /// <summary>Different captured executions among them.</summary>
    public required int Exemplars { get; init; }

    /// <summary>How many of these the servers answer differently.</summary>
    public required int DifferentResults { get; init; }

    /// <summary>The middle latency on the old server; null without executions.</summary>
    public double? BaselineP50Us { get; init; }

    /// <summary>The middle latency on the new server.</summary>
    public double? CandidateP50Us { get; init; }

    /// <summary>What stands against a decision, or was left out; null if nothing.</summary>
    public string? Problem { get; init; }

    internal static ConfirmedShape Of(SuspectTrial trial) => new()
    {
        Shape = trial.Suspect.Shape,
        Outcome = trial.Outcome,
        Respect = trial.Suspect.Respect,
        MinimumRatio = trial.MinimumRatio,
        Ratio = new ConfirmedRatio(Finite(trial.Ratio.Estimate), Finite(trial.Ratio.Low), Finite(trial.Ratio.High)),
        Rounds = trial.Rounds,
        Executions = trial.Executions,
        Exemplars = trial.Exemplars,
        DifferentResults = trial.DifferentResults,
        BaselineP50Us = Finite(trial.Baseline.Quantile(0.5)),
        CandidateP50Us = Finite(trial.Candidate.Quantile(0.5)),
        Problem = trial.Problem,
    };

    private static double? Finite(double value) => double.IsFinite(value) ? Math.Round(value, 6) : null;
}

/// <summary>A ratio with its interval.</summary>
/// <param name="Estimate">The ratio.</param>
/// <param name="Low">Lower bound.</param>
/// <param name="High">Upper bound.</param>
public sealed record ConfirmedRatio(double? Estimate, double? Low, double? High);
