namespace Replay.Workload;

/// <summary>The family of wire protocol that a session speaks. MariaDB and whatever else speaks MySQL's protocol are <see cref="MySql"/>.</summary>
public enum Engine : byte
{
    /// <summary>Not known. Never written to a file.</summary>
    Unknown = 0,

    /// <summary>PostgreSQL's frontend/backend protocol 3.x.</summary>
    PostgreSql = 1,

    /// <summary>MySQL's client/server protocol, version 10 handshake.</summary>
    MySql = 2,
}
