namespace Replay.Comparator;

/// <summary>One step of a plan. It has no literals: of conditions only the columns are kept.</summary>
public sealed record PlanNode
{
    /// <summary>What it does.</summary>
    public required PlanStep Step { get; init; }

    /// <summary>The server's own name for it.</summary>
    public required string Name { get; init; }

    /// <summary>The table that it reads or writes; null if it is no such step. MySQL's first format has the alias here.</summary>
    public string? Relation { get; init; }

    /// <summary>What the statement calls the table.</summary>
    public string? Alias { get; init; }

    /// <summary>The index; several are joined by a comma. Null if there is none.</summary>
    public string? Index { get; init; }

    /// <summary>Columns of its conditions, without qualifiers.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Rows that the planner expects of it; null if it does not tell.</summary>
    public double? Rows { get; init; }

    /// <summary>The planner's cost of it with all that is beneath it, in the planner's own unit; null if it does not tell.</summary>
    public double? Cost { get; init; }

    /// <summary>What is beneath it, in the order of execution as far as that is told.</summary>
    public IReadOnlyList<PlanNode> Children { get; init; } = [];

    /// <summary>This node and all beneath it, from the top.</summary>
    public IEnumerable<PlanNode> All => [this, .. Children.SelectMany(child => child.All)];

    /// <summary>The scans beneath it, or itself.</summary>
    public IEnumerable<PlanNode> Scans => All.Where(node => node.Step.IsScan() && node.Relation is not null);
}

/// <summary>A server's plan of one execution.</summary>
/// <param name="Root">Its top.</param>
/// <param name="Settings">Planner settings that are not the server's defaults, as PostgreSQL tells with the plan.</param>
public sealed record PlanTree(PlanNode Root, IReadOnlyDictionary<string, string> Settings);
