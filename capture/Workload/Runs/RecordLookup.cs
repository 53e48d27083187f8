namespace Replay.Workload;

/// <summary>
/// Finds records of a run by position. They lie in order of completion, so those of neighbouring positions are in few blocks, of which the
/// most recent are kept. Not for several threads at once.
/// </summary>
internal sealed class RecordLookup(SegmentFolder segments, BlockKind kind) : IDisposable
{
    // Enough for several sessions whose long exchanges end late.
    private const int MaxLoaded = 16;

    private readonly LocatedBlock[] _blocks = [.. segments.Blocks.Where(b => b.Header.Kind == kind)];
    private readonly LinkedList<Loaded> _recent = [];

    /// <summary>The fields of the last record at a position; false if there is none.</summary>
    public bool TryFind(long position, out ReadOnlyMemory<byte> first, out ReadOnlyMemory<byte> second)
    {
        for (var i = _blocks.Length - 1; i >= 0; i--)
        {
            if (position < _blocks[i].Header.First || position > _blocks[i].Header.High)
            {
                continue;
            }

            var loaded = Load(i);
            if (loaded.Places.TryGetValue(position, out var place))
            {
                first = loaded.Payload.AsMemory(place.First, place.FirstLength);
                second = loaded.Payload.AsMemory(place.Second, place.SecondLength);
                return true;
            }
        }

        first = default;
        second = default;
        return false;
    }

    /// <summary>All records in the order in which they were written, read as they are enumerated.</summary>
    public IEnumerable<(long Position, ReadOnlyMemory<byte> First, ReadOnlyMemory<byte> Second)> All()
    {
        using var buffer = new BlockBuffer();
        foreach (var block in _blocks)
        {
            foreach (var (position, place) in Read(buffer, block))
            {
                yield return (position, buffer.Bytes.AsMemory(place.First, place.FirstLength), buffer.Bytes.AsMemory(place.Second, place.SecondLength));
            }
        }
    }

    public void Dispose() => _recent.Clear();

    private Loaded Load(int index)
    {
        for (var node = _recent.First; node is not null; node = node.Next)
        {
            if (node.Value.Index == index)
            {
                if (node != _recent.First)
                {
                    _recent.Remove(node);
                    _recent.AddFirst(node);
                }

                return node.Value;
            }
        }

        using var buffer = new BlockBuffer();
        var records = Read(buffer, _blocks[index]);
        var places = new Dictionary<long, Place>(records.Count);
        foreach (var (position, place) in records)
        {
            places[position] = place;
        }

        var loaded = new Loaded(index, buffer.Payload.ToArray(), places);
        if (_recent.Count >= MaxLoaded)
        {
            _recent.RemoveLast();
        }

        _recent.AddFirst(loaded);
        return loaded;
    }

    private List<(long Position, Place Place)> Read(BlockBuffer buffer, LocatedBlock block)
    {
        segments.Load(buffer, block);
        try
        {
            var reader = new PayloadReader(buffer.Bytes, 0, buffer.Length);
            var records = new List<(long, Place)>(Math.Min(block.Header.Count, buffer.Length));
            var position = 0L;
            for (var i = 0; i < block.Header.Count; i++)
            {
                position = unchecked(position + reader.ReadSigned());
                var (first, firstLength) = reader.SkipBlob();
                var (second, secondLength) = kind == BlockKind.RunErrorCodes ? default : reader.SkipBlob();
                records.Add((position, new Place(first, firstLength, second, secondLength)));
            }

            return records;
        }
        catch (MalformedBlockException)
        {
            throw segments.Damaged(block);
        }
    }

    private readonly record struct Place(int First, int FirstLength, int Second, int SecondLength);

    private sealed record Loaded(int Index, byte[] Payload, Dictionary<long, Place> Places);
}
