namespace Replay.Replayer;

/// <summary>What a sweep with an objective says as an exit status.</summary>
public static class SweepVerdict
{
    /// <summary>
    /// One server: done if a step meets the objective, no if none does. Two: done if the new one meets it wherever the old one does, from the lowest step on, no if it does not.
    /// Undecided where the step that would tell is unfit. Without an objective nothing is decided.
    /// </summary>
    public static int ExitStatus(SweepOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Objective is not { } objective)
        {
            return ExitCode.Done;
        }

        var candidate = options.Sides[^1];
        var wanted = options.Sides.Count == 1 ? null : options.Sides[0].Highest(objective);
        var deciding = wanted is null ? candidate.Steps : [.. candidate.Steps.Where(s => s.Step.Level <= wanted.Level)];
        var met = deciding.ConvertAll(s => SweepSide.Meets(s.Measure, objective));
        if (wanted is null)
        {
            return candidate.Highest(objective) is not null ? ExitCode.Done : met[0] is null ? ExitCode.Undecided : ExitCode.No;
        }

        return met.Contains(false) ? ExitCode.No : met[^1] == true ? ExitCode.Done : ExitCode.Undecided;
    }
}
