using Replay.Workload;

namespace Replay.Comparator;

/// <summary>Whether an exchange's moment speaks against comparing its time: it belongs to the warm-up, of a run's beginning or after a seam, or was on the wire when turns changed.</summary>
internal sealed class ComparedMoments(ComparisonInput input)
{
    private readonly long _from = input.Runs.Max(run => run.Manifest.ComparedFromMicroseconds) ?? long.MinValue; // workload clock

    private readonly RunSeam[] _seams = [.. input.Runs.SelectMany(run => run.Manifest.Seams ?? [])];

    /// <summary>The slices of runs that took turns.</summary>
    public SliceGrid? Slices { get; } = SliceGrid.Of(input);

    /// <summary><see cref="Eligibility.Compared"/> if nothing does.</summary>
    public Eligibility Of(in Exchange exchange) =>
        exchange.RequestedAtMicroseconds < _from || IsAfterSeam(exchange.RequestedAtMicroseconds) ? Eligibility.WarmUp
            : Slices?.Crosses(exchange.RequestedAtMicroseconds, exchange.EndedAtMicroseconds) == true ? Eligibility.AtBorder
            : Eligibility.Compared;

    private bool IsAfterSeam(long requestedAtMicroseconds)
    {
        foreach (var seam in _seams)
        {
            if (seam.IsWarmUp(requestedAtMicroseconds))
            {
                return true;
            }
        }

        return false;
    }
}
