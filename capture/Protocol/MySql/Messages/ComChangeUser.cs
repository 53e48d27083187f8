using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql.Messages;

/// <summary>
/// COM_CHANGE_USER: a new login on the same connection. The authentication data's place is told so that it can be blanked; its bytes are not
/// handed out.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_change_user.html"/>.
/// </summary>
public readonly ref struct ComChangeUser
{
    /// <summary>The command byte.</summary>
    public const byte Header = 0x11;

    /// <summary>The user.</summary>
    public ReadOnlySpan<byte> User { get; private init; }

    /// <summary>The database; empty if none.</summary>
    public ReadOnlySpan<byte> Database { get; private init; }

    /// <summary>The collation id; -1 if the client does not say.</summary>
    public int Collation { get; private init; }

    /// <summary>Connection attributes, to be walked by <see cref="ConnectionAttributes"/>.</summary>
    public ReadOnlySpan<byte> Attributes { get; private init; }

    /// <summary>Where the authentication data begins in the payload.</summary>
    public int AuthenticationOffset { get; private init; }

    /// <summary>Its length.</summary>
    public int AuthenticationLength { get; private init; }

    /// <summary>Reads a payload.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, MySqlCapabilities capabilities, out ComChangeUser message)
    {
        var reader = new SpanReader(payload);
        var header = reader.ReadByte();
        var user = reader.ReadZeroTerminated();
        int offset, length;
        if (capabilities == MySqlCapabilities.None || (capabilities & MySqlCapabilities.SecureConnection) != 0)
        {
            length = reader.ReadByte();
            offset = reader.Position;
            reader.Skip(length);
        }
        else
        {
            offset = reader.Position;
            length = reader.ReadZeroTerminated().Length;
        }

        var database = HandshakeResponse41.ReadMaybeZeroTerminated(ref reader);
        var collation = reader.Remaining >= 2 ? (int)reader.ReadUIntLittleEndian(2) : -1;
        if (reader.Remaining > 0)
        {
            HandshakeResponse41.ReadMaybeZeroTerminated(ref reader); // plugin
        }

        var attributes = reader.Remaining > 0 ? reader.ReadLengthEncodedString() : default;
        message = new ComChangeUser
        {
            User = user,
            Database = database,
            Collation = collation,
            Attributes = attributes,
            AuthenticationOffset = offset,
            AuthenticationLength = length,
        };
        return !reader.IsBroken && header == Header;
    }
}
