namespace Replay.Protocol;

/// <summary>What the wire has told of a session so far; null is not told. The words are those of <see cref="Workload.Session"/>.</summary>
public sealed class SessionFacts
{
    /// <summary>The user who logged in or was changed to.</summary>
    public string? User { get; set; }

    /// <summary>The database chosen at login or by COM_CHANGE_USER.</summary>
    public string? Database { get; set; }

    /// <summary>PostgreSQL: start-up parameters apart from user and database. MySQL: connection attributes.</summary>
    public Dictionary<string, string> Parameters { get; } = new(StringComparer.Ordinal);

    /// <summary>PostgreSQL: the ParameterStatus values seen (server_version, client_encoding, standard_conforming_strings, ...).</summary>
    public Dictionary<string, string> ServerParameters { get; } = new(StringComparer.Ordinal);

    /// <summary>MySQL's greeting or PostgreSQL's server_version.</summary>
    public string? ServerVersion { get; set; }

    /// <summary>PostgreSQL: the backend's process id. MySQL: the connection id.</summary>
    public long? ServerConnectionId { get; set; }

    /// <summary>MySQL: capability flags in force, MariaDB's extended ones in the upper half; 0 if not known.</summary>
    public ulong MySqlCapabilities { get; set; }

    /// <summary>MySQL: collation id of the handshake response; -1 if not known.</summary>
    public int MySqlCollation { get; set; } = -1;

    /// <summary>Whether the session went over to encryption.</summary>
    public bool Encrypted { get; set; }

    /// <summary>Whether login is behind us: the next request is a command.</summary>
    public bool LoggedIn { get; set; }

    /// <summary>Code of a refused login.</summary>
    public string? ErrorCode { get; set; }

    /// <summary>Message of a refused login.</summary>
    public string? ErrorMessage { get; set; }

    /// <summary>Whether it is a replication connection.</summary>
    public bool Replication { get; set; }

    /// <summary>Why decoding was given up; null as long as it was not.</summary>
    public string? Undecodable { get; set; }
}
