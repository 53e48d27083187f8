using System.Net;
using System.Net.Sockets;

namespace Replay.EndToEnd.Tests.Support;

/// <summary>Something that listens on a loopback port and speaks no database's protocol: it answers whatever is said as a web server would, and hangs up.</summary>
internal sealed class NotADatabase : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    public NotADatabase()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose()
    {
        _listener.Dispose();
        _serving.GetAwaiter().GetResult();
    }

    private async Task ServeAsync()
    {
        var request = new byte[1024];
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                _ = await client.GetStream().ReadAsync(request);
                await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // Stopped, or the client was gone first.
        }
    }
}
