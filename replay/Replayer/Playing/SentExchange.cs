using System.Runtime.InteropServices;

namespace Replay.Replayer;

/// <summary>An exchange on the wire.</summary>
[StructLayout(LayoutKind.Auto)]
public struct SentExchange
{
    /// <summary>What was sent.</summary>
    public PlannedExchange Planned;

    /// <summary>When it was due; <see cref="Pacer.AtOnce"/> if it had no due time.</summary>
    public long DueMicroseconds;

    /// <summary>When it was given to the connection.</summary>
    public long GivenMicroseconds;

    /// <summary>When the response that it had to wait for ended; <see cref="long.MinValue"/> if it waited for none.</summary>
    public long PredecessorEndedMicroseconds;

    /// <summary>When order between sessions let it go; <see cref="long.MinValue"/> if it did not wait for that.</summary>
    public long OrderReadyMicroseconds;

    /// <summary>When the limit of transactions in flight (<c>--concurrency</c>) or of connections (<c>--connections</c>) let it go; <see cref="long.MinValue"/> if it did not wait for that.</summary>
    public long AdmittedMicroseconds;

    /// <summary>Whether it was let go before an exchange that it had to wait for had ended.</summary>
    public bool IsOutOfOrder;

    /// <summary>Its number among those of its transaction that are sent again, from 1; 0 if it is sent for the first time.</summary>
    public int ResentNumber;

    /// <summary>How often its transaction was sent again up to it, after it had been a victim or behind one.</summary>
    public int Attempts;

    /// <summary>When it was sent first, if it was sent again.</summary>
    public long FirstSentMicroseconds;

    /// <summary>The connection's local port.</summary>
    public int Port;

    /// <summary>Garbage collections of this process so far, to tell whether one fell into the exchange.</summary>
    public int Collections;
}
