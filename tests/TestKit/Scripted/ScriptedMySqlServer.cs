using System.Net;
using System.Net.Sockets;

namespace Replay.TestKit.Scripted;

/// <summary>A MySQL server that says what the test wants it to say. It serves one connection after another, each by the same script.</summary>
public sealed class ScriptedMySqlServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _serving;

    /// <summary>A server that runs <paramref name="script"/> for each connection.</summary>
    public ScriptedMySqlServer(Func<ScriptedMySqlSession, Task> script)
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _serving = ServeAsync(script);
    }

    /// <summary>Where it listens, on the loopback address.</summary>
    public int Port { get; }

    /// <summary>Ends it; what went wrong in a script comes out here.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        try
        {
            await _serving;
        }
        catch (OperationCanceledException)
        {
            // It was waiting for a connection or for bytes.
        }

        // Not before: to accept on a listener that was stopped is another error than to be cancelled.
        _listener.Stop();
        _ending.Dispose();
    }

    private async Task ServeAsync(Func<ScriptedMySqlSession, Task> script)
    {
        while (true)
        {
            using var client = await _listener.AcceptTcpClientAsync(_ending.Token);
            client.NoDelay = true;
            try
            {
                await script(new ScriptedMySqlSession(client.GetStream(), _ending.Token));
            }
            catch (IOException)
            {
                // The client went away: the test sees that at its own end.
            }
        }
    }
}

/// <summary>One connection to a <see cref="ScriptedMySqlServer"/>.</summary>
public sealed class ScriptedMySqlSession(Stream stream, CancellationToken cancellation)
{
    /// <summary>The client's next packet, header included.</summary>
    public async Task<byte[]> ReadAsync()
    {
        var header = new byte[4];
        await stream.ReadExactlyAsync(header, cancellation);
        var packet = new byte[4 + (header[0] | (header[1] << 8) | (header[2] << 16))];
        header.CopyTo(packet, 0);
        await stream.ReadExactlyAsync(packet.AsMemory(4), cancellation);
        return packet;
    }

    /// <summary>Sends packets in one piece.</summary>
    public async Task SendAsync(params byte[][] packets) => await stream.WriteAsync(MySqlWire.Join(packets), cancellation);

    /// <summary>Greets, takes any login, and returns the client's handshake response.</summary>
    public async Task<byte[]> WelcomeAsync(uint capabilities, uint mariaDb = 0, string version = "8.4.0")
    {
        await SendAsync(MySqlWire.Greeting(capabilities, mariaDb, version, "mysql_native_password"));
        var login = await ReadAsync();
        await SendAsync(MySqlWire.Ok(2));
        return login;
    }
}
