using System.Buffers.Binary;
using Replay.Protocol.Buffers;
using Replay.Protocol.MySql;

namespace Replay.Client.MySql;

/// <summary>Writes requests: a payload in one piece or two, cut into packets where it is of 16 MiB - 1 byte or longer.</summary>
internal static class PacketWriter
{
    /// <summary>Length on the wire of the first message in <paramref name="bytes"/>; all of them if it is cut off.</summary>
    public static int MessageLength(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at + MySqlPacket.HeaderBytes <= bytes.Length)
        {
            var length = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
            at += MySqlPacket.HeaderBytes + length;
            if (length < MySqlPacket.MaxPayloadBytes)
            {
                break;
            }
        }

        return Math.Min(at, bytes.Length);
    }

    /// <summary>Appends the payload of the message <paramref name="message"/>, without its headers.</summary>
    public static void AppendPayload(ByteStore into, ReadOnlySpan<byte> message)
    {
        while (message.Length >= MySqlPacket.HeaderBytes)
        {
            var length = message[0] | (message[1] << 8) | (message[2] << 16);
            message = message[MySqlPacket.HeaderBytes..];
            length = Math.Min(length, message.Length);
            into.Append(message[..length]);
            message = message[length..];
        }
    }

    /// <summary>Appends a message of the payload <paramref name="first"/> + <paramref name="second"/>, with sequence numbers from 0.</summary>
    public static void Append(ByteStore into, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var sequence = 0;
        var left = first.Length + second.Length;
        int length;
        do
        {
            length = Math.Min(left, MySqlPacket.MaxPayloadBytes);
            var header = into.GetSpan(MySqlPacket.HeaderBytes);
            BinaryPrimitives.WriteInt32LittleEndian(header, length | (sequence++ << 24));
            into.Advance(MySqlPacket.HeaderBytes);
            var fromFirst = Math.Min(first.Length, length);
            into.Append(first[..fromFirst]);
            first = first[fromFirst..];
            into.Append(second[..(length - fromFirst)]);
            second = second[(length - fromFirst)..];
            left -= length;
        }
        while (length == MySqlPacket.MaxPayloadBytes);
    }
}
