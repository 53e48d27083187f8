using System.Net.Security;
using System.Net.Sockets;

namespace Replay.Client.Transport;

/// <summary>TLS. The stream takes one write at a time, so a write that has to wait lets the next ones gather behind it.</summary>
internal sealed class TlsTransport(SslStream stream, Socket socket) : TargetTransport
{
    private readonly SendBacklog _backlog = new();

    public override long UnsentBytes => _backlog.Length;

    public override void Send(ReadOnlySpan<byte> bytes)
    {
        if (!_backlog.TryQueueBehindWriter(bytes))
        {
            _backlog.BecomeWriter(bytes);
            _ = WriteBacklogAsync();
        }
    }

    public override ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellation) => stream.ReadAsync(into, cancellation);

    public override void Abort()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Already over: that is what was wanted.
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        socket.Dispose();
    }

    private async Task WriteBacklogAsync()
    {
        try
        {
            for (var piece = _backlog.NextPiece(); !piece.IsEmpty; piece = _backlog.NextPiece())
            {
                await stream.WriteAsync(piece);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            Abort();
        }
    }
}
