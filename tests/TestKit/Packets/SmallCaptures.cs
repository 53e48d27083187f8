using System.Buffers.Binary;
using System.Text;

namespace Replay.TestKit.Packets;

/// <summary>Captures of one short session: a login, then queries of one row each, now and then one that fails.</summary>
public static class SmallCaptures
{
    /// <summary>Every so manieth query is answered by an error.</summary>
    public const int FailsEvery = 7;

    /// <summary>PostgreSQL at 10.0.0.1:5432: the packets of <paramref name="queries"/> simple queries, with the texts that <paramref name="sql"/> gives them.</summary>
    public static IReadOnlyList<TestPacket> Postgres(int queries, Func<int, string>? sql = null)
    {
        var tcp = new TcpConversation().Open();
        tcp.Request([0, 0, 0, 18, 0, 3, 0, 0, .. "user\0app\0\0"u8]);
        tcp.Response([.. PostgresMessage('R', [0, 0, 0, 0]), .. PostgresMessage('Z', "I"u8)]);
        for (var i = 1; i <= queries; i++)
        {
            tcp.Request(PostgresMessage('Q', Encoding.ASCII.GetBytes((sql?.Invoke(i) ?? $"SELECT {i}") + "\0")));
            tcp.Response(i % FailsEvery == 0
                ? [.. PostgresMessage('E', "SERROR\0C22012\0Mdivision by zero\0\0"u8), .. PostgresMessage('Z', "I"u8)]
                :
                [
                    .. PostgresMessage('T', [0, 1, .. "n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 23, 0, 4, 255, 255, 255, 255, 0, 0]),
                    .. PostgresMessage('D', [0, 1, 0, 0, 0, 1, (byte)'1']),
                    .. PostgresMessage('C', "SELECT 1\0"u8),
                    .. PostgresMessage('Z', "I"u8),
                ]);
        }

        return tcp.Request(PostgresMessage('X', [])).Close().Packets;
    }

    /// <summary>MySQL at 10.0.0.1:3306: the packets of <paramref name="queries"/> text queries, with the texts that <paramref name="sql"/> gives them.</summary>
    public static IReadOnlyList<TestPacket> MySql(int queries, Func<int, string>? sql = null)
    {
        var tcp = new TcpConversation(server: "10.0.0.1:3306").Open();
        // CLIENT_PROTOCOL_41 | CLIENT_SECURE_CONNECTION | CLIENT_PLUGIN_AUTH | CLIENT_LONG_PASSWORD, with EOF packets
        byte[] capabilities = [0x01, 0x82, 0x08, 0x00];
        tcp.Response(MySqlPacket(0,
            [10, .. "8.0.30\0"u8, 1, 0, 0, 0, .. "abcdefgh"u8, 0, .. capabilities.AsSpan(0, 2), 45, 2, 0, .. capabilities.AsSpan(2, 2), 21, .. new byte[10], .. "ijklmnopqrst\0"u8, .. "mysql_native_password\0"u8]));
        tcp.Request(MySqlPacket(1, [.. capabilities, 0, 0, 0, 1, 45, .. new byte[23], .. "app\0"u8, 0, .. "mysql_native_password\0"u8]));
        tcp.Response(MySqlPacket(2, [0, 0, 0, 2, 0, 0, 0]));
        for (var i = 1; i <= queries; i++)
        {
            tcp.Request(MySqlPacket(0, [3, .. Encoding.ASCII.GetBytes(sql?.Invoke(i) ?? $"SELECT {i}")]));
            tcp.Response(i % FailsEvery == 0
                ? MySqlPacket(1, [0xFF, 0x7A, 0x04, .. "#42S02Table 'a.b' doesn't exist"u8])
                :
                [
                    .. MySqlPacket(1, [1]),
                    .. MySqlPacket(2, [3, .. "def"u8, 0, 0, 0, 1, (byte)'n', 0, 12, 63, 0, 1, 0, 0, 0, 8, 129, 0, 0, 0, 0]),
                    .. MySqlPacket(3, [0xFE, 0, 0, 2, 0]),
                    .. MySqlPacket(4, [1, (byte)'1']),
                    .. MySqlPacket(5, [0xFE, 0, 0, 2, 0]),
                ]);
        }

        return tcp.Request(MySqlPacket(0, [1])).Close().Packets;
    }

    private static byte[] PostgresMessage(char type, ReadOnlySpan<byte> body)
    {
        var bytes = new byte[5 + body.Length];
        bytes[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), 4 + body.Length);
        body.CopyTo(bytes.AsSpan(5));
        return bytes;
    }

    private static byte[] MySqlPacket(byte sequence, ReadOnlySpan<byte> payload) =>
        [(byte)payload.Length, (byte)(payload.Length >> 8), (byte)(payload.Length >> 16), sequence, .. payload];
}
