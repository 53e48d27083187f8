using System.Diagnostics;
using Replay.Client;
using Replay.Statistics;

namespace Replay.Replayer;

/// <summary>
/// One suspect's rounds. In a round a new pair of connections executes a few of its executions in the order A B B A, then B A A B, for a quarter of a second or once each if they
/// are slower; a round is one observation, so what differs between connections and between executions is part of the noise.
/// </summary>
public sealed class SuspectTrial
{
    private static readonly TimeSpan UsualRoundTime = TimeSpan.FromMilliseconds(250);

    // So many different executions in a round; the next one begins one further.
    private const int MostInRound = 8;

    private readonly List<Exemplar> _exemplars;
    private readonly TimeSpan _roundTime;
    private readonly SequentialRatioTest _test;
    private readonly HashSet<long> _different = [];
    private int _round;

    /// <summary>A trial.</summary>
    /// <param name="suspect">The suspect.</param>
    /// <param name="exemplars">Its executions, in an order that has nothing to do with time.</param>
    /// <param name="options">Thresholds.</param>
    /// <param name="roundTime">For how long executions of a round go on; a quarter of a second unless told otherwise.</param>
    public SuspectTrial(Suspect suspect, IReadOnlyList<Exemplar> exemplars, ConfirmationOptions options, TimeSpan? roundTime = null)
    {
        Suspect = suspect;
        _roundTime = roundTime ?? UsualRoundTime;
        _exemplars = [.. exemplars];
        _test = new SequentialRatioTest(options);
        if (exemplars.Count == 0)
        {
            Problem = "the workload has no execution of it that can be executed by itself";
        }
    }

    /// <summary>The suspect.</summary>
    public Suspect Suspect { get; }

    /// <summary>Rounds so far.</summary>
    public int Rounds => _test.Rounds;

    /// <summary>Timed executions on each server so far.</summary>
    public long Executions => Baseline.Count;

    /// <summary>Different captured executions among them that both servers answer.</summary>
    public int Exemplars => _exemplars.Count;

    /// <summary>How many of these the two servers answer differently.</summary>
    public int DifferentResults => _different.Count;

    /// <summary>The ratio with the interval that holds at each look.</summary>
    public RatioInterval Ratio => _test.Ratio;

    /// <summary>Latencies on the old server.</summary>
    public LogHistogram Baseline { get; } = new();

    /// <summary>Latencies on the new server.</summary>
    public LogHistogram Candidate { get; } = new();

    /// <summary>Why it cannot be executed, or why what was found is no refutation; null if nothing stands against it.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether it needs no more rounds.</summary>
    public bool IsOver => _exemplars.Count == 0 || _test.Outcome != ConfirmationOutcome.Undecided;

    /// <summary>What came of it so far.</summary>
    public ConfirmationOutcome Outcome => _exemplars.Count == 0 || (_test.Outcome == ConfirmationOutcome.Refuted && Suspect.Respect != SuspectRespect.Typical)
        ? ConfirmationOutcome.Undecided
        : _test.Outcome;

    /// <summary>Plays a round; a <see cref="TargetUnreachableException"/> if a server is away.</summary>
    public async Task PlayRoundAsync(ILinkOpener baseline, ILinkOpener candidate, CancellationToken cancellation)
    {
        var first = _exemplars[_round % _exemplars.Count];
        var batch = Enumerable.Range(_round, _exemplars.Count).Select(i => _exemplars[i % _exemplars.Count]).Where(e => e.Context.Key == first.Context.Key).Take(MostInRound).ToList();
        _round++;
        ConfirmPair pair;
        try
        {
            pair = await ConfirmPair.OpenAsync(baseline, candidate, first.Context, cancellation);
        }
        catch (TargetException e) when (e is not TargetUnreachableException)
        {
            LeaveOut(batch, e.Message);
            return;
        }

        try
        {
            var contrasts = await ContrastsAsync(pair, batch, cancellation);
            if (contrasts.Count > 0)
            {
                _test.Add(ConfirmationRound.LogRatio(contrasts.ToArray()));
            }
        }
        catch (TargetException e)
        {
            // One of them may be what ended it; if the server is gone, the next round finds that out.
            LeaveOut(batch, e.Message);
        }
        finally
        {
            await pair.DisposeAsync();
        }

        if (_test.Outcome == ConfirmationOutcome.Refuted && Outcome != ConfirmationOutcome.Refuted)
        {
            Problem = "it is slower in its slow executions, which may come of load; executed alone they are not slower";
        }
    }

