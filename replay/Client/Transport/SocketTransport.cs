using System.Net.Sockets;

namespace Replay.Client.Transport;

/// <summary>A plain TCP socket. Sending is one system call on the caller's thread in all but the rare case of a full socket buffer.</summary>
internal sealed class SocketTransport : TargetTransport
{
    private readonly Socket _socket;
    private readonly SendBacklog _backlog = new();

    public SocketTransport(Socket socket)
    {
        _socket = socket;
        _socket.Blocking = false;
    }

    public override long UnsentBytes => _backlog.Length;

    public override void Send(ReadOnlySpan<byte> bytes)
    {
        if (_backlog.TryQueueBehindWriter(bytes))
        {
            return;
        }

        var sent = _socket.Send(bytes, SocketFlags.None, out var error);
        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            // The reader meets the same error, and there is one place that ends a connection.
            Abort();
            return;
        }

        if (sent < bytes.Length)
        {
            _backlog.BecomeWriter(bytes[Math.Max(sent, 0)..]);
            _ = WriteBacklogAsync();
        }
    }

    public override ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellation) =>
        _socket.ReceiveAsync(into, SocketFlags.None, cancellation);

    public override void Abort()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // Already over: that is what was wanted.
        }
        catch (ObjectDisposedException)
        {
            // Likewise.
        }
    }

    public override ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task WriteBacklogAsync()
    {
        try
        {
            for (var piece = _backlog.NextPiece(); !piece.IsEmpty; piece = _backlog.NextPiece())
            {
                while (!piece.IsEmpty)
                {
                    piece = piece[await _socket.SendAsync(piece, SocketFlags.None)..];
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Abort();
        }
    }
}
