namespace Replay.Client;

/// <summary>
/// How TLS is used to the target; the words are those of <see href="https://www.postgresql.org/docs/current/libpq-ssl.html">libpq</see>, for both engines.
/// </summary>
public enum SslMode
{
    /// <summary>Never.</summary>
    Disable,

    /// <summary>If the server offers it; its certificate is not looked at. The default.</summary>
    Prefer,

    /// <summary>Or no connection; its certificate is not looked at.</summary>
    Require,

    /// <summary>The certificate must chain to a trusted authority.</summary>
    VerifyCa,

    /// <summary>And must bear the host's name.</summary>
    VerifyFull,
}
