using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>What came of executing suspects again, in words: always with both figures.</summary>
internal static class ConfirmationWords
{
    /// <summary>Of what the runs point to without proving it.</summary>
    public const string PerhapsSlower = "perhaps slower";

    private const int SqlLength = 70;

    /// <summary>Behind a verdict in a table; empty if the shape was not executed again.</summary>
    public static string Tag(ShapeDecision decision) => decision.Confirmation switch
    {
        null => "",
        { Outcome: ConfirmationOutcome.Confirmed, Suspected: not ShapeVerdict.Regressed } one when decision.Verdict == ShapeVerdict.Regressed => $", {Suspicion(one)} in the runs, confirmed",
        { Outcome: ConfirmationOutcome.Confirmed } => ", confirmed",
        _ when decision.Verdict == ShapeVerdict.Same && decision.PerhapsSlower == EffectMetric.Slowest => "", // of the rest that says nothing
        { Outcome: ConfirmationOutcome.Refuted } one => $", {Suspicion(one)} in the runs, refuted",
        _ => ", not confirmed",
    };

    /// <summary>Behind what a shape is accused of: <c> (confirmed: 1.29 times, 1.25 to 1.33)</c>.</summary>
    public static string Aside(ShapeDecision decision) => decision.Confirmation switch
    {
        { Outcome: ConfirmationOutcome.Confirmed } one => $" (confirmed: {Figures(one)})",
        { Executions: > 0 } one => $" (executed again, undecided: {Figures(one)})",
        _ => "",
    };

    /// <summary>A sentence on a shape that looked regressed.</summary>
    public static string Refuted(ShapeComparison shape) =>
        $"\"{Sentences.Short(shape.Sql, SqlLength)}\" looked regressed in the runs ({Sentences.Times(shape.Decision.Ratio?.Estimate ?? double.NaN)} as long), but executed again alone on both servers in turn it is not: {Figures(shape.Decision.Confirmation!)}.";

    /// <summary>A paragraph on what came of it.</summary>
    public static string Sentence(ShapeConfirmation confirmation) => confirmation switch
    {
        { Executions: 0 } => "It could not be executed again by itself.",
        { Outcome: ConfirmationOutcome.Confirmed } => $"Confirmed: executed again on both servers in turn it takes {Figures(confirmation)}.",
        { Outcome: ConfirmationOutcome.Refuted } => $"The runs called it {Suspicion(confirmation)}; refuted: executed again alone on both servers in turn it takes {Figures(confirmation)}.",
        _ => $"Neither confirmed nor refuted: executed again on both servers in turn it takes {Figures(confirmation)}.",
    };

    private static string Suspicion(ShapeConfirmation confirmation) => confirmation.Suspected is ShapeVerdict.NotEnoughData or ShapeVerdict.Same ? PerhapsSlower : confirmation.Suspected.Words();

    private static string Figures(ShapeConfirmation confirmation) =>
        $"{Sentences.Times(confirmation.Ratio.Estimate)}, {(double.IsNaN(confirmation.Ratio.Low) ? "no interval" : $"{Sentences.Ratio(confirmation.Ratio.Low)} to {Sentences.Ratio(confirmation.Ratio.High)}")}, {Sentences.Count(confirmation.Executions, "execution")} on each";
}
