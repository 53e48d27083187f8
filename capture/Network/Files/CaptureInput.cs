using Microsoft.Win32.SafeHandles;

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

    private readonly SafeFileHandle? _file;
    private readonly Stream? _stream;
    private byte[] _buffer = new byte[ReadBytes];
    private long _fileOffset;
    private int _start;
    private int _end;

    private CaptureInput(string name, SafeFileHandle? file, Stream? stream)
    {
        Name = name;
        _file = file;
        _stream = stream;
    }

    /// <summary>For messages.</summary>
    public string Name { get; }

    /// <summary>Bytes consumed.</summary>
    public long Position { get; private set; }

    /// <summary>What is in memory and not consumed.</summary>
    public ReadOnlySpan<byte> Window => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Why reading failed, if it did. The input then counts as ended.</summary>
    public string? Failure { get; private set; }

    public static CaptureInput FromStream(Stream stream, string name) => new(name, null, stream);

    /// <summary>Opens a file.</summary>
    /// <exception cref="PcapFormatException">The file cannot be opened.</exception>
    public static CaptureInput FromFile(string path)
    {
        try
        {
            return Directory.Exists(path)
                ? throw new PcapFormatException($"{path} is a folder, not a capture file.")
                : new CaptureInput(path, File.OpenHandle(path, options: FileOptions.SequentialScan), null);
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
        if (bytes > MaxWindowBytes)
        {
            return false;
        }

        while (_end - _start < bytes)
        {
            MakeRoom(bytes);
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

    public void Dispose()
    {
        _file?.Dispose();
        _stream?.Dispose();
    }

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
        var room = _buffer.AsSpan(_end);
        try
        {
            int read = _file is null ? _stream!.Read(room) : RandomAccess.Read(_file, room, _fileOffset);
            _fileOffset += read;
            return read;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Failure = e.Message;
            return 0;
        }
    }
}
