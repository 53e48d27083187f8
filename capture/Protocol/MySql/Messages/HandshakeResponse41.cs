using System.Buffers.Binary;
using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql.Messages;

/// <summary>
/// The client's half of the handshake. The authentication data is passed over and is not among the properties.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_response.html"/>,
/// <see href="https://mariadb.com/kb/en/connection/#client-handshake-response"/>.
/// </summary>
public readonly ref struct HandshakeResponse41
{
    /// <summary>What the client asks for; only what the server also has is in force.</summary>
    public MySqlCapabilities Capabilities { get; private init; }

    /// <summary>The longest packet that the client takes.</summary>
    public uint MaxPacketBytes { get; private init; }

    /// <summary>Collation of the connection; its lower eight bits (MariaDB's and MySQL's clients send no more here). -1 before 4.1.</summary>
    public int Collation { get; private init; }

    /// <summary>The user.</summary>
    public ReadOnlySpan<byte> User { get; private init; }

    /// <summary>The database; empty if none was named.</summary>
    public ReadOnlySpan<byte> Database { get; private init; }

    /// <summary>Connection attributes, to be walked by <see cref="ConnectionAttributes"/>.</summary>
    public ReadOnlySpan<byte> Attributes { get; private init; }

    /// <summary>Whether the fields behind the user could be read; if not, the database and the attributes are not known.</summary>
    public bool IsWhole { get; private init; }

    /// <summary>Reads a response (of the protocol before 4.1 too, as far as the user). The client's own flags say which fields are there.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out HandshakeResponse41 message)
    {
        message = default;
        if (payload.Length < 5)
        {
            return false;
        }

        var flags = (MySqlCapabilities)BinaryPrimitives.ReadUInt16LittleEndian(payload);
        if ((flags & MySqlCapabilities.Protocol41) == 0)
        {
            return TryParse320(payload, flags, out message);
        }

        var reader = new SpanReader(payload);
        var capabilities = (MySqlCapabilities)reader.ReadUIntLittleEndian(4);
        var maxPacket = (uint)reader.ReadUIntLittleEndian(4);
        var collation = reader.ReadByte();
        reader.Skip(19);
        var extended = (MySqlCapabilities)(reader.ReadUIntLittleEndian(4) << 32);
        if ((capabilities & MySqlCapabilities.LongPassword) == 0)
        {
            capabilities |= extended;
        }

        var user = reader.ReadZeroTerminated();
        if (reader.IsBroken)
        {
            return false;
        }

        SkipAuthentication(ref reader, capabilities);
        ReadOnlySpan<byte> database = default, attributes = default;
        if ((capabilities & MySqlCapabilities.ConnectWithDatabase) != 0 && reader.Remaining > 0)
        {
            database = ReadMaybeZeroTerminated(ref reader);
        }

        if ((capabilities & MySqlCapabilities.PluginAuth) != 0 && reader.Remaining > 0)
        {
            ReadMaybeZeroTerminated(ref reader);
        }

        if ((capabilities & MySqlCapabilities.ConnectAttributes) != 0 && reader.Remaining > 0)
        {
            attributes = reader.ReadLengthEncodedString();
        }

        message = new HandshakeResponse41
        {
            Capabilities = capabilities,
            MaxPacketBytes = maxPacket,
            Collation = collation,
            User = user,
            Database = database,
            Attributes = attributes,
            IsWhole = !reader.IsBroken,
        };
        return true;
    }

    /// <summary>Some clients leave out the zero byte of the last field.</summary>
    internal static ReadOnlySpan<byte> ReadMaybeZeroTerminated(scoped ref SpanReader reader) =>
        reader.Rest.Contains((byte)0) ? reader.ReadZeroTerminated() : reader.ReadRest();

    private static void SkipAuthentication(scoped ref SpanReader reader, MySqlCapabilities capabilities)
    {
        if ((capabilities & MySqlCapabilities.PluginAuthLengthEncoded) != 0)
        {
            reader.ReadLengthEncodedString();
        }
        else if ((capabilities & MySqlCapabilities.SecureConnection) != 0)
        {
            reader.Skip(reader.ReadByte());
        }
        else
        {
            ReadMaybeZeroTerminated(ref reader);
        }
    }

    private static bool TryParse320(ReadOnlySpan<byte> payload, MySqlCapabilities flags, out HandshakeResponse41 message)
    {
        var reader = new SpanReader(payload);
        reader.Skip(2);
        var maxPacket = (uint)reader.ReadUIntLittleEndian(3);
        var user = ReadMaybeZeroTerminated(ref reader);
        ReadOnlySpan<byte> database = default;
        if ((flags & MySqlCapabilities.ConnectWithDatabase) != 0)
        {
            ReadMaybeZeroTerminated(ref reader);
            database = ReadMaybeZeroTerminated(ref reader);
        }

        message = new HandshakeResponse41
        {
            Capabilities = flags,
            MaxPacketBytes = maxPacket,
            Collation = -1,
            User = user,
            Database = database,
            IsWhole = true,
        };
        return true;
    }
}
