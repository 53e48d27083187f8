namespace Replay.Replayer;

/// <summary>What a sweep with an objective says as an exit status.</summary>
public static class SweepVerdict
{
    /// <summary>
    /// One server: done if a step meets the objective, no if none does. Two: done if the new one meets it wherever the old one does, from the lowest step on, no if it does not.
    /// Undecided where the step that would tell is unfit, on either. Without an objective nothing is decided.
    /// </summary>
    public static int ExitStatus(SweepOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Objective is not { } objective)
        {
            return ExitCode.Done;
        }

        var candidate = options.Sides[^1];
        var baseline = options.Sides.Count == 1 ? null : options.Sides[0];
        if (baseline?.Highest(objective) is { } wanted)
        {
            var met = candidate.Steps.FindAll(s => s.Step.Level <= wanted.Level).ConvertAll(s => SweepSide.Meets(s.Measure, objective));
            return met.Contains(false) ? ExitCode.No : met[^1] == true ? ExitCode.Done : ExitCode.Undecided;
        }

        // The old one may meet it as far as its lowest steps are unfit: less than that of the new one decides nothing.
        var untold = baseline?.Steps.TakeWhile(s => SweepSide.Meets(s.Measure, objective) is null).Count() ?? 0;
        var highest = candidate.Highest(objective);
        if (untold > 0)
        {
            return highest?.Level >= baseline!.Steps[untold - 1].Step.Level ? ExitCode.Done : ExitCode.Undecided;
        }

        return highest is not null ? ExitCode.Done : SweepSide.Meets(candidate.Steps[0].Measure, objective) is null ? ExitCode.Undecided : ExitCode.No;
    }
}
