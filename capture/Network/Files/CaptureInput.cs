using Replay.Network.Live;

namespace Replay.Network.Files;

/// <summary>
/// A file or stream seen through a window that moves forward only. Reads are large, but nothing is waited for that is not needed: a
/// packet that a pipe has brought is delivered before the next one is written.
/// </summary>
internal sealed class CaptureInput : IDisposable
{
    /// <summary>Larger reads are not faster, and the buffer should stay in the processor's second-level cache.</summary>
    public const int ReadBytes = 256 * 1024;

    /// <summary>
    /// What the window grows to at most: more than any packet (the largest that a Linux interface makes are 512 KiB).
    /// </summary>
    public const int MaxWindowBytes = 16 * 1024 * 1024;

    private const int StandardInputDescriptor = 0;
    private const int NoDescriptor = -1;

    /// <summary>How long a pipe may keep the caller from its chores.</summary>
    private const int WaitMilliseconds = 100;

    private readonly Stream _stream;
    private readonly int _descriptor;
    private byte[] _buffer = new byte[ReadBytes];
    private int _start;
    private int _end;

    private CaptureInput(string name, Stream stream, int descriptor)
    {
        Name = name;
        _stream = stream;
        _descriptor = OperatingSystem.IsLinux() ? descriptor : NoDescriptor;
    }

    /// <summary>For messages.</summary>
    public string Name { get; }

    /// <summary>Bytes consumed.</summary>
    public long Position { get; private set; }

    /// <summary>What is in memory and not consumed.</summary>
    public ReadOnlySpan<byte> Window => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Why reading failed, if it did. The input then counts as ended.</summary>
    public string? Failure { get; private set; }

    /// <summary>The last <see cref="TryFillSoon"/> gave up waiting for a pipe.</summary>
    public bool IsWaiting { get; private set; }

    public static CaptureInput FromStream(Stream stream, string name) => new(name, stream, NoDescriptor);

    public static CaptureInput FromStandardInput() =>
        new("standard input", Console.OpenStandardInput(), StandardInputDescriptor);

    /// <summary>Opens a file.</summary>
    /// <exception cref="PcapFormatException">The file cannot be opened.</exception>
    public static CaptureInput FromFile(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new PcapFormatException($"{path} is a folder, not a capture file.");
            }

            // Without a buffer of its own: each read goes straight into ours, and a pipe is read like a file.
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
            return new CaptureInput(path, file, (int)file.SafeFileHandle.DangerousGetHandle());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PcapFormatException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Makes the window at least this large.</summary>
    /// <returns>False if the input ends before, or the window may not become so large.</returns>
    public bool TryFill(int bytes)
    {
        while (!TryFillSoon(bytes))
        {
            if (!IsWaiting)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Makes the window at least this large, unless a pipe makes it wait for too long.</summary>
    /// <returns>False as <see cref="TryFill"/>, or for now if <see cref="IsWaiting"/>.</returns>
    public bool TryFillSoon(int bytes)
    {
        IsWaiting = false;
        if (bytes > MaxWindowBytes)
        {
            return false;
        }

        while (_end - _start < bytes)
        {
            MakeRoom(bytes);
            if (_descriptor != NoDescriptor && !Poll.WaitForInput(_descriptor, WaitMilliseconds))
            {
                IsWaiting = true;
                return false;
            }

            int read = Read();
            if (read <= 0)
            {
                return false;
            }

            _end += read;
        }

        return true;
    }

    /// <summary>Moves on within the window.</summary>
    public void Consume(int bytes)
    {
        _start += bytes;
        Position += bytes;
    }

    /// <summary>Moves on by any distance.</summary>
    /// <returns>False if the input ends before.</returns>
    public bool TrySkip(long bytes)
    {
        while (bytes > 0)
        {
            if (_start == _end && !TryFill(1))
            {
                return false;
            }

            int step = (int)Math.Min(bytes, _end - _start);
            Consume(step);
            bytes -= step;
        }

        return true;
    }

    public void Dispose() => _stream.Dispose();

    private void MakeRoom(int bytes)
    {
        int held = _end - _start;
        if (bytes > _buffer.Length)
        {
            var larger = new byte[Math.Min(MaxWindowBytes, Math.Max(bytes, _buffer.Length * 2))];
            _buffer.AsSpan(_start, held).CopyTo(larger);
            _buffer = larger;
        }
        else
        {
            _buffer.AsSpan(_start, held).CopyTo(_buffer);
        }

        _start = 0;
        _end = held;
    }

    private int Read()
    {
        try
        {
            return _stream.Read(_buffer.AsSpan(_end));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Failure = e.Message;
            return 0;
        }
    }
}
