using System.Net.Sockets;
using System.Text;

namespace Replay.TestKit.Scripted;

/// <summary>
/// A client of a real server that sends what the test made, byte by byte: what no client library does on demand. Its user has an empty password.
/// </summary>
public sealed class MySqlWireClient : IAsyncDisposable
{
    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(1));

    private MySqlWireClient(TcpClient client) => (_client, _stream) = (client, client.GetStream());

    /// <summary>SQL that makes <paramref name="user"/>, who may do everything and has an empty password.</summary>
    public static string CreateUser(string user) => $"CREATE USER IF NOT EXISTS {user}@'%' IDENTIFIED BY '';\nGRANT ALL ON *.* TO {user}@'%';\n";

    /// <summary>Logs in with these capabilities (<see cref="MySqlWire"/>; without DEPRECATE_EOF); <paramref name="port"/>: not the server's own.</summary>
    public static async Task<MySqlWireClient> OpenAsync(TestServer server, string user, string database, uint capabilities, string plugin, int? port = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", port ?? server.Port).ConfigureAwait(false);
        var session = new MySqlWireClient(client);
        await session.ReadAsync().ConfigureAwait(false);
        await session.SendAsync(MySqlWire.Login(capabilities, user, database, authentication: [], plugin: plugin)).ConfigureAwait(false);
        Check(await session.ReadAsync().ConfigureAwait(false));
        return session;
    }

    /// <summary>Sends a request that is answered by a single packet, and fails if that is an error.</summary>
    public async Task AskAsync(byte[] request)
    {
        await SendAsync(request).ConfigureAwait(false);
        Check(await ReadAsync().ConfigureAwait(false));
    }

    /// <summary>Prepares a statement; returns its number.</summary>
    public async Task<uint> PrepareAsync(string sql)
    {
        await SendAsync(MySqlWire.Prepare(sql)).ConfigureAwait(false);
        return await ReadPreparedAsync().ConfigureAwait(false);
    }

    /// <summary>MariaDB: prepares a statement and executes it in one go, as the statement prepared last; returns its number.</summary>
    public async Task<uint> PrepareAndExecuteAsync(string sql, ushort[] types, params byte[]?[] values)
    {
        await SendAsync(MySqlWire.Prepare(sql), MySqlWire.Execute(uint.MaxValue, types, values)).ConfigureAwait(false);
        var id = await ReadPreparedAsync().ConfigureAwait(false);
        Check(await ReadAsync().ConfigureAwait(false));
        return id;
    }

    /// <summary>Sends packets.</summary>
    public async Task SendAsync(params byte[][] packets) => await _stream.WriteAsync(MySqlWire.Join(packets), _limit.Token).ConfigureAwait(false);

    /// <summary>The server's next packet, header included.</summary>
    public async Task<byte[]> ReadAsync()
    {
        var header = new byte[4];
        await _stream.ReadExactlyAsync(header, _limit.Token).ConfigureAwait(false);
        var packet = new byte[4 + (header[0] | (header[1] << 8) | (header[2] << 16))];
        header.CopyTo(packet, 0);
        await _stream.ReadExactlyAsync(packet.AsMemory(4), _limit.Token).ConfigureAwait(false);
        return packet;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await SendAsync(MySqlWire.Command(1)).ConfigureAwait(false);
        _client.Dispose();
        _limit.Dispose();
    }

    private async Task<uint> ReadPreparedAsync()
    {
        var ok = Check(await ReadAsync().ConfigureAwait(false));
        foreach (var definitions in (int[])[BitConverter.ToUInt16(ok, 11), BitConverter.ToUInt16(ok, 9)])
        {
            for (var left = definitions > 0 ? definitions + 1 : 0; left > 0; left--)
            {
                await ReadAsync().ConfigureAwait(false);
            }
        }

        return BitConverter.ToUInt32(ok, 5);
    }

    private static byte[] Check(byte[] packet) => packet[4] == 0
        ? packet
        : throw new InvalidOperationException($"the server answered {Convert.ToHexString(packet)}: {Encoding.UTF8.GetString(packet.AsSpan(4))}");
}
