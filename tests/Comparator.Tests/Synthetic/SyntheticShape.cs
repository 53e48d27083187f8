using Replay.Workload;

namespace Replay.Comparator.Tests;

/// <summary>A shape of a made-up workload, and how it behaves.</summary>
internal sealed record SyntheticShape(string Sql, int Executions, double MedianMicroseconds)
{
    public string Class { get; init; } = "read";

    public Command Command { get; init; } = Command.Query;

    /// <summary>Candidate / baseline of each latency.</summary>
    public double Ratio { get; init; } = 1;

    /// <summary>Standard deviation of a single execution's logarithm.</summary>
    public double Deviation { get; init; } = 0.2;

    /// <summary>The state of the transaction after an execution in production.</summary>
    public Func<int, TransactionState>? Transaction { get; init; }

    public string? ProductionError { get; init; }

    /// <summary>Rows of production's answer if there are none to hash; below 0: nothing to count.</summary>
    public long ProductionRows { get; init; } = 1;

    /// <summary>Changes an outcome: its run's label (A1, B2 ...), the number of the execution, the outcome.</summary>
    public Func<string, int, RunOutcome, RunOutcome>? Change { get; init; }

    /// <summary>The session of an execution; session 1 without it.</summary>
    public Func<int, int>? Session { get; init; }

    /// <summary>The text of an execution; the shape's own without it.</summary>
    public Func<int, string>? Text { get; init; }

    /// <summary>What is bound to an execution, as text; a request that has it is made of PostgreSQL's messages.</summary>
    public Func<int, string?[]>? Bound { get; init; }

    /// <summary>The columns of its rows.</summary>
    public Column[] Columns { get; init; } = [];

    /// <summary>The single row that an execution returns: its run's label (P is production), the number of the execution. Null: what is hashed has no values.</summary>
    public Func<string, int, string?[]>? Row { get; init; }

    /// <summary>The rows that an execution returns, instead of <see cref="Row"/>.</summary>
    public Func<string, int, string?[][]>? Rows { get; init; }

    /// <summary>Whether runs keep all rows; if not, only where they differ from production's.</summary>
    public bool IsSampled { get; init; }

    /// <summary>The error of a run's execution; null for none.</summary>
    public Func<string, int, string?>? Error { get; init; }

    /// <summary>The rows that an execution returns; null if there are none to hash.</summary>
    public string?[][]? RowsOf(string label, int execution) => Rows?.Invoke(label, execution) ?? (Row is null ? null : [Row(label, execution)]);
}
