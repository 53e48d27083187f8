using System.Net;
using System.Net.Sockets;

namespace Replay.TestKit.Scripted;

/// <summary>
/// A PostgreSQL server of a test's own making: on a free loopback port, each connection handled by the test's script. What a script throws, the test gets
/// from <see cref="DisposeAsync"/>.
/// </summary>
public sealed class ScriptedPostgres : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _ending = new();
    private readonly List<Task> _sessions = [];
    private readonly Func<ScriptedSession, Task> _script;
    private readonly Task _accepting;

    /// <summary>Starts to listen.</summary>
    public ScriptedPostgres(Func<ScriptedSession, Task> script)
    {
        _script = script;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>A URL for it.</summary>
    public string Url(string user = "bob", string password = "secret", string parameters = "?sslmode=disable") =>
        $"postgres://{user}:{password}@127.0.0.1:{Port}/shop{parameters}";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_sessions).ConfigureAwait(false);
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _sessions.Add(ServeAsync(await _listener.AcceptAsync(_ending.Token).ConfigureAwait(false)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var session = new ScriptedSession(socket, _ending.Token);
        try
        {
            await _script(session).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or EndOfStreamException)
        {
            // The client went away; what the test wanted to see it has seen.
        }
    }
}
