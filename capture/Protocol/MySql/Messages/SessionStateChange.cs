using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql.Messages;

/// <summary>
/// One change of session state in an OK packet.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_ok_packet.html#sect_protocol_basic_ok_packet_sessinfo"/>.
/// </summary>
public readonly ref struct SessionStateChange
{
    /// <summary>SESSION_TRACK_SYSTEM_VARIABLES: name and value, each length-encoded.</summary>
    public const byte SystemVariables = 0;

    /// <summary>SESSION_TRACK_SCHEMA: the current database.</summary>
    public const byte Schema = 1;

    /// <summary>SESSION_TRACK_STATE_CHANGE: "1" or "0".</summary>
    public const byte StateChange = 2;

    /// <summary>SESSION_TRACK_GTIDS: an encoding byte and the GTIDs.</summary>
    public const byte Gtids = 3;

    /// <summary>SESSION_TRACK_TRANSACTION_CHARACTERISTICS: the statements that would open the transaction again.</summary>
    public const byte TransactionCharacteristics = 4;

    /// <summary>SESSION_TRACK_TRANSACTION_STATE: eight characters.</summary>
    public const byte TransactionState = 5;

    /// <summary>What changed; one of the constants, or a number of a later server.</summary>
    public byte Type { get; private init; }

    /// <summary>The change's data, of the type's form.</summary>
    public ReadOnlySpan<byte> Data { get; private init; }

    /// <summary>The data's first string: the database of <see cref="Schema"/>, the name of <see cref="SystemVariables"/>.</summary>
    public ReadOnlySpan<byte> FirstString
    {
        get
        {
            var reader = new SpanReader(Data);
            return reader.ReadLengthEncodedString();
        }
    }

    /// <summary>Takes the next change from the front of <paramref name="state"/>; false at the end or where it is damaged.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> state, out SessionStateChange change)
    {
        var reader = new SpanReader(state);
        change = new SessionStateChange { Type = reader.ReadByte(), Data = reader.ReadLengthEncodedString() };
        state = reader.IsBroken ? default : reader.Rest;
        return !reader.IsBroken;
    }
}
