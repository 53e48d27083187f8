namespace Replay.Client;

/// <summary>
/// The target could not be used. The message is one line that says what and how to mend it; it never holds a password.
/// </summary>
public class TargetException : Exception
{
    /// <summary>An error with one of <see cref="TargetErrorCodes"/>, or with what the server said (SQLSTATE, error number).</summary>
    public TargetException(string code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>One of <see cref="TargetErrorCodes"/>, or the server's own code.</summary>
    public string Code { get; }
}

/// <summary>Nobody answers at the address, or the connection broke before the login was done.</summary>
public sealed class TargetUnreachableException(string message, Exception? inner = null)
    : TargetException(TargetErrorCodes.Unreachable, message, inner);

/// <summary>The server refused the login; the code is its own.</summary>
public sealed class TargetLoginException(string code, string message) : TargetException(code, message);

/// <summary>TLS was asked for and could not be had, or the certificate is not to be trusted.</summary>
public sealed class TargetTlsException(string message, Exception? inner = null) : TargetException(TargetErrorCodes.Tls, message, inner);

/// <summary>What answers does not speak the engine's protocol, or a part of it that is not known here.</summary>
public sealed class TargetProtocolException(string message) : TargetException(TargetErrorCodes.Protocol, message);
