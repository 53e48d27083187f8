using System.Buffers.Binary;
using System.Text;
using Replay.Protocol.Buffers;

namespace Replay.Client.PostgreSql;

/// <summary>Writes the client's own messages: type, length, fields.</summary>
internal ref struct FrontendWriter(ByteStore into)
{
    private int _lengthAt;

    /// <summary>Begins a message; 0 for those without a type byte.</summary>
    public void Begin(byte type)
    {
        if (type != 0)
        {
            into.Append([type]);
        }

        _lengthAt = into.Length;
        into.Append([0, 0, 0, 0]);
    }

    public readonly void WriteInt32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(into.GetSpan(4), value);
        into.Advance(4);
    }

    public readonly void WriteBytes(ReadOnlySpan<byte> bytes) => into.Append(bytes);

    /// <summary>A text and its zero byte.</summary>
    public readonly void WriteText(string text)
    {
        var length = Encoding.UTF8.GetMaxByteCount(text.Length) + 1;
        var span = into.GetSpan(length);
        var used = Encoding.UTF8.GetBytes(text, span);
        span[used] = 0;
        into.Advance(used + 1);
    }

    public readonly void End() => BinaryPrimitives.WriteInt32BigEndian(into.WrittenMutable[_lengthAt..], into.Length - _lengthAt);
}
