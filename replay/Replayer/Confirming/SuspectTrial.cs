using System.Globalization;
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
    private static readonly TimeSpan UsualLimit = TimeSpan.FromSeconds(30);

    // So many different executions in a round; the next one goes on behind them.
    private const int MostInRound = 8;

    // Nothing is refuted by fewer different executions, if there are more.
    private const int LeastExemplars = 10;

    // After so many rounds what stands against a refutation is not going to pass.
    private const int MostRoundsInDoubt = 50;

    // Those that waited longest first.
    private readonly List<Exemplar> _exemplars;
    private readonly ConfirmationOptions _options;
    private readonly TimeSpan _roundTime;
    private readonly TimeSpan _executionLimit;
    private readonly TimeProvider _clock;
    private readonly SequentialRatioTest _test;
    private readonly ExemplarTimes _times = new();
    private readonly HashSet<long> _different = [];
    private string? _leftOut;

    /// <summary>A trial.</summary>
    /// <param name="suspect">The suspect.</param>
    /// <param name="exemplars">Its executions, in an order that has nothing to do with time.</param>
    /// <param name="options">Thresholds.</param>
    /// <param name="roundTime">For how long executions of a round go on; a quarter of a second unless told otherwise.</param>
    /// <param name="executionLimit">How long one may take before the server ends it; 30 s unless told otherwise.</param>
    /// <param name="clock">Tells when a round is over; the system's unless told otherwise.</param>
    public SuspectTrial(
        Suspect suspect, IReadOnlyList<Exemplar> exemplars, ConfirmationOptions options, TimeSpan? roundTime = null, TimeSpan? executionLimit = null, TimeProvider? clock = null)
    {
        Suspect = suspect;
        _options = options;
        _roundTime = roundTime ?? UsualRoundTime;
        _executionLimit = executionLimit ?? UsualLimit;
        _clock = clock ?? TimeProvider.System;
        _exemplars = [.. exemplars];
        _test = new SequentialRatioTest(options);
        if (exemplars.Count == 0)
        {
            _leftOut = "the workload has no execution of it that can be executed by itself";
        }
    }

    /// <summary>The suspect.</summary>
    public Suspect Suspect { get; }

    /// <summary>Slower by more than this factor is confirmed.</summary>
    public double MinimumRatio => _options.MinimumRatio;

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
    public string? Problem => (IsRefutable ? Doubt : null) ?? _leftOut;

    /// <summary>Whether it needs no more rounds.</summary>
    public bool IsOver => _exemplars.Count == 0 || _test.Outcome == ConfirmationOutcome.Confirmed
        || (IsRefutable && (Doubt is null || Suspect.Respect != SuspectRespect.Typical || Rounds >= MostRoundsInDoubt));

    /// <summary>What came of it so far.</summary>
    public ConfirmationOutcome Outcome => _exemplars.Count == 0 || (IsRefutable && Doubt is not null) ? ConfirmationOutcome.Undecided : _test.Outcome;

    private bool IsRefutable => _test.Outcome == ConfirmationOutcome.Refuted;

    // Why it may be slower although what was executed is not, taken together.
    private string? Doubt => Suspect.Respect switch
    {
        SuspectRespect.Total or SuspectRespect.Tail => "it is slower in its slow executions, which may come of load; executed alone they are not slower",
        SuspectRespect.Some => "few of its executions became slower; those that were executed again, taken together, are not",
        _ when _times.Seen < Math.Min(_exemplars.Count, LeastExemplars) => "too few of its executions had their turn",
        _ when _times.Slower > 0 => Invariant($"{_times.Slower} of the {_exemplars.Count} executions are slower by themselves, up to x {_times.Worst:0.00}, though all together are not"),
        _ when 1 + ((Ratio.High - 1) * Hidden) >= _options.MinimumRatio => Invariant($"on the wire it may be slower: the client's own {1 - (1 / Hidden):P0} of the latency hides it"),
        _ => null,
    };

    // How much longer the client takes it to be than the wire did in the runs: a slowdown on the wire shows as so much less. 1 if the runs were not measured there.
    private double Hidden => double.IsNaN(Suspect.WireMicroseconds) ? 1 : Math.Max(1, Baseline.Quantile(0.5) / Suspect.WireMicroseconds);

    /// <summary>Plays a round; a <see cref="TargetUnreachableException"/> if a server is away.</summary>
    public async Task PlayRoundAsync(ILinkOpener baseline, ILinkOpener candidate, CancellationToken cancellation)
    {
        var first = _exemplars[0];
        var batch = _exemplars.Where(e => e.Context.Key == first.Context.Key).Take(MostInRound).ToList();
        ConfirmPair pair;
        try
        {
            pair = await ConfirmPair.OpenAsync(baseline, candidate, first.Context, _executionLimit, cancellation);
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
    }

    private async Task<List<double>> ContrastsAsync(ConfirmPair pair, List<Exemplar> batch, CancellationToken cancellation)
    {
        var contrasts = new List<double>();
        var own = new Dictionary<long, List<double>>();
        var began = _clock.GetTimestamp();
        for (var i = 0; batch.Count > 0 && (contrasts.Count == 0 || _clock.GetElapsedTime(began) < _roundTime);)
        {
            var exemplar = batch[i % batch.Count];
            // The first time is for the caches, and to see what it answers.
            var problem = own.TryAdd(exemplar.Position, []) ? await WarmAsync(pair, exemplar, cancellation) : null;
            // In turn, and for each execution too where they are an even number.
            var turn = i + (batch.Count % 2 == 0 ? i / batch.Count : 0);
            var contrast = double.NaN;
            if (problem is null)
            {
                (contrast, problem) = await ContrastAsync(pair, exemplar, candidateFirst: turn % 2 == 1, cancellation);
            }

            if (problem is not null)
            {
                batch.Remove(exemplar);
                own.Remove(exemplar.Position);
                LeaveOut([exemplar], problem);
                continue;
            }

            contrasts.Add(contrast);
            own[exemplar.Position].Add(contrast);
            i++;
        }

        foreach (var (position, values) in own.Where(one => one.Value.Count > 0))
        {
            _times.Add(position, values);
        }

        var played = _exemplars.FindAll(e => own.ContainsKey(e.Position));
        _exemplars.RemoveAll(played.Contains);
        _exemplars.AddRange(played);

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

        return Refusal(onCandidate: false, old) ?? Refusal(onCandidate: true, fresh);
    }

    // The contrast, or why there is none.
    private async Task<(double Contrast, string? Problem)> ContrastAsync(ConfirmPair pair, Exemplar exemplar, bool candidateFirst, CancellationToken cancellation)
    {
        var microseconds = new double[4];
        for (var i = 0; i < microseconds.Length; i++)
        {
            var onCandidate = candidateFirst == (i is 0 or 3);
            var answer = await pair.ExecuteAsync(exemplar.Request, onCandidate, cancellation);
            if (Refusal(onCandidate, answer) is { } refusal)
            {
                return (double.NaN, refusal);
            }

            if (answer.Microseconds is not { } latency)
            {
                return (double.NaN, "its response has no time of its own");
            }

            microseconds[i] = latency;
        }

        var (outer, inner) = ((microseconds[0], microseconds[3]), (microseconds[1], microseconds[2]));
        var (ofBaseline, ofCandidate) = candidateFirst ? (inner, outer) : (outer, inner);
        Baseline.Record(ofBaseline.Item1);
        Baseline.Record(ofBaseline.Item2);
        Candidate.Record(ofCandidate.Item1);
        Candidate.Record(ofCandidate.Item2);
        return (ConfirmationRound.Contrast(ofBaseline.Item1, ofCandidate.Item1, ofCandidate.Item2, ofBaseline.Item2), null);
    }

    private static string? Refusal(bool onCandidate, in ConfirmAnswer answer) => answer.Error is { } error ? $"the {(onCandidate ? "new" : "old")} server refuses it: {error}" : null;

    private void LeaveOut(List<Exemplar> refused, string why)
    {
        _leftOut = why;
        _exemplars.RemoveAll(refused.Contains);
        foreach (var exemplar in refused)
        {
            _different.Remove(exemplar.Position);
            _times.Remove(exemplar.Position);
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
