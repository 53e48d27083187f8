namespace Replay.Protocol.MySql;

/// <summary>
/// How a session's packets are laid out: what client and server agreed on, or, for a session that was joined in mid-stream, what
/// its packets have shown so far.
/// </summary>
internal sealed class MySqlTraits
{
    /// <summary>The flags in force; none as long as they are not known.</summary>
    public MySqlCapabilities Capabilities { get; private set; }

    /// <summary>Whether the flags are known.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Whether results have no EOF packets; null as long as no result has shown it.</summary>
    public bool? DeprecateEof { get; set; }

    /// <summary>Whether COM_QUERY carries attributes; null if each request has to be looked at.</summary>
    public bool? QueryAttributes => IsKnown ? Has(MySqlCapabilities.QueryAttributes) : null;

    /// <summary>Takes over what was negotiated.</summary>
    public void Set(MySqlCapabilities capabilities)
    {
        Capabilities = capabilities;
        IsKnown = true;
        DeprecateEof = Has(MySqlCapabilities.DeprecateEof);
    }

    /// <summary>Whether a flag is known to be in force.</summary>
    public bool Has(MySqlCapabilities flag) => (Capabilities & flag) != 0;
}
