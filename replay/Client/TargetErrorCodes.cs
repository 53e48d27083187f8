namespace Replay.Client;

/// <summary>Codes of errors that the client itself finds; the server's own codes are digits and capitals, these are lower case.</summary>
public static class TargetErrorCodes
{
    /// <summary>The URL cannot be understood.</summary>
    public const string BadUrl = "bad_url";

    /// <summary>No connection.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>TLS refused or not trusted.</summary>
    public const string Tls = "tls";

    /// <summary>Not the protocol, or not understood.</summary>
    public const string Protocol = "protocol";

    /// <summary>The connection broke after the login.</summary>
    public const string ConnectionLost = "connection_lost";

    /// <summary>The owner ended it.</summary>
    public const string Aborted = "aborted";
}
