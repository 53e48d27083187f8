using System.Buffers.Binary;

namespace Replay.Protocol.MySql.Messages;

/// <summary>
/// A handshake response that ends after its fixed part: TLS begins after it.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_ssl_request.html"/>.
/// </summary>
public static class SslRequest
{
    /// <summary>Length of the payload in the 4.1 protocol.</summary>
    public const int Length = 32;

    /// <summary>Whether <paramref name="payload"/> is one: nothing behind the fixed part, and the flag set.</summary>
    public static bool Is(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 4)
        {
            return false;
        }

        var flags = (MySqlCapabilities)BinaryPrimitives.ReadUInt32LittleEndian(payload);
        var is41 = (flags & MySqlCapabilities.Protocol41) != 0;
        flags = is41 ? flags : flags & (MySqlCapabilities)0xFFFF;
        return (flags & MySqlCapabilities.Ssl) != 0 && payload.Length <= (is41 ? Length : 5);
    }
}
