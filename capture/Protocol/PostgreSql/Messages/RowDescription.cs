using Replay.Protocol.Buffers;

namespace Replay.Protocol.PostgreSql.Messages;

/// <summary>RowDescription: the columns of the rows to come. <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-ROWDESCRIPTION"/></summary>
public ref struct RowDescription
{
    private SpanReader _reader;

    private RowDescription(SpanReader reader, int count)
    {
        _reader = reader;
        Count = count;
    }

    /// <summary>Number of columns.</summary>
    public int Count { get; }

    /// <summary>Begins to read a payload; false if it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out RowDescription message)
    {
        var reader = new SpanReader(payload);
        int count = (ushort)reader.ReadInt16();
        var start = reader;
        for (var i = 0; i < count && !reader.IsBroken; i++)
        {
            reader.ReadZeroTerminated();
            reader.Skip(18);
        }

        message = new RowDescription(start, count);
        return !reader.IsBroken && reader.IsAtEnd;
    }

    /// <summary>The next column; to be called <see cref="Count"/> times. Table OID, attribute number and length are left out: they differ from server to server.</summary>
    public void ReadColumn(out ReadOnlySpan<byte> name, out uint type, out int modifier, out bool isBinary)
    {
        name = _reader.ReadZeroTerminated();
        _reader.Skip(4 + 2);
        type = (uint)_reader.ReadInt32();
        _reader.Skip(2);
        modifier = _reader.ReadInt32();
        isBinary = _reader.ReadInt16() == 1;
    }
}
