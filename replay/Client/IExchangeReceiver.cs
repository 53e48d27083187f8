using Replay.Workload;

namespace Replay.Client;

/// <summary>
/// Takes a connection's outcomes. Calls come on the thread that received (or, where there is no response, within
/// <see cref="TargetConnection.TrySend"/>), with no lock held: sending on this or another connection from within is allowed. They must not block.
/// </summary>
public interface IExchangeReceiver
{
    /// <summary>
    /// The request sent with <paramref name="tag"/> has its whole response: exactly one call a tag, in the order of sending. Spans live as long as
    /// the call; the request's own bytes are not in it. <see cref="Exchange.RequestedAtMicroseconds"/> is when the last byte was handed to the socket.
    /// </summary>
    void OnExchange(TargetConnection connection, long tag, in Exchange exchange);

    /// <summary>
    /// The connection is over; once, after the last <see cref="OnExchange"/>. Tags without a call have had no response. The code is one of
    /// <see cref="TargetErrorCodes"/> or what the server said last.
    /// </summary>
    void OnClosed(TargetConnection connection, string code, string message);
}
