namespace Replay.Network;

/// <summary>Makes the receiver of a connection's bytes.</summary>
public interface IFlowFactory
{
    /// <summary>
    /// A connection was established, or was already when its first bytes were seen. A connection attempt that was never answered is
    /// not reported.
    /// </summary>
    /// <param name="endpoints">Who talks to whom.</param>
    /// <param name="fromStart">The handshake was seen: the first bytes are the first bytes of the conversation.</param>
    /// <param name="atMicroseconds">Time of the first packet, microseconds since 1970.</param>
    /// <returns>
    /// The receiver; null if the connection is of no interest, then its packets count as <see cref="IgnoreReason.UnwantedFlow"/>.
    /// </returns>
    FlowHandler? Open(in FlowEndpoints endpoints, bool fromStart, long atMicroseconds);
}
