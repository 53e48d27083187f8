using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql.Messages;

/// <summary>
/// The command succeeded; with DEPRECATE_EOF also the end of rows (header 0xFE).
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_ok_packet.html"/>.
/// </summary>
public readonly ref struct OkPacket
{
    /// <summary>The usual header.</summary>
    public const byte Header = 0x00;

    /// <summary>The header where the packet ends rows.</summary>
    public const byte EndOfRowsHeader = 0xFE;

    /// <summary>Rows changed (or found, with FOUND_ROWS).</summary>
    public ulong AffectedRows { get; private init; }

    /// <summary>First generated id; 0 if none.</summary>
    public ulong LastInsertId { get; private init; }

    /// <summary>Status flags.</summary>
    public MySqlServerStatus Status { get; private init; }

    /// <summary>Number of warnings.</summary>
    public ushort Warnings { get; private init; }

    /// <summary>Text for people; with SESSION_TRACK only where the server gives one.</summary>
    public ReadOnlySpan<byte> Info { get; private init; }

    /// <summary>Session state changes, to be walked by <see cref="SessionStateChange.TryRead"/>.</summary>
    public ReadOnlySpan<byte> SessionState { get; private init; }

    /// <summary>
    /// Reads a packet of the 4.1 protocol (older servers leave out the warnings, which then read as 0). What follows the numbers is
    /// for people: if it is damaged it is left out, and the packet stands.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, MySqlCapabilities capabilities, out OkPacket packet)
    {
        var reader = new SpanReader(payload);
        var header = reader.ReadByte();
        var affected = reader.ReadLengthEncodedInteger();
        var insertId = reader.ReadLengthEncodedInteger();
        var status = reader.Remaining >= 2 ? (MySqlServerStatus)reader.ReadUIntLittleEndian(2) : MySqlServerStatus.None;
        var warnings = reader.Remaining >= 2 ? (ushort)reader.ReadUIntLittleEndian(2) : (ushort)0;
        if (reader.IsBroken || (header != Header && header != EndOfRowsHeader))
        {
            packet = default;
            return false;
        }

        ReadOnlySpan<byte> info = default, state = default;
        if ((capabilities & MySqlCapabilities.SessionTrack) == 0)
        {
            info = reader.ReadRest();
        }
        else if (reader.Remaining > 0)
        {
            info = reader.ReadLengthEncodedString();
            if ((status & MySqlServerStatus.SessionStateChanged) != 0 && reader.Remaining > 0)
            {
                state = reader.ReadLengthEncodedString();
            }
        }

        packet = new OkPacket
        {
            AffectedRows = affected,
            LastInsertId = insertId,
            Status = status,
            Warnings = warnings,
            Info = info,
            SessionState = state,
        };
        return true;
    }
}
