using System.Buffers.Binary;

namespace Replay.Protocol.PostgreSql;

/// <summary>Walks over messages that lie one behind the other, as in an exchange's request.</summary>
public static class PostgresMessage
{
    /// <summary>Reads the first message of <paramref name="messages"/> and moves it on; false at the end or if the rest is no whole message.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> messages, out byte type, out ReadOnlySpan<byte> payload)
    {
        type = 0;
        payload = default;
        if (messages.Length < MessageKind.HeaderBytes)
        {
            return false;
        }

        var total = BinaryPrimitives.ReadInt32BigEndian(messages[1..]) + 1L;
        if (total < MessageKind.HeaderBytes || total > messages.Length)
        {
            return false;
        }

        type = messages[0];
        payload = messages[MessageKind.HeaderBytes..(int)total];
        messages = messages[(int)total..];
        return true;
    }
}
