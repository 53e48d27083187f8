using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql.Messages;

/// <summary>
/// The command failed.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_err_packet.html"/>.
/// </summary>
public readonly ref struct ErrPacket
{
    /// <summary>The header.</summary>
    public const byte Header = 0xFF;

    /// <summary>MariaDB: not an error but a progress report; the response goes on. <see href="https://mariadb.com/kb/en/err_packet/"/>.</summary>
    public const ushort ProgressReport = 0xFFFF;

    /// <summary>The error's number.</summary>
    public ushort Code { get; private init; }

    /// <summary>Five characters; empty before login and from servers before 4.1.</summary>
    public ReadOnlySpan<byte> SqlState { get; private init; }

    /// <summary>The message, in the connection's character set.</summary>
    public ReadOnlySpan<byte> Message { get; private init; }

    /// <summary>Reads a packet.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out ErrPacket packet)
    {
        var reader = new SpanReader(payload);
        var header = reader.ReadByte();
        var code = (ushort)reader.ReadUIntLittleEndian(2);
        if (reader.IsBroken || header != Header)
        {
            packet = default;
            return false;
        }

        ReadOnlySpan<byte> state = default;
        if (reader.Peek() == '#' && reader.Remaining >= 6)
        {
            reader.Skip(1);
            state = reader.ReadBytes(5);
        }

        packet = new ErrPacket { Code = code, SqlState = state, Message = reader.ReadRest() };
        return true;
    }
}
