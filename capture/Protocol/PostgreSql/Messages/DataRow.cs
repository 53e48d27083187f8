using System.Runtime.CompilerServices;
using Replay.Protocol.Buffers;

namespace Replay.Protocol.PostgreSql.Messages;

/// <summary>DataRow: one row's values. <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-DATAROW"/></summary>
public ref struct DataRow
{
    private SpanReader _reader;

    /// <summary>Begins to read a payload.</summary>
    public DataRow(ReadOnlySpan<byte> payload)
    {
        _reader = new SpanReader(payload);
        Count = (ushort)_reader.ReadInt16();
    }

    /// <summary>Number of values.</summary>
    public int Count { get; }

    /// <summary>Whether a value went beyond the end, or bytes are left after all were read.</summary>
    public readonly bool IsBroken => _reader.IsBroken;

    /// <summary>Whether nothing is left.</summary>
    public readonly bool IsAtEnd => _reader.IsAtEnd;

    /// <summary>The next value; false if it is NULL.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool ReadValue(out ReadOnlySpan<byte> value)
    {
        var length = _reader.ReadInt32();
        if (length < 0)
        {
            value = default;
            return false;
        }

        value = _reader.ReadBytes(length);
        return true;
    }
}
