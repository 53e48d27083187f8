using System.Globalization;
using Replay.Statistics;

namespace Replay.Replayer;

/// <summary>What a confirmation prints when it has ended: a line or two for each suspect.</summary>
public static class ConfirmSummary
{
    private const int SqlLength = 100;

    /// <summary>Prints it.</summary>
    public static void Print(TextWriter output, ConfirmResult result)
    {
        output.WriteLine(Invariant($"suspects   {result.Trials.Count} executed again in {result.Took.TotalSeconds:0.0} s: {Count(result, ConfirmationOutcome.Confirmed)} confirmed, {Count(result, ConfirmationOutcome.Refuted)} refuted, {Count(result, ConfirmationOutcome.Undecided)} undecided"));
        foreach (var trial in result.Trials)
        {
            var bounds = double.IsNaN(trial.Ratio.Low) ? "no interval yet" : Invariant($"{trial.Ratio.Low:0.00} to {trial.Ratio.High:0.00}");
            output.WriteLine(trial.Executions == 0
                ? $"{trial.Outcome.ToString().ToLowerInvariant(),-10} not executed: {Short(trial.Suspect.Sql)}"
                : Invariant($"{trial.Outcome.ToString().ToLowerInvariant(),-10} x {trial.Ratio.Estimate:0.00} ({bounds}), {trial.Rounds} rounds, {trial.Executions} executions of {trial.Exemplars} on each server: {Short(trial.Suspect.Sql)}"));
            if (trial.DifferentResults > 0)
            {
                output.WriteLine(Invariant($"           {trial.DifferentResults} of {trial.Exemplars} have another result on the new server"));
            }

            if (trial.Problem is { } problem)
            {
                output.WriteLine($"           {problem}");
            }
        }

        foreach (var suspect in result.Writing)
        {
            output.WriteLine($"left out   it may change something: {Short(suspect.Sql)}");
        }
    }

    private static int Count(ConfirmResult result, ConfirmationOutcome outcome) => result.Trials.Count(t => t.Outcome == outcome);

    private static string Short(string sql)
    {
        var line = string.Join(' ', sql.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= SqlLength ? line : line[..(SqlLength - 3)] + "...";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
