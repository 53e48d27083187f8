using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql.Messages;

/// <summary>
/// A statement was prepared: definitions of its parameters, then of its columns, follow.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_prepare.html"/>.
/// </summary>
public readonly record struct StatementPrepareOk(uint StatementId, int Columns, int Parameters, ushort Warnings, bool MetadataFollows)
{
    /// <summary>Reads a packet. The last byte is there only under OPTIONAL_RESULTSET_METADATA.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, MySqlCapabilities capabilities, out StatementPrepareOk packet)
    {
        var reader = new SpanReader(payload);
        var header = reader.ReadByte();
        var id = (uint)reader.ReadUIntLittleEndian(4);
        var columns = (int)reader.ReadUIntLittleEndian(2);
        var parameters = (int)reader.ReadUIntLittleEndian(2);
        var isBroken = reader.IsBroken;
        reader.Skip(1);
        var warnings = reader.Remaining >= 2 ? (ushort)reader.ReadUIntLittleEndian(2) : (ushort)0;
        var follows = (capabilities & MySqlCapabilities.OptionalResultSetMetadata) == 0 || reader.Remaining == 0 || reader.ReadByte() != 0;
        packet = new StatementPrepareOk(id, columns, parameters, warnings, follows);
        return !isBroken && header == OkPacket.Header;
    }
}
