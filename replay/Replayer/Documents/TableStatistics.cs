namespace Replay.Replayer;

/// <summary>One table of <c>tables.json</c>; what the engine does not tell is null.</summary>
public sealed record TableStatistics
{
    /// <summary>The database.</summary>
    public required string Database { get; init; }

    /// <summary>The schema; MySQL has none apart from the database.</summary>
    public string? Schema { get; init; }

    /// <summary>The table.</summary>
    public required string Table { get; init; }

    /// <summary>Rows, as the server estimates.</summary>
    public long? LiveRows { get; init; }

    /// <summary>Rows that the planner reckons with: pg_class.reltuples, MariaDB's persistent statistics, or InnoDB's estimate; null if it has none yet.</summary>
    public long? PlannedRows { get; init; }

    /// <summary>When its statistics were collected last, as the server writes it; null if never, or not told.</summary>
    public string? AnalyzedAt { get; init; }

    /// <summary>Dead rows, as the server estimates.</summary>
    public long? DeadRows { get; init; }

    /// <summary>Sequential scans since the statistics were reset.</summary>
    public long? SeqScans { get; init; }

    /// <summary>Index scans since then.</summary>
    public long? IndexScans { get; init; }

    /// <summary>Rows inserted since then.</summary>
    public long? Inserted { get; init; }

    /// <summary>Rows updated since then.</summary>
    public long? Updated { get; init; }

    /// <summary>Rows deleted since then.</summary>
    public long? Deleted { get; init; }

    /// <summary>Bytes on disk with indexes.</summary>
    public long? Bytes { get; init; }

    /// <summary>Its indexes.</summary>
    public IReadOnlyList<IndexStatistics> Indexes { get; init; } = [];

    /// <summary>Its columns; no more of all tables together than <see cref="MostColumns"/>.</summary>
    public IReadOnlyList<ColumnFacts> Columns { get; init; } = [];

    /// <summary>Columns that a run keeps at most: 50,000.</summary>
    public const int MostColumns = 50_000;
}

/// <summary>One index of a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Scans">Scans since the statistics were reset; null if not told.</param>
/// <param name="Bytes">Bytes on disk; null if not told.</param>
/// <param name="Definition">How it is made: PostgreSQL's CREATE INDEX, MySQL's columns.</param>
/// <param name="IsUsable">Whether the planner may use it: valid, visible, not ignored.</param>
public sealed record IndexStatistics(string Name, long? Scans, long? Bytes, string? Definition, bool IsUsable = true);

/// <summary>One column of a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as the server writes it.</param>
/// <param name="Collation">Its collation; null if it has none.</param>
public sealed record ColumnFacts(string Name, string Type, string? Collation);
