using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql.Messages;

/// <summary>
/// The first packet of a result set. <paramref name="MetadataFollows"/> is told only under OPTIONAL_RESULTSET_METADATA (MySQL) or
/// CACHE_METADATA (MariaDB); <paramref name="HasMetadataByte"/> says whether it was.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset.html"/>,
/// <see href="https://mariadb.com/kb/en/result-set-packets/#column-count-packet"/>.
/// </summary>
public readonly record struct ColumnCount(int Count, bool MetadataFollows, bool HasMetadataByte)
{
    /// <summary>The most columns that a result can have: 4,096 in tables, and 65,535 where the protocol counts in 16 bits.</summary>
    public const int Most = 65_535;

    /// <summary>
    /// Reads a packet. The manual and the servers put the byte on different sides of the count: it is behind it on the wire. Its presence
    /// shows in the length, so the capabilities need not be known.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out ColumnCount packet)
    {
        var reader = new SpanReader(payload);
        var count = reader.ReadLengthEncodedInteger();
        var hasByte = reader.Remaining == 1;
        var follows = !hasByte || reader.ReadByte() != 0;
        packet = new ColumnCount((int)Math.Min(count, Most + 1), follows, hasByte);
        return !reader.IsBroken && reader.IsAtEnd && count is > 0 and <= Most;
    }
}
