namespace Replay.Replayer;

/// <summary>In which respect a suspect became slower: which of its executions are executed again.</summary>
public enum SuspectRespect
{
    /// <summary>Its typical execution: any of them.</summary>
    Typical,

    /// <summary>Some of its executions, since the middle one is not slower: any of them, but those that are not slower say nothing about the others.</summary>
    Some,

    /// <summary>All its time: the more often, the longer they took in production.</summary>
    Total,

    /// <summary>Its slow executions: the slowest in production.</summary>
    Tail,
}

/// <summary>A shape that a comparison calls regressed or slower, would if the runs' times could be believed, or takes for perhaps slower.</summary>
/// <param name="Shape">Its 32 digits.</param>
/// <param name="Sql">Its normalised text.</param>
/// <param name="Verdict"><c>regressed</c>, <c>slower</c> or, perhaps slower, <c>not_enough_data</c> or <c>same</c>.</param>
/// <param name="Respect">In which respect.</param>
/// <param name="Captured">Its executions in the workload.</param>
/// <param name="Ratio">The comparison's estimate, candidate / baseline; NaN if it has none.</param>
/// <param name="WireMicroseconds">The middle latency of the old server's runs if they were measured on the wire; NaN if not.</param>
/// <param name="IsWithheld">Whether the comparison does not say so, since it cannot believe the runs.</param>
public sealed record Suspect(string Shape, string Sql, string Verdict, SuspectRespect Respect, long Captured, double Ratio, double WireMicroseconds = double.NaN, bool IsWithheld = false)
{
    /// <summary>Positions in the workload of executions that were slow in each run; empty if the comparison does not name any.</summary>
    public IReadOnlyList<long> Slow { get; init; } = [];

    /// <summary>Slower by less than this factor is no regression of it; null: as for all.</summary>
    public double? MinimumRatio { get; init; }

    /// <summary>Whether its confirmation alone makes it a regression: the runs prove none.</summary>
    public bool IsUnproven => IsWithheld || Verdict != "regressed";
}
