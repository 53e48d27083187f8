using System.Net;

namespace Replay.Workload;

/// <summary>Why a session was there.</summary>
public enum SessionPurpose : byte
{
    /// <summary>A client of production.</summary>
    Client = 0,

    /// <summary>The tool that took the snapshot; never replayed.</summary>
    SnapshotTool = 1,

    /// <summary>A replica or a logical decoding client; never replayed.</summary>
    Replication = 2,
}

/// <summary>One client connection. What the wire has not told is null.</summary>
public sealed record Session
{
    /// <summary>Number in the workload, from 1, in order of first sight.</summary>
    public required int Number { get; init; }

    /// <summary>The protocol spoken.</summary>
    public required Engine Engine { get; init; }

    /// <summary>The client's address and port.</summary>
    public required IPEndPoint Client { get; init; }

    /// <summary>The server's address and port.</summary>
    public required IPEndPoint Server { get; init; }

    /// <summary>The user who logged in, or who was changed to last.</summary>
    public string? User { get; init; }

    /// <summary>The database chosen at login. A later change is an exchange of its own.</summary>
    public string? Database { get; init; }

    /// <summary>
    /// PostgreSQL: the start-up message's parameters apart from user and database. MySQL: the connection attributes.
    /// </summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What the client calls itself: PostgreSQL's <c>application_name</c>, MySQL's <c>program_name</c>; null if it doesn't.</summary>
    public string? Application => Parameters.GetValueOrDefault(Engine == Engine.PostgreSql ? "application_name" : "program_name");

    /// <summary>What the server said of itself: MySQL's greeting, PostgreSQL's server_version.</summary>
    public string? ServerVersion { get; init; }

    /// <summary>PostgreSQL: the backend's process id. MySQL: the connection id.</summary>
    public long? ServerConnectionId { get; init; }

    /// <summary>MySQL: the capability flags in force (client's and server's), MariaDB's extended ones in the upper half. 0 if not known.</summary>
    public ulong MySqlCapabilities { get; init; }

    /// <summary>MySQL: the collation id of the handshake response; -1 if not known.</summary>
    public int MySqlCollation { get; init; } = -1;

    /// <summary>Microseconds since 1970 of the first packet seen.</summary>
    public required long OpenedAtMicroseconds { get; init; }

    /// <summary>Microseconds since 1970 of the last packet; null while it is open, or open when the capture ended.</summary>
    public long? ClosedAtMicroseconds { get; init; }

    /// <summary>Whether the connection was seen from its first packet.</summary>
    public bool FromStart { get; init; }

    /// <summary>Whether it went over to TLS or GSS encryption, after which nothing can be read.</summary>
    public bool Encrypted { get; init; }

    /// <summary>SQLSTATE or error number of a refused login; null if none was refused.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The refused login's message.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>Why decoding was given up; null as long as it was not.</summary>
    public string? Undecodable { get; init; }

    /// <summary>Who it served.</summary>
    public SessionPurpose Purpose { get; init; }
}
