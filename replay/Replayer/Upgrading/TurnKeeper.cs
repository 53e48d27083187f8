using System.Net.Sockets;
using Replay.Client;

namespace Replay.Replayer;

/// <summary>
/// Has two runs play slices in turn: waits until both are prepared, tells both when to begin, and keeps who has ended first from looking at its server while the other still
/// plays. Each run speaks with it by a <see cref="TurnLink"/>.
/// </summary>
public sealed class TurnKeeper : IDisposable
{
    // Both have heard of the start by then, and have opened their first connections.
    private const long LeadMicroseconds = 1_000_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dbreplay-turns-"); // 0700, and short: a socket's path has at most 108 bytes
    private readonly SliceTurns _turns;
    private readonly Line _first;
    private readonly Line _second;

    /// <summary>Listens.</summary>
    /// <param name="sliceMicroseconds">Length of a slice.</param>
    public TurnKeeper(long sliceMicroseconds)
    {
        _turns = new SliceTurns(Guid.NewGuid(), sliceMicroseconds, SliceTurns.UsualPauseMicroseconds, GoesFirst: true);
        _first = new Line(Path.Combine(_folder.FullName, "first"));
        _second = new Line(Path.Combine(_folder.FullName, "second"));
    }

    /// <summary>The socket of the run that goes first in the first slice.</summary>
    public string FirstPath => _first.Path;

    /// <summary>The socket of the other.</summary>
    public string SecondPath => _second.Path;

    /// <summary>Waits until the first run is prepared; what it has found by then is in its folder.</summary>
    public Task WhenFirstIsReadyAsync(CancellationToken cancellation) => _first.ExpectAsync(TurnLink.Ready, cancellation);

    /// <summary>Goes on from there until both have played, or one is gone.</summary>
    public async Task KeepAsync(CancellationToken cancellation)
    {
        await _second.ExpectAsync(TurnLink.Ready, cancellation);
        var start = UnixClock.NowMicroseconds + LeadMicroseconds;
        await _first.SayAsync(TurnLink.Format(_turns, start), cancellation);
        await _second.SayAsync(TurnLink.Format(_turns with { GoesFirst = false }, start), cancellation);
        await Task.WhenAll(_first.ExpectAsync(TurnLink.Played, cancellation), _second.ExpectAsync(TurnLink.Played, cancellation));
        await _first.SayAsync(TurnLink.Played, cancellation);
        await _second.SayAsync(TurnLink.Played, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _folder.Delete(recursive: true);
    }

    private sealed class Line : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        private StreamReader? _reader;
        private StreamWriter? _writer;

        public Line(string path)
        {
            Path = path;
            _listener.Bind(new UnixDomainSocketEndPoint(path));
            _listener.Listen(1);
        }

        public string Path { get; }

        // Returns also if the run is gone: its exit status tells why.
        public async Task ExpectAsync(string word, CancellationToken cancellation)
        {
            if (_reader is null)
            {
                var stream = new NetworkStream(await _listener.AcceptAsync(cancellation), ownsSocket: true);
                (_reader, _writer) = (new StreamReader(stream), new StreamWriter(stream) { AutoFlush = true });
            }

            try
            {
                while (await _reader.ReadLineAsync(cancellation) is { } line && line != word)
                {
                    // Another word than is waited for.
                }
            }
            catch (IOException)
            {
                // The run is gone, with words to it unread.
            }
        }

        public async Task SayAsync(string line, CancellationToken cancellation)
        {
            try
            {
                await _writer!.WriteLineAsync(line.AsMemory(), cancellation);
            }
            catch (IOException)
            {
                // The run is gone: its exit status tells why.
            }
        }

        public void Dispose()
        {
            _reader?.Dispose();
            _listener.Dispose();
        }
    }
}
