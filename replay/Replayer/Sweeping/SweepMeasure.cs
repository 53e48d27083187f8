using System.Text.Json;
using Replay.Statistics;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What a step's run says of its target.</summary>
public sealed class SweepMeasure
{
    private const int Chunk = 4096;

    private SweepMeasure(RunManifest manifest) => (Manifest, Fitness) = (manifest, manifest.Fitness);

    /// <summary>The run.</summary>
    public RunManifest Manifest { get; }

    /// <summary>The run's own judgement.</summary>
    public RunFitness Fitness { get; }

    /// <summary>Exchanges of the schedule that had a response.</summary>
    public long Exchanges { get; private set; }

    /// <summary>How long the schedule was played, in seconds.</summary>
    public double Seconds => Manifest.PlayedMicroseconds / 1e6;

    /// <summary>Responses a second.</summary>
    public double PerSecond => Seconds > 0 ? Exchanges / Seconds : 0;

    /// <summary>last - sent, of responses without an error and outside of the warm-up.</summary>
    public LogHistogram Latency { get; } = new();

    /// <summary>last - due, of the same: what a user waits who asks at production's moments. At full speed nothing is due, and it is the latency.</summary>
    public LogHistogram Response { get; } = new();

    /// <summary>Responses with an error that the capture had not.</summary>
    public long NewErrors { get; private set; }

    /// <summary>Exchanges without a response.</summary>
    public long Failed { get; private set; }

    /// <summary>Share of both.</summary>
    public double ErrorShare => Exchanges + Failed == 0 ? 0 : (double)(NewErrors + Failed) / (Exchanges + Failed);

    /// <summary>Whether the schedule was not kept: more than this the target did not do.</summary>
    public bool IsSaturated => Fitness.Gates.Any(Certificate.PaceGates.Contains);

    /// <summary>Whether the run says nothing of its target, for other reasons than that.</summary>
    public bool IsUnfit => !Fitness.Fit && !(Fitness.Gates.Count > 0 && Fitness.Gates.All(Certificate.PaceGates.Contains));

    /// <summary>Reads a run that has ended.</summary>
    public static SweepMeasure Read(string folder, WorkloadReader workload)
    {
        ArgumentNullException.ThrowIfNull(workload);
        using var run = RunReader.Open(folder);
        var measure = new SweepMeasure(run.Manifest) { Failed = run.Manifest.FailedByReason.Values.Sum() };
        using (var certificate = JsonDocument.Parse(run.ReadDocument("certificate.json") ?? throw new CommandException($"{folder} has no certificate")))
        {
            measure.NewErrors = certificate.RootElement.GetProperty("against").GetProperty("new_errors").GetInt64();
        }

        using var requests = run.Manifest is { ComparedFromMicroseconds: null, Seams: null } ? null : workload.Read();
        var outcomes = new RunOutcome[Chunk];
        for (var from = 0L; from < run.Count; from += Chunk)
        {
            var page = outcomes.AsSpan(0, (int)Math.Min(Chunk, run.Count - from));
            run.Read(from, page);
            foreach (ref readonly var outcome in page)
            {
                var isWarmUp = requests is not null && requests.MoveNext() && run.Manifest.IsWarmUp(requests.Current.RequestedAtMicroseconds);
                measure.Add(in outcome, isWarmUp);
            }
        }

        return measure;
    }

    private void Add(in RunOutcome outcome, bool isWarmUp)
    {
        if (outcome.Status != RunStatus.Replayed || (outcome.Flags & RunFlags.PreRoll) != 0)
        {
            return;
        }

        Exchanges++;
        if (isWarmUp || outcome.ErrorCode != 0 || (outcome.Flags & RunFlags.Retried) != 0 || float.IsNaN(outcome.LatencyMicroseconds))
        {
            return;
        }

        Latency.Record(outcome.LatencyMicroseconds);
        Response.Record(outcome.LatencyMicroseconds + LogCode.Decode(outcome.LagCode));
    }
}
