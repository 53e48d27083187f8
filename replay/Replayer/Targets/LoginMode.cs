namespace Replay.Replayer;

/// <summary>Who a session logs in as.</summary>
public enum LoginMode
{
    /// <summary>
    /// As the URL's user, and then takes on the captured one: PostgreSQL by SET SESSION AUTHORIZATION; MySQL only if the password file has that user,
    /// else it stays the URL's.
    /// </summary>
    Target,

    /// <summary>As the captured user, with the password that the password file has for it.</summary>
    Captured,
}
