namespace Replay.Workload;

/// <summary>The writer's side of the table of shapes.</summary>
internal sealed class ShapeTable(int maxCount)
{
    /// <summary>The most bytes kept of a shape's text; a longer one is cut and ends in an ellipsis.</summary>
    public const int MaxTextBytes = 16 << 10;

    // Readers hold all texts in memory.
    private const int MaxBytes = 64 << 20;

    private readonly Dictionary<(Engine Engine, ulong High, ulong Low), int> _numbers = [];
    private readonly ByteBuffer _pending = new();
    private int _written;
    private long _bytes;

    public int Count => _numbers.Count;

    public int PendingCount => Count - _written;

    /// <summary>Calls answered with -1 because the table was full.</summary>
    public long Refused { get; private set; }

    public int FindOrAdd(Engine engine, ulong high, ulong low, ReadOnlySpan<byte> text, string @class)
    {
        if (_numbers.TryGetValue((engine, high, low), out var number))
        {
            return number;
        }

        if (Count >= maxCount || _bytes >= MaxBytes)
        {
            Refused++;
            return -1;
        }

        number = Count;
        _numbers.Add((engine, high, low), number);
        _pending.WriteByte((byte)engine);
        _pending.WriteUInt64(high);
        _pending.WriteUInt64(low);
        WriteText(text);
        _pending.WriteString(@class);
        _bytes += Math.Min(text.Length, MaxTextBytes);
        return number;
    }

    public void Write(SegmentWriter segments)
    {
        var header = new BlockHeader { Kind = BlockKind.Shapes, Count = PendingCount, First = _written };
        segments.Add(ref header, _pending.Written);
        _pending.Clear();
        _written = Count;
    }

    /// <summary>Reads the shapes of one block, whose first number must be the next.</summary>
    public static void Read(BlockBuffer block, in BlockHeader header, List<Shape> shapes)
    {
        if (header.First != shapes.Count)
        {
            PayloadReader.Malformed();
        }

        var reader = new PayloadReader(block.Bytes, 0, block.Length);
        for (var i = 0; i < header.Count; i++)
        {
            shapes.Add(new Shape(shapes.Count, (Engine)reader.ReadByte(), reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadString(), reader.ReadString()));
        }
    }

    private void WriteText(ReadOnlySpan<byte> text)
    {
        if (text.Length <= MaxTextBytes)
        {
            _pending.WriteBlob(text);
            return;
        }

        // Cut before a character, not in one: UTF-8's continuation bytes are 10xxxxxx.
        var size = MaxTextBytes;
        while (size > 0 && (text[size] & 0xC0) == 0x80)
        {
            size--;
        }

        var ellipsis = "…"u8;
        _pending.WriteVarInt((ulong)(size + ellipsis.Length));
        _pending.Write(text[..size]);
        _pending.Write(ellipsis);
    }
}
