namespace Replay.Protocol.PostgreSql;

/// <summary>
/// The server's messages. Those whose payload is read have a parser in <c>Messages/</c>; of the others this table is all.
/// <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html"/>
/// </summary>
public static class BackendMessages
{
    /// <summary>Any of the Authentication messages.</summary>
    public const byte Authentication = (byte)'R';

    /// <summary>BackendKeyData.</summary>
    public const byte BackendKeyData = (byte)'K';

    /// <summary>BindComplete.</summary>
    public const byte BindComplete = (byte)'2';

    /// <summary>CloseComplete.</summary>
    public const byte CloseComplete = (byte)'3';

    /// <summary>CommandComplete.</summary>
    public const byte CommandComplete = (byte)'C';

    /// <summary>CopyBothResponse.</summary>
    public const byte CopyBothResponse = (byte)'W';

    /// <summary>CopyData.</summary>
    public const byte CopyData = (byte)'d';

    /// <summary>CopyDone.</summary>
    public const byte CopyDone = (byte)'c';

    /// <summary>CopyInResponse.</summary>
    public const byte CopyInResponse = (byte)'G';

    /// <summary>CopyOutResponse.</summary>
    public const byte CopyOutResponse = (byte)'H';

    /// <summary>DataRow.</summary>
    public const byte DataRow = (byte)'D';

    /// <summary>EmptyQueryResponse.</summary>
    public const byte EmptyQueryResponse = (byte)'I';

    /// <summary>ErrorResponse.</summary>
    public const byte ErrorResponse = (byte)'E';

    /// <summary>FunctionCallResponse.</summary>
    public const byte FunctionCallResponse = (byte)'V';

    /// <summary>NegotiateProtocolVersion.</summary>
    public const byte NegotiateProtocolVersion = (byte)'v';

    /// <summary>NoData.</summary>
    public const byte NoData = (byte)'n';

    /// <summary>NoticeResponse.</summary>
    public const byte NoticeResponse = (byte)'N';

    /// <summary>NotificationResponse.</summary>
    public const byte NotificationResponse = (byte)'A';

    /// <summary>ParameterDescription.</summary>
    public const byte ParameterDescription = (byte)'t';

    /// <summary>ParameterStatus.</summary>
    public const byte ParameterStatus = (byte)'S';

    /// <summary>ParseComplete.</summary>
    public const byte ParseComplete = (byte)'1';

    /// <summary>PortalSuspended.</summary>
    public const byte PortalSuspended = (byte)'s';

    /// <summary>ReadyForQuery.</summary>
    public const byte ReadyForQuery = (byte)'Z';

    /// <summary>RowDescription.</summary>
    public const byte RowDescription = (byte)'T';

    // 1,664 columns of at most 18 bytes and a name of 64; 65,535 parameters of 4 bytes.
    private static readonly MessageKind[] Kinds = MessageKind.Table(
        new(Authentication, "Authentication", 4 + 4, 4 + 65_536),
        new(BackendKeyData, "BackendKeyData", 4 + 4 + 4, 4 + 4 + 256),
        new(BindComplete, "BindComplete", 4, 4),
        new(CloseComplete, "CloseComplete", 4, 4),
        new(CommandComplete, "CommandComplete", 4 + 1, 4 + 1_024),
        new(CopyBothResponse, "CopyBothResponse", 4 + 1 + 2, 4 + 1 + 2 + (2 * 65_535)),
        new(CopyData, "CopyData", 4, MessageKind.LargestLength),
        new(CopyDone, "CopyDone", 4, 4),
        new(CopyInResponse, "CopyInResponse", 4 + 1 + 2, 4 + 1 + 2 + (2 * 65_535)),
        new(CopyOutResponse, "CopyOutResponse", 4 + 1 + 2, 4 + 1 + 2 + (2 * 65_535)),
        new(DataRow, "DataRow", 4 + 2, MessageKind.LargestLength),
        new(EmptyQueryResponse, "EmptyQueryResponse", 4, 5),
        new(ErrorResponse, "ErrorResponse", 4 + 1, 4 + (16 << 20)),
        new(FunctionCallResponse, "FunctionCallResponse", 4 + 4, MessageKind.LargestLength),
        new(NegotiateProtocolVersion, "NegotiateProtocolVersion", 4 + 4 + 4, 4 + 65_536),
        new(NoData, "NoData", 4, 4),
        new(NoticeResponse, "NoticeResponse", 4 + 1, 4 + (16 << 20)),
        new(NotificationResponse, "NotificationResponse", 4 + 4 + 1 + 1, 4 + 65_536),
        new(ParameterDescription, "ParameterDescription", 4 + 2, 4 + 2 + (4 * 65_535)),
        new(ParameterStatus, "ParameterStatus", 4 + 1 + 1, 4 + (1 << 20)),
        new(ParseComplete, "ParseComplete", 4, 4),
        new(PortalSuspended, "PortalSuspended", 4, 4),
        new(ReadyForQuery, "ReadyForQuery", 5, 5),
        new(RowDescription, "RowDescription", 4 + 2, 4 + 2 + (1_664 * (18 + 256))));

    /// <summary>The message of that type; null if there is none.</summary>
    public static MessageKind? Find(byte type) => Kinds[type] is { Type: not 0 } kind ? kind : null;

    /// <summary>Whether a header with this type and length field can be.</summary>
    public static bool IsPossible(byte type, int length) => Kinds[type].CanHave(length);
}
