using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Replay.Protocol.Buffers;
using Replay.Protocol.MySql;

namespace Replay.Client.MySql;

/// <summary>
/// Writes the client's half of the handshake and other packets of a login.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_response.html"/>,
/// <see href="https://mariadb.com/kb/en/connection/#client-handshake-response"/>.
/// </summary>
internal static class HandshakeResponseWriter
{
    /// <summary>The longest packet that this client takes: the server's largest.</summary>
    private const uint MaxPacketBytes = 1 << 30;

    /// <summary>The part that an SSL request consists of.</summary>
    public static void WriteFixedPart(ByteStore into, MySqlCapabilities capabilities, int collation)
    {
        Span<byte> part = stackalloc byte[32];
        part.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(part, (uint)capabilities);
        BinaryPrimitives.WriteUInt32LittleEndian(part[4..], MaxPacketBytes);
        part[8] = (byte)collation;
        if ((capabilities & MySqlCapabilities.LongPassword) == 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(part[28..], (uint)((ulong)capabilities >> 32));
        }

        into.Append(part);
    }

    /// <summary>The whole response.</summary>
    public static void Write(
        ByteStore into,
        MySqlCapabilities capabilities,
        int collation,
        string user,
        ReadOnlySpan<byte> authentication,
        string database,
        string plugin,
        IReadOnlyDictionary<string, string> attributes)
    {
        WriteFixedPart(into, capabilities, collation);
        WriteZeroTerminated(into, user);
        WriteLengthEncoded(into, authentication);
        if ((capabilities & MySqlCapabilities.ConnectWithDatabase) != 0)
        {
            WriteZeroTerminated(into, database);
        }

        WriteZeroTerminated(into, plugin);
        if ((capabilities & MySqlCapabilities.ConnectAttributes) != 0)
        {
            WriteAttributes(into, attributes);
        }
    }

    /// <summary>A string and a zero byte.</summary>
    public static void WriteZeroTerminated(ByteStore into, string text)
    {
        into.Advance(Encoding.UTF8.GetBytes(text, into.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
        into.Write((ReadOnlySpan<byte>)[0]);
    }

    /// <summary>A length-encoded string.</summary>
    public static void WriteLengthEncoded(ByteStore into, ReadOnlySpan<byte> bytes)
    {
        WriteInteger(into, bytes.Length);
        into.Append(bytes);
    }

    /// <summary>A length-encoded integer.</summary>
    public static void WriteInteger(ByteStore into, int value)
    {
        var span = into.GetSpan(5);
        if (value < LengthEncoded.NullMarker)
        {
            span[0] = (byte)value;
            into.Advance(1);
            return;
        }

        span[0] = value <= ushort.MaxValue ? (byte)0xFC : (byte)0xFD;
        BinaryPrimitives.WriteUInt32LittleEndian(span[1..], (uint)value);
        into.Advance(value <= ushort.MaxValue ? 3 : 4);
    }

    /// <summary>Connection attributes.</summary>
    public static void WriteAttributes(ByteStore into, IReadOnlyDictionary<string, string> attributes)
    {
        var pairs = new ByteStore();
        foreach (var (name, value) in attributes)
        {
            WriteLengthEncoded(pairs, Encoding.UTF8.GetBytes(name));
            WriteLengthEncoded(pairs, Encoding.UTF8.GetBytes(value));
        }

        WriteLengthEncoded(into, pairs.Written);
        pairs.Clear();
    }
}
