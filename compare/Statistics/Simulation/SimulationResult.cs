namespace Replay.Statistics;

/// <summary>What the decision made of simulated campaigns.</summary>
public sealed record SimulationResult
{
    /// <summary>Campaigns played.</summary>
    public required int Campaigns { get; init; }

    /// <summary>Campaigns with at least one shape called regressed whose truth is less than the minimum effect.</summary>
    public required int CampaignsWithFalseRegression { get; init; }

    /// <summary>Campaigns whose times would leave the whole undecided.</summary>
    public required int CampaignsInDoubt { get; init; }

    /// <summary>Shapes called regressed, right or wrong.</summary>
    public required long Regressed { get; init; }

    /// <summary>Shapes called regressed whose truth is less than the minimum effect.</summary>
    public required long FalselyRegressed { get; init; }

    /// <summary>Shapes with a planted slowdown of the largest planned ratio, with 200 or more executions.</summary>
    public required long Planted { get; init; }

    /// <summary>How many of these were called regressed.</summary>
    public required long Found { get; init; }

    /// <summary>The same below 200 executions.</summary>
    public required long PlantedRare { get; init; }

    /// <summary>How many of these were called regressed.</summary>
    public required long FoundRare { get; init; }

    /// <summary>Unchanged shapes.</summary>
    public required long Unchanged { get; init; }

    /// <summary>Unchanged shapes called the same.</summary>
    public required long UnchangedCalledSame { get; init; }

    /// <summary>Mean false-alarm rate that the built-in audit reported.</summary>
    public required double MeanAuditRate { get; init; }

    /// <summary>Share of planted slowdowns found, 200 or more executions.</summary>
    public double Power => Planted == 0 ? double.NaN : (double)Found / Planted;

    /// <summary>Share of planted slowdowns found, below 200 executions.</summary>
    public double PowerRare => PlantedRare == 0 ? double.NaN : (double)FoundRare / PlantedRare;

    /// <summary>Share of wrong ones among the shapes called regressed.</summary>
    public double FalseDiscoveries => Regressed == 0 ? 0 : (double)FalselyRegressed / Regressed;
}
