namespace Replay.Workload;

/// <summary>Walks over exchanges in order of position; no allocation per exchange. One thread at a time.</summary>
public sealed class ExchangeCursor : IDisposable
{
    private readonly SegmentFolder _segments;
    private readonly List<LocatedBlock> _blocks;
    private readonly BlockBuffer _buffer = new();
    private readonly ExchangeBlockDecoder _decoder;
    private int _next;
    private long _position;

    internal ExchangeCursor(SegmentFolder segments, List<LocatedBlock> blocks, TextStore texts, ExchangeParts parts, int firstBlock, long fromPosition)
    {
        _segments = segments;
        _blocks = blocks;
        _decoder = new ExchangeBlockDecoder(texts, parts);
        _next = firstBlock;
        _position = fromPosition - 1;
    }

    /// <summary>The current exchange's position in the workload.</summary>
    public long Position => _position;

    /// <summary>
    /// The current exchange; its spans are valid until the next <see cref="MoveNext"/>. It is put together at each call, so take it once.
    /// </summary>
    public Exchange Current
    {
        get
        {
            try
            {
                return _decoder.Current();
            }
            catch (MalformedBlockException)
            {
                throw _segments.Damaged(_blocks[_next - 1]);
            }
        }
    }

    /// <summary>Goes to the next exchange; false at the end. A damaged block is a <see cref="WorkloadException"/>.</summary>
    public bool MoveNext()
    {
        if (_decoder.Remaining == 0 && !NextBlock())
        {
            return false;
        }

        try
        {
            _decoder.Read();
        }
        catch (MalformedBlockException)
        {
            throw _segments.Damaged(_blocks[_next - 1]);
        }

        _position++;
        return true;
    }

    /// <summary>Gives its buffers back.</summary>
    public void Dispose() => _buffer.Dispose();

    private bool NextBlock()
    {
        while (_next < _blocks.Count)
        {
            var block = _blocks[_next];
            if (block.Header.First > _position + 1)
            {
                throw new WorkloadException(
                    $"{_segments[block].Path}: exchanges {_position + 1:N0} to {block.Header.First - 1:N0} are lost, the block that held them is damaged; copy the file anew from where it came");
            }

            _segments.Load(_buffer, block);
            _next++;
            Begin(block);
            if (_decoder.Remaining > 0)
            {
                return true;
            }
        }

        return false;
    }

    private void Begin(in LocatedBlock block)
    {
        try
        {
            _decoder.Begin(_buffer, block.Header.Count);
            for (var skip = _position + 1 - block.Header.First; skip > 0 && _decoder.Remaining > 0; skip--)
            {
                _decoder.Read();
            }
        }
        catch (MalformedBlockException)
        {
            throw _segments.Damaged(block);
        }
    }
}
