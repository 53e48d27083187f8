namespace Replay.Statistics;

/// <summary>How far runs lie apart, per shape, and with how many degrees of freedom that is known.</summary>
/// <param name="Values">Variance per shape of one run's value, as far as it does not cancel between the sides.</param>
/// <param name="DegreesOfFreedom">The same for all shapes.</param>
internal sealed record RunVariances(double[] Values, double DegreesOfFreedom)
{
    /// <summary>
    /// From the residuals of each shape. Two interleaved pairs have one difference of differences, but also a difference of sums: it holds what the servers' starts make, with drift on top. How much
    /// drift, r, is told by all shapes together (the ratio of the medians); divided by r the sums tell of a shape's own noise too, and count 1 / r of what the differences do: with no
    /// drift two pairs are worth as much as four runs in sequence, with much drift only differences count.
    /// </summary>
    public static RunVariances Of(RunDesign design, double[][] residuals)
    {
        var values = residuals.Select(perRun => design.WithinVariance(perRun)).ToArray();
        double degrees = design.DegreesOfFreedom;
        if (!design.IsInterleaved || degrees == 0 || values.Length < CommonShapes.Least)
        {
            return new RunVariances(values, degrees);
        }

        var shared = residuals.Select(perRun => design.SharedVariance(perRun)).ToArray();
        var drift = Math.Max(1, Robust.Median(shared) / Robust.Median(values));
        if (!double.IsFinite(drift))
        {
            return new RunVariances(values, degrees);
        }

        return new RunVariances([.. values.Zip(shared, (own, sum) => (own + (sum / (drift * drift))) / (1 + (1 / drift)))], degrees * (1 + (1 / drift)));
    }
}
