using System.Globalization;
using System.Net.Sockets;

namespace Replay.Replayer;

/// <summary>
/// A run's line to whoever has started it together with another (<see cref="TurnKeeper"/>): says when it is ready, is told when both begin and how long slices are, says
/// when it has played all, and is told when both have.
/// </summary>
public sealed class TurnLink : IDisposable
{
    /// <summary>What a run says when all is prepared.</summary>
    public const string Ready = "ready";

    /// <summary>What a run says when all has been played, and what it is told when both have said so.</summary>
    public const string Played = "played";

    private readonly Socket _socket;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;

    private TurnLink(Socket socket)
    {
        _socket = socket;
        var stream = new NetworkStream(socket);
        _reader = new StreamReader(stream);
        _writer = new StreamWriter(stream) { AutoFlush = true };
    }

    /// <summary>Connects; a <see cref="CommandException"/> if nobody listens.</summary>
    public static async Task<TurnLink> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new TurnLink(socket);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            socket.Dispose();
            throw new CommandException($"--turns {path}: {e.Message}; 'dbreplay upgrade' with 'design: interleaved' starts runs with it");
        }
    }

    /// <summary>Says that all is prepared and waits for the common start: the turns, and the start in microseconds since 1970 of the run's clock.</summary>
    public async Task<(SliceTurns Turns, long StartMicroseconds)> WhenBothAreReadyAsync(CancellationToken cancellation)
    {
        await _writer.WriteLineAsync(Ready.AsMemory(), cancellation);
        return Parse(await ReadAsync(cancellation)) ?? throw new CommandException("--turns: whoever started this run is gone, or has said what cannot be understood");
    }

    /// <summary>Says that all has been played and waits until the other run says so too, or is gone.</summary>
    public async Task WhenBothHavePlayedAsync(CancellationToken cancellation)
    {
        try
        {
            await _writer.WriteLineAsync(Played.AsMemory(), cancellation);
        }
        catch (IOException)
        {
            return; // gone: nobody is disturbed any more
        }

        _ = await ReadAsync(cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>The line that <see cref="WhenBothAreReadyAsync"/> understands.</summary>
    public static string Format(SliceTurns turns, long startMicroseconds)
    {
        ArgumentNullException.ThrowIfNull(turns);
        return string.Create(CultureInfo.InvariantCulture, $"{turns.Pair} {turns.LengthMicroseconds} {turns.PauseMicroseconds} {(turns.GoesFirst ? 1 : 0)} {startMicroseconds}");
    }

    private static (SliceTurns Turns, long StartMicroseconds)? Parse(string? line)
    {
        var words = line?.Split(' ') ?? [];
        return words.Length == 5 && Guid.TryParse(words[0], out var pair) && IsNumber(words[1], out var length) && IsNumber(words[2], out var pause) && IsNumber(words[4], out var start)
            ? (new SliceTurns(pair, length, pause, words[3] == "1"), start)
            : null;
    }

    private static bool IsNumber(string word, out long number) => long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private async Task<string?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            return await _reader.ReadLineAsync(cancellation);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
