using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What a target says of itself.</summary>
public sealed record TargetFacts
{
    /// <summary>The protocol it speaks.</summary>
    public required Engine Engine { get; init; }

    /// <summary>Its own words about its version.</summary>
    public required string ServerVersion { get; init; }

    /// <summary>The major version: 15 of 15.18; 10.11 of 10.11.18-MariaDB is 10.</summary>
    public required int Major { get; init; }

    /// <summary>PostgreSQL's system identifier, MySQL's server_uuid; null if it does not tell.</summary>
    public string? SystemIdentifier { get; init; }

    /// <summary>The most connections that it takes.</summary>
    public int MaxConnections { get; init; }

    /// <summary>Connections of others that it has now.</summary>
    public int ConnectionsInUse { get; init; }

    /// <summary>The databases that exist, with the mark of consent that each bears; null: none.</summary>
    public IReadOnlyDictionary<string, ConsentMark?> Databases { get; init; } = new Dictionary<string, ConsentMark?>(StringComparer.Ordinal);

    /// <summary>The checkpoint of a workload that the data are at, workload clock, microseconds since 1970; null if they are at none.</summary>
    public long? CheckpointOf(Guid workload) =>
        Databases.Values.FirstOrDefault(mark => mark?.Workload == workload && mark.CheckpointMicroseconds is not null)?.CheckpointMicroseconds;

    /// <summary>PostgreSQL: the roles that exist.</summary>
    public IReadOnlySet<string> Roles { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>MySQL: whether a lock wait that times out rolls the whole transaction back (<c>innodb_rollback_on_timeout</c>).</summary>
    public bool TimeoutRollsBack { get; init; }

    /// <summary>MySQL: events that the server's scheduler would run by itself.</summary>
    public int EventsThatRun { get; init; }

    /// <summary>Whether it follows another server, which changes its data: MySQL a running replica, PostgreSQL a standby or a subscriber; null if the user may not know.</summary>
    public bool? IsReplica { get; init; }

    /// <summary>PostgreSQL: whether the URL's user may take on any other.</summary>
    public bool IsSuperuser { get; init; }
}
