namespace Replay.Workload;

/// <summary>The reader's side of the bytes that are stored once. As large as the writer's bound allows; never changed after loading.</summary>
internal sealed class TextStore
{
    private readonly ByteBuffer _arena = new();
    private readonly List<(int Offset, int Length)> _texts = [];

    public int Count => _texts.Count;

    /// <summary>The text with an id that an exchange names.</summary>
    public ReadOnlySpan<byte> this[int id]
    {
        get
        {
            if ((uint)id >= (uint)_texts.Count)
            {
                PayloadReader.Malformed();
            }

            var (offset, length) = _texts[id];
            return _arena.Slice(offset, length);
        }
    }

    /// <summary>Adds the texts of one block, whose first id must be the next.</summary>
    public void Load(BlockBuffer block, in BlockHeader header)
    {
        if (header.First != _texts.Count)
        {
            PayloadReader.Malformed();
        }

        var reader = new PayloadReader(block.Bytes, 0, block.Length);
        for (var i = 0; i < header.Count; i++)
        {
            var text = reader.ReadBlob();
            _texts.Add((_arena.Length, text.Length));
            _arena.Write(text);
        }
    }
}
