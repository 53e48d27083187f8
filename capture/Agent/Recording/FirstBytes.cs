using System.Buffers.Binary;
using Replay.Network;
using Replay.Workload;

namespace Replay.Agent.Recording;

/// <summary>What the first bytes of a connection tell of its protocol, so that an engine is never believed for its port alone.</summary>
internal static class FirstBytes
{
    private const int PostgresVersion3 = 3;
    private const int PostgresRequestCodes = 1234; // SSLRequest, GSSENCRequest, CancelRequest
    private const byte MySqlHandshakeV10 = 10;
    private const byte MySqlError = 0xFF;

    /// <summary>The protocol that a connection's very first bytes are of; null if they are of none that is known.</summary>
    public static Engine? Engine(FlowDirection direction, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 8)
        {
            return null;
        }

        if (direction == FlowDirection.ToServer)
        {
            // PostgreSQL: the client speaks first: length, then the version or a request code
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes);
            var code = BinaryPrimitives.ReadInt16BigEndian(bytes[4..]);
            return length is >= 8 and <= 10_000 && code is PostgresVersion3 or PostgresRequestCodes ? Workload.Engine.PostgreSql : null;
        }

        // MySQL: the server speaks first: length, sequence number 0, the handshake's version
        var payload = bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
        return bytes[3] == 0 && payload is >= 3 and < 4096 && bytes[4] is MySqlHandshakeV10 or MySqlError && bytes[3] == 0 ? Workload.Engine.MySql : null;
    }

    /// <summary>Whether bytes begin with a TLS record: handshake, alert or data of TLS 1.0 to 1.3.</summary>
    public static bool AreTlsRecord(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 5 && bytes[0] is >= 0x14 and <= 0x17 && bytes[1] == 3 && bytes[2] <= 4 && BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]) is > 0 and <= (1 << 14) + 2048;
}
