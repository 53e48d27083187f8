using System.Buffers.Binary;

namespace Replay.Protocol.MySql.Messages;

/// <summary>
/// The end of column definitions or rows where DEPRECATE_EOF is not in force.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_eof_packet.html"/>.
/// </summary>
public readonly record struct EofPacket(ushort Warnings, MySqlServerStatus Status)
{
    /// <summary>The header.</summary>
    public const byte Header = 0xFE;

    /// <summary>Length of the payload; servers before 4.1 send the header alone.</summary>
    public const int Length = 5;

    /// <summary>
    /// Reads a packet. Its length tells it from a row whose first value is longer than 16 MiB, and from the OK packet that ends rows
    /// under DEPRECATE_EOF, which has seven bytes at least.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out EofPacket packet)
    {
        packet = default;
        if (payload.Length is not (Length or 1) || payload[0] != Header)
        {
            return false;
        }

        if (payload.Length == Length)
        {
            packet = new EofPacket(
                BinaryPrimitives.ReadUInt16LittleEndian(payload[1..]),
                (MySqlServerStatus)BinaryPrimitives.ReadUInt16LittleEndian(payload[3..]));
        }

        return true;
    }
}
