namespace Replay.Agent.Snapshots;

/// <summary>What snapshot is wanted.</summary>
internal sealed record SnapshotRequest
{
    /// <summary>The vendor's tool: <c>pg_dump</c>, <c>pg_basebackup</c>, <c>mysqldump</c>, <c>mariadb-dump</c>, <c>mariadb-backup</c>; or <c>hook</c>.</summary>
    public required string Tool { get; init; }

    /// <summary>The user's own command that takes the snapshot; null if a vendor's tool does.</summary>
    public string? Command { get; init; }

    /// <summary>The server and the login for it.</summary>
    public required SnapshotUrl Url { get; init; }

    /// <summary>How long to wait for transactions that were open when sniffing began.</summary>
    public required TimeSpan Wait { get; init; }

    /// <summary>MySQL: how long commits may be held up at most for the sake of the cut; zero: not at all.</summary>
    public TimeSpan Hold { get; init; }

    /// <summary>The folder of the vendor's tools; null: the PATH.</summary>
    public string? ToolFolder { get; init; }

    /// <summary>Whether the server is PostgreSQL.</summary>
    public bool IsPostgres => Command is null ? Tool.StartsWith("pg_", StringComparison.Ordinal) : Url.IsPostgres;
}
