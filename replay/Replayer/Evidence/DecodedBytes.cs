namespace Replay.Replayer;

/// <summary>The bytes of a file one after the other, with a buffer's worth of it in memory.</summary>
internal sealed class DecodedBytes(Stream stream) : IDisposable
{
    /// <summary>What is there after the last byte.</summary>
    public const int End = -1;

    private readonly byte[] _buffer = new byte[1 << 16];
    private int _at;
    private int _length;

    /// <summary>The next byte, which stays the next; <see cref="End"/> if there is none.</summary>
    public int Peek() => _at < _length || Fill() ? _buffer[_at] : End;

    /// <summary>The next byte; <see cref="End"/> if there is none.</summary>
    public int Next() => _at < _length || Fill() ? _buffer[_at++] : End;

    /// <summary>Takes the next byte if it is this one.</summary>
    public bool Take(char expected)
    {
        if (Peek() != expected)
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>Takes these bytes; false at the first that is another, which stays the next.</summary>
    public bool Take(ReadOnlySpan<byte> expected)
    {
        foreach (var b in expected)
        {
            if (!Take((char)b))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Skips bytes; false if there are not so many.</summary>
    public bool Skip(long bytes)
    {
        while (bytes > 0 && Peek() != End)
        {
            var some = (int)Math.Min(bytes, _length - _at);
            _at += some;
            bytes -= some;
        }

        return bytes == 0;
    }

    /// <summary>Skips what comes before the next such byte, and gives it to <paramref name="into"/>, if that is not null, as far as it has room; false if there is none.</summary>
    public bool SkipTo(byte to, DecodedScratch? into)
    {
        while (Peek() != End)
        {
            var rest = _buffer.AsSpan(_at, _length - _at);
            var found = rest.IndexOf(to);
            into?.Add(found < 0 ? rest : rest[..found]);
            _at += found < 0 ? rest.Length : found;
            if (found >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private bool Fill()
    {
        _at = 0;
        _length = stream.Read(_buffer);
        return _length > 0;
    }
}

/// <summary>Values and names as they are read: of each so many bytes are kept, the rest is counted.</summary>
internal sealed class DecodedScratch
{
    /// <summary>What is kept of one: longer ones say nothing.</summary>
    public const int MaxBytes = 1024;

    private byte[] _bytes = new byte[4096];
    private int _start;
    private int _end;
    private bool _isCut;

    /// <summary>Bytes of what was kept.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Forgets all.</summary>
    public void Clear() => _start = _end = 0;

    /// <summary>Begins the next.</summary>
    public void Begin() => (_start, _isCut) = (_end, false);

    /// <summary>Adds to it.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var room = MaxBytes - (_end - _start);
        _isCut |= bytes.Length > room;
        bytes = bytes[..Math.Min(room, bytes.Length)];
        if (_end + bytes.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _end + bytes.Length));
        }

        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Adds a byte to it.</summary>
    public void Add(byte b) => Add([b]);

    /// <summary>Where it lies; false if it is longer than what is kept.</summary>
    public bool TryEnd(out int start, out int length)
    {
        (start, length) = (_start, _end - _start);
        return !_isCut;
    }
}
