namespace Replay.Statistics;

/// <summary>What came of a suspect when it was executed again on both servers in alternation, and what the runs had said.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Ratio">Candidate / baseline when executed again; its interval holds however often it was looked at.</param>
/// <param name="Rounds">Observations.</param>
/// <param name="Executions">Executions on each server.</param>
/// <param name="Suspected">The verdict that the runs gave; not enough data, or the same, if it was perhaps slower.</param>
public sealed record ShapeConfirmation(ConfirmationOutcome Outcome, RatioInterval Ratio, int Rounds, long Executions, ShapeVerdict Suspected)
{
    /// <summary>
    /// A decision that knows of confirmations, by shape: what was refuted is no regression, but slower if that is certain, else the same; what was confirmed is a regression, also where the runs
    /// alone could not be believed, or show more than what matters without proving that. Nothing becomes a regression that the runs did not show.
    /// </summary>
    public static Decision TakeIn(Decision decision, IReadOnlyDictionary<int, ShapeConfirmation> confirmations)
    {
        ArgumentNullException.ThrowIfNull(decision);
        ArgumentNullException.ThrowIfNull(confirmations);
        ShapeDecision[] shapes = [.. decision.Shapes.Select(shape => confirmations.GetValueOrDefault(shape.Shape) is { } confirmation ? TakeIn(shape, confirmation, decision.Options) : shape)];
        var notEnough = Decider.NotEnoughDataShare(shapes);
        return decision with
        {
            Shapes = shapes,
            NotEnoughDataShare = notEnough,
            Doubts = [.. decision.Doubts.Where(doubt => doubt != DecisionDoubt.NotEnoughData || notEnough > decision.Options.UndecidedTimeShare)],
        };
    }

    // What the runs do not suspect needs no confirmation: the file may be of an earlier comparison with other thresholds, also of those that a suspicion asks for.
    private static ShapeDecision TakeIn(ShapeDecision shape, ShapeConfirmation confirmation, DecisionOptions options)
    {
        var minimum = shape.PerhapsSlower is { } metric ? Math.Exp(Selection.Threshold(options, metric)) : options.MinimumRatio;
        var outcome = confirmation.Outcome == ConfirmationOutcome.Confirmed && !(confirmation.Ratio.Low > minimum) ? ConfirmationOutcome.Undecided : confirmation.Outcome;
        return !shape.IsSuspect ? shape : shape with
        {
            Verdict = outcome switch
            {
                ConfirmationOutcome.Confirmed when shape.PerhapsSlower is not null => ShapeVerdict.Regressed,
                ConfirmationOutcome.Confirmed => shape.IsTooSmallToMatter || !(shape.Ratio?.Estimate > options.MinimumRatio) ? shape.InRuns : ShapeVerdict.Regressed,
                ConfirmationOutcome.Refuted when shape.PerhapsSlower != EffectMetric.Slowest => confirmation.Ratio.Low > 1 ? ShapeVerdict.Slower : ShapeVerdict.Same,
                _ => shape.Verdict,
            },
            Confirmation = confirmation with { Outcome = outcome, Suspected = shape.InRuns },
        };
    }
}
