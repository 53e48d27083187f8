using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>A session's connection to the target, as its player sees it.</summary>
public interface IPlayerLink : IAsyncDisposable
{
    /// <summary>The connection's local port.</summary>
    int LocalPort { get; }

    /// <summary>What the server calls the connection: MySQL's connection id, PostgreSQL's process; -1 if it is not known.</summary>
    long ServerConnectionId { get; }

    /// <summary>As <see cref="TargetConnection.KnowsLastStatement"/>.</summary>
    bool KnowsLastStatement { get; }

    /// <summary>As <see cref="TargetConnection.TrySend"/>; without a problem if it was not sent because the connection is over.</summary>
    bool TrySend(in RecordedRequest request, long tag, out string? problem);

    /// <summary>As <see cref="TargetConnection.TrySendText"/>.</summary>
    bool TrySendText(string sql, long tag);

    /// <summary>Takes on the captured session's user again, untimed, after an exchange that threw it away. No exchange may be outstanding.</summary>
    ValueTask TakeOnUserAsync();

    /// <summary>From now on <paramref name="receiver"/> takes what comes of it. Nothing may be outstanding. False if it is over: then nobody is told any more.</summary>
    bool TryHandTo(ILinkReceiver receiver);

    /// <summary>
    /// Makes the connection, which another session of the same <see cref="LinkKind"/> has had, what it would be if it had been opened for this one, untimed. A <see cref="TargetException"/> if that fails.
    /// </summary>
    ValueTask ResetAsync(Session session);

    /// <summary>Ends the connection; <see cref="ILinkReceiver.OnClosed"/> follows.</summary>
    void Abort(string reason);
}

/// <summary>Takes what comes of a link; calls come on any thread, one at a time, and must not block.</summary>
public interface ILinkReceiver
{
    /// <summary>The exchange sent with <paramref name="tag"/> has ended; exactly once a tag and in the order of sending.</summary>
    void OnExchange(long tag, in Exchange exchange);

    /// <summary>The connection is over; tags without an exchange have had no response.</summary>
    void OnClosed(string code, string message);
}

/// <summary>Opens links.</summary>
public interface ILinkOpener
{
    /// <summary>Connects and logs in for a captured session; a <see cref="TargetException"/> if it cannot.</summary>
    ValueTask<IPlayerLink> OpenAsync(Session session, ILinkReceiver receiver, CancellationToken cancellation);
}
