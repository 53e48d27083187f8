namespace Replay.Client.Transport;

/// <summary>The bytes' way to and from the target: a plain socket or TLS over one. One reader, one writer at a time.</summary>
internal abstract class TargetTransport : IAsyncDisposable
{
    /// <summary>Bytes taken by <see cref="Send"/> that the socket has not taken yet.</summary>
    public abstract long UnsentBytes { get; }

    /// <summary>
    /// Hands <paramref name="bytes"/> over without waiting. What the socket does not take at once is copied and goes on in the background; an error
    /// there ends the connection, which the reader then sees.
    /// </summary>
    public abstract void Send(ReadOnlySpan<byte> bytes);

    /// <summary>Waits for bytes; 0 at the end.</summary>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellation);

    /// <summary>Ends the connection from any thread; a waiting <see cref="ReceiveAsync"/> returns or fails.</summary>
    public abstract void Abort();

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
