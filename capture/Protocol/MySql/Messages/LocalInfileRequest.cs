namespace Replay.Protocol.MySql.Messages;

/// <summary>
/// The server asks for a file of the client's: LOAD DATA LOCAL. The client sends its bytes in packets and an empty one at the end.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_local_infile_request.html"/>.
/// </summary>
public readonly ref struct LocalInfileRequest
{
    /// <summary>The header.</summary>
    public const byte Header = 0xFB;

    /// <summary>The file's name.</summary>
    public ReadOnlySpan<byte> FileName { get; private init; }

    /// <summary>Reads a packet.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out LocalInfileRequest packet)
    {
        var isOne = payload.Length > 0 && payload[0] == Header;
        packet = isOne ? new LocalInfileRequest { FileName = payload[1..] } : default;
        return isOne;
    }
}
