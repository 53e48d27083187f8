using System.Buffers.Binary;
using System.Net.Sockets;

namespace Replay.TestKit.Scripted;

/// <summary>One client of a scripted server, in the server's words: what it says, what it expects to hear.</summary>
public sealed class ScriptedSession(Socket socket, CancellationToken cancellation) : IDisposable
{
    /// <summary>The parameters of the start-up message, once it was read.</summary>
    public Dictionary<string, string> StartupParameters { get; } = new(StringComparer.Ordinal);

    /// <summary>Sends messages in one segment.</summary>
    public async Task SendAsync(params byte[][] messages)
    {
        var bytes = PostgresWire.Join(messages);
        for (var at = 0; at < bytes.Length;)
        {
            at += await socket.SendAsync(bytes.AsMemory(at), SocketFlags.None, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Reads <paramref name="count"/> bytes.</summary>
    public async Task<byte[]> ReadBytesAsync(int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var read = await socket.ReceiveAsync(bytes.AsMemory(at), SocketFlags.None, cancellation).ConfigureAwait(false);
            at += read > 0 ? read : throw new EndOfStreamException();
        }

        return bytes;
    }

    /// <summary>Reads a message with a type byte, header included.</summary>
    public async Task<byte[]> ReadMessageAsync()
    {
        var header = await ReadBytesAsync(5).ConfigureAwait(false);
        var rest = await ReadBytesAsync(BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1)) - 4).ConfigureAwait(false);
        return [.. header, .. rest];
    }

    /// <summary>Reads as many messages as <paramref name="types"/> has letters, which must be theirs; returns their bytes.</summary>
    public async Task<byte[]> ExpectAsync(string types)
    {
        var bytes = new List<byte>();
        foreach (var type in types)
        {
            var message = await ReadMessageAsync().ConfigureAwait(false);
            if (message[0] != type)
            {
                throw new InvalidOperationException($"'{(char)message[0]}' came where '{type}' of \"{types}\" was expected");
            }

            bytes.AddRange(message);
        }

        return [.. bytes];
    }

    /// <summary>Reads a start-up message or one of the requests without a type byte; returns its code.</summary>
    public async Task<int> ReadStartupAsync()
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(await ReadBytesAsync(4).ConfigureAwait(false));
        var body = await ReadBytesAsync(length - 4).ConfigureAwait(false);
        var words = System.Text.Encoding.UTF8.GetString(body.AsSpan(4)).Split('\0');
        for (var i = 0; i + 1 < words.Length && words[i].Length > 0; i += 2)
        {
            StartupParameters[words[i]] = words[i + 1];
        }

        return BinaryPrimitives.ReadInt32BigEndian(body);
    }

    /// <summary>Lets the client in without a password.</summary>
    public async Task LetInAsync()
    {
        await ReadStartupAsync().ConfigureAwait(false);
        await SendAsync(PostgresWire.Authentication(0), PostgresWire.Status("server_version", "17.2"), PostgresWire.KeyData(), PostgresWire.Ready()).ConfigureAwait(false);
    }

    /// <summary>Whether nothing comes for a while.</summary>
    public async Task<bool> IsQuietAsync(int milliseconds = 100)
    {
        await Task.Delay(milliseconds, cancellation).ConfigureAwait(false);
        return socket.Available == 0;
    }

    /// <summary>Waits for the client to close.</summary>
    public async Task WaitForEndAsync()
    {
        var bytes = new byte[1];
        while (await socket.ReceiveAsync(bytes, SocketFlags.None, cancellation).ConfigureAwait(false) > 0)
        {
        }
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();
}