    private async Task<List<double>> ContrastsAsync(ConfirmPair pair, List<Exemplar> batch, CancellationToken cancellation)
    {
        var contrasts = new List<double>();
        var warm = new HashSet<long>();
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; batch.Count > 0 && (contrasts.Count == 0 || Stopwatch.GetElapsedTime(began) < _roundTime);)
        {
            var exemplar = batch[i % batch.Count];
            // The first time is for the caches, and to see what it answers.
            var problem = warm.Add(exemplar.Position) ? await WarmAsync(pair, exemplar, cancellation) : null;
            // In turn, and for each execution too where they are an even number.
            var turn = i + (batch.Count % 2 == 0 ? i / batch.Count : 0);
            var contrast = problem is null ? await ContrastAsync(pair, exemplar, candidateFirst: turn % 2 == 1, cancellation) : null;
            if (contrast is null)
            {
                batch.Remove(exemplar);
                LeaveOut([exemplar], problem ?? "its response has no time of its own");
                continue;
            }

            contrasts.Add(contrast.Value);
            i++;
        }

        return contrasts;
    }

    private async Task<string?> WarmAsync(ConfirmPair pair, Exemplar exemplar, CancellationToken cancellation)
    {
        var old = await pair.ExecuteAsync(exemplar.Request, onCandidate: false, cancellation);
        var fresh = await pair.ExecuteAsync(exemplar.Request, onCandidate: true, cancellation);
        if (old.Rows != fresh.Rows || (old.Hash is { } before && fresh.Hash is { } after && before != after))
        {
            _different.Add(exemplar.Position);
        }

        return old.Error is { } oldError ? $"the old server refuses it: {oldError}" : fresh.Error is { } error ? $"the new server refuses it: {error}" : null;
    }

    private async Task<double?> ContrastAsync(ConfirmPair pair, Exemplar exemplar, bool candidateFirst, CancellationToken cancellation)
    {
        var outer1 = await pair.ExecuteAsync(exemplar.Request, candidateFirst, cancellation);
        var inner1 = await pair.ExecuteAsync(exemplar.Request, !candidateFirst, cancellation);
        var inner2 = await pair.ExecuteAsync(exemplar.Request, !candidateFirst, cancellation);
        var outer2 = await pair.ExecuteAsync(exemplar.Request, candidateFirst, cancellation);
        if (outer1.Microseconds is not { } a || inner1.Microseconds is not { } b || inner2.Microseconds is not { } c || outer2.Microseconds is not { } d)
        {
            return null;
        }

        var (ofBaseline, ofCandidate) = candidateFirst ? ((b, c), (a, d)) : ((a, d), (b, c));
        Baseline.Record(ofBaseline.Item1);
        Baseline.Record(ofBaseline.Item2);
        Candidate.Record(ofCandidate.Item1);
        Candidate.Record(ofCandidate.Item2);
        return ConfirmationRound.Contrast(ofBaseline.Item1, ofCandidate.Item1, ofCandidate.Item2, ofBaseline.Item2);
    }

    private void LeaveOut(List<Exemplar> refused, string why)
    {
        Problem = why;
        _exemplars.RemoveAll(refused.Contains);
        foreach (var exemplar in refused)
        {
            _different.Remove(exemplar.Position);
        }
    }
}
