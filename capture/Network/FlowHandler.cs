namespace Replay.Network;

/// <summary>
/// Receives what one TCP connection carried: each byte once, in order of sequence in each half. Between the halves the order is
/// causal: what a sender had acknowledged is handed out before what it sent. Times never go back within a connection.
/// </summary>
/// <remarks>Called on the thread that feeds the pipeline. A handler must not call the pipeline.</remarks>
public abstract class FlowHandler
{
    /// <summary>The next bytes of one half.</summary>
    /// <param name="direction">The half.</param>
    /// <param name="bytes">At least one byte; valid only during the call, as they lie in the packet.</param>
    /// <param name="atMicroseconds">Time of the packet that brought them, microseconds since 1970.</param>
    public abstract void Data(FlowDirection direction, ReadOnlySpan<byte> bytes, long atMicroseconds);

    /// <summary>Bytes of one half are known to be missing at this place.</summary>
    /// <param name="direction">The half.</param>
    /// <param name="bytes">How many, at least 1.</param>
    /// <param name="atMicroseconds">Time of the packet that proves it, microseconds since 1970.</param>
    public abstract void Gap(FlowDirection direction, long bytes, long atMicroseconds);

    /// <summary>The last call: no bytes follow.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="atMicroseconds">Time of the last packet, or of the decision, microseconds since 1970.</param>
    public abstract void Closed(FlowCloseReason reason, long atMicroseconds);
}
