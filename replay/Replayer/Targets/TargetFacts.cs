using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What somebody else's connection does on a target.</summary>
public enum OtherActivity
{
    /// <summary>Nothing.</summary>
    Idle,

    /// <summary>It has a transaction open, and so perhaps locks.</summary>
    InTransaction,

    /// <summary>It runs a statement.</summary>
    Running,

    /// <summary>It gets the server's changes: a replica, a backup, a logical decoding client.</summary>
    Replication,

    /// <summary>PostgreSQL: a worker of an extension, which takes no connection, runs a statement.</summary>
    Worker,
}

/// <summary>A connection of somebody else.</summary>
/// <param name="Who">User and address, as the server names them.</param>
/// <param name="Database">The database that it is in; empty if in none.</param>
/// <param name="Activity">What it does.</param>
public sealed record OtherSession(string Who, string Database, OtherActivity Activity);

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

    /// <summary>Of these, those that only some users get: PostgreSQL's superuser_reserved_connections and reserved_connections.</summary>
    public int ReservedConnections { get; init; }

    /// <summary>Connections of others that it has now.</summary>
    public IReadOnlyList<OtherSession> Others { get; init; } = [];

    /// <summary>How many of the server's connections these take.</summary>
    public int ConnectionsInUse => Others.Count(static o => o.Activity != OtherActivity.Worker);

    /// <summary>Whether the user may see all of them.</summary>
    public bool SeesOthers { get; init; } = true;

    /// <summary>Bounds on connections that are lower than the server's own, in words, by what they are of: <c>database 'shop'</c>, <c>role 'app'</c>, <c>each account</c>.</summary>
    public IReadOnlyDictionary<string, int> ConnectionLimits { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

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
