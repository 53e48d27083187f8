using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Replay.TestKit.Scripted;

/// <summary>
/// Stands between clients and a server and keeps an answer back for as long as the test wants, so that answers are on the wire in an order that a server with little to do would seldom give.
/// </summary>
public sealed class HoldingRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _held = new();
    private readonly Task _accepting;

    /// <summary>Listens for clients of the server.</summary>
    public HoldingRelay(TestServer server)
    {
        ArgumentNullException.ThrowIfNull(server);
        _listener.Start();
        _accepting = AcceptAsync(server.Port);
    }

    /// <summary>Where clients connect to, on loopback.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Keeps back what the server says to a client, by their number from 0 in the order in which they came.</summary>
    public void Hold(int client) => _held.TryAdd(client, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Lets it go on.</summary>
    public void Release(int client)
    {
        if (_held.TryRemove(client, out var held))
        {
            held.SetResult();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task AcceptAsync(int port)
    {
        var served = new List<Task>();
        try
        {
            for (var number = 0; ; number++)
            {
                served.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token).ConfigureAwait(false), number, port));
            }
        }
        finally
        {
            await Task.WhenAll(served).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // a client that fails sees it by itself
        }
    }

    private async Task ServeAsync(TcpClient client, int number, int port)
    {
        using var upstream = new TcpClient { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            await upstream.ConnectAsync(IPAddress.Loopback, port, _end.Token).ConfigureAwait(false);
            await Task.WhenAny(PumpAsync(client, upstream, null), PumpAsync(upstream, client, number)).ConfigureAwait(false);
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, int? holdable)
    {
        var buffer = new byte[1 << 16];
        while (await from.GetStream().ReadAsync(buffer, _end.Token).ConfigureAwait(false) is > 0 and var read)
        {
            if (holdable is { } number && _held.TryGetValue(number, out var held))
            {
                await held.Task.WaitAsync(_end.Token).ConfigureAwait(false);
            }

            await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _end.Token).ConfigureAwait(false);
        }
    }
}
