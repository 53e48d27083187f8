using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql.Messages;

/// <summary>
/// The server's greeting.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_v10.html"/>,
/// <see href="https://mariadb.com/kb/en/connection/#initial-handshake-packet"/>.
/// </summary>
public readonly ref struct HandshakeV10
{
    /// <summary>The first byte.</summary>
    public const byte ProtocolVersion = 10;

    /// <summary>The server's version as text.</summary>
    public ReadOnlySpan<byte> ServerVersion { get; private init; }

    /// <summary>The connection's number on the server.</summary>
    public uint ConnectionId { get; private init; }

    /// <summary>What the server can do, MariaDB's extended flags included.</summary>
    public MySqlCapabilities Capabilities { get; private init; }

    /// <summary>The server's default collation; only its lower eight bits are sent.</summary>
    public byte Collation { get; private init; }

    /// <summary>Status flags.</summary>
    public MySqlServerStatus Status { get; private init; }

    /// <summary>First eight bytes of the challenge.</summary>
    public ReadOnlySpan<byte> ChallengeStart { get; private init; }

    /// <summary>The rest of the challenge, without the zero byte at its end.</summary>
    public ReadOnlySpan<byte> ChallengeEnd { get; private init; }

    /// <summary>Name of the default authentication plugin; empty if the server does not tell.</summary>
    public ReadOnlySpan<byte> PluginName { get; private init; }

    /// <summary>Reads a greeting.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out HandshakeV10 message)
    {
        message = default;
        var reader = new SpanReader(payload);
        var version = reader.ReadByte();
        var serverVersion = reader.ReadZeroTerminated();
        var connectionId = (uint)reader.ReadUIntLittleEndian(4);
        var start = reader.ReadBytes(8);
        reader.Skip(1);
        var capabilities = (MySqlCapabilities)reader.ReadUIntLittleEndian(2);
        if (reader.IsBroken || version != ProtocolVersion || serverVersion.IsEmpty)
        {
            return false;
        }

        if (reader.Remaining < 16)
        {
            // Servers before 4.1 may end here.
            message = new HandshakeV10 { ServerVersion = serverVersion, ConnectionId = connectionId, Capabilities = capabilities, ChallengeStart = start };
            return true;
        }

        var collation = reader.ReadByte();
        var status = (MySqlServerStatus)reader.ReadUIntLittleEndian(2);
        capabilities |= (MySqlCapabilities)(reader.ReadUIntLittleEndian(2) << 16);
        int challengeLength = reader.ReadByte();
        reader.Skip(6);
        var extended = (MySqlCapabilities)(reader.ReadUIntLittleEndian(4) << 32);
        if ((capabilities & MySqlCapabilities.LongPassword) == 0)
        {
            capabilities |= extended;
        }

        var end = reader.ReadBytes(Math.Min(Math.Max(13, challengeLength - 8), reader.Remaining));
        var plugin = reader.Rest;
        var zero = plugin.IndexOf((byte)0);
        message = new HandshakeV10
        {
            ServerVersion = serverVersion,
            ConnectionId = connectionId,
            Capabilities = capabilities,
            Collation = collation,
            Status = status,
            ChallengeStart = start,
            ChallengeEnd = end.Length > 0 && end[^1] == 0 ? end[..^1] : end,
            PluginName = zero < 0 ? plugin : plugin[..zero],
        };
        return !reader.IsBroken;
    }
}
