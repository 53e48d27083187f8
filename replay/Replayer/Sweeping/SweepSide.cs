namespace Replay.Replayer;

/// <summary>A server of a sweep, with what was measured on it.</summary>
/// <param name="Name"><c>target</c>; of two, <c>baseline</c> or <c>candidate</c>.</param>
/// <param name="Letter">What its runs' names begin with.</param>
/// <param name="Data">Its data.</param>
public sealed record SweepSide(string Name, char Letter, FreshData Data)
{
    /// <summary>What was measured, step by step, as far as the sweep has come.</summary>
    public List<(SweepStep Step, SweepMeasure Measure)> Steps { get; } = [];

    /// <summary>Whether a step met the objective; null: its run is unfit, which says nothing.</summary>
    public static bool? Meets(SweepMeasure measure, SweepObjective objective)
    {
        ArgumentNullException.ThrowIfNull(measure);
        ArgumentNullException.ThrowIfNull(objective);
        return measure.IsUnfit ? null : objective.IsMetBy(measure);
    }

    /// <summary>The highest step that meets an objective with none before it that does not; null if there is none.</summary>
    public SweepStep? Highest(SweepObjective objective) =>
        Steps.TakeWhile(s => Meets(s.Measure, objective) != false).LastOrDefault(s => Meets(s.Measure, objective) == true).Step;

    /// <summary>The step with the most responses a second of those that can be trusted; null if none can.</summary>
    public SweepStep? Best => Steps.Where(static s => !s.Measure.IsUnfit).OrderByDescending(static s => s.Measure.PerSecond).FirstOrDefault().Step;
}
