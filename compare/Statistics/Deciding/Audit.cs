namespace Replay.Statistics;

/// <summary>
/// The built-in A/A audit: the very procedure, applied to differences between equal runs. What it flags there is a false alarm.
/// </summary>
public sealed record Audit
{
    /// <summary>The comparisons of equal runs that were made; empty with one run a side.</summary>
    public required IReadOnlyList<string> Contrasts { get; init; }

    /// <summary>Shape verdicts that were given on equal runs: shapes times contrasts.</summary>
    public required long Judged { get; init; }

    /// <summary>How many of them were false alarms (regressed or improved).</summary>
    public required long Flagged { get; init; }

    /// <summary>
    /// lambda of the typical effect: median of the squared t values of equal runs / its expectation. Above 1.1 all t values are
    /// divided by its root (genomic control: Devlin, Roeder 1999, <see href="https://doi.org/10.1111/j.0006-341X.1999.00997.x"/>).
    /// </summary>
    public required double Lambda { get; init; }

    /// <summary>Whether equal runs differ so much, even so, that the procedure does not hold here.</summary>
    public required bool IsNoisy { get; init; }

    /// <summary>Whether there was anything to audit.</summary>
    public bool IsPossible => Contrasts.Count > 0;

    /// <summary>Share of false alarms on equal runs; NaN if nothing could be audited.</summary>
    public double FalseAlarmRate => Judged == 0 ? double.NaN : (double)Flagged / Judged;
}
