namespace Replay.Protocol.PostgreSql;

/// <summary>
/// The client's messages after start-up. Those whose payload is read have a parser in <c>Messages/</c>; of the others this table is all.
/// <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html"/>
/// </summary>
public static class FrontendMessages
{
    /// <summary>Bind.</summary>
    public const byte Bind = (byte)'B';

    /// <summary>Close.</summary>
    public const byte Close = (byte)'C';

    /// <summary>CopyData; both sides send it.</summary>
    public const byte CopyData = (byte)'d';

    /// <summary>CopyDone; both sides send it.</summary>
    public const byte CopyDone = (byte)'c';

    /// <summary>CopyFail.</summary>
    public const byte CopyFail = (byte)'f';

    /// <summary>Describe.</summary>
    public const byte Describe = (byte)'D';

    /// <summary>Execute.</summary>
    public const byte Execute = (byte)'E';

    /// <summary>Flush.</summary>
    public const byte Flush = (byte)'H';

    /// <summary>FunctionCall.</summary>
    public const byte FunctionCall = (byte)'F';

    /// <summary>Parse.</summary>
    public const byte Parse = (byte)'P';

    /// <summary>PasswordMessage, SASLInitialResponse, SASLResponse, GSSResponse: never read, never kept.</summary>
    public const byte Authentication = (byte)'p';

    /// <summary>Query.</summary>
    public const byte Query = (byte)'Q';

    /// <summary>Sync.</summary>
    public const byte Sync = (byte)'S';

    /// <summary>Terminate.</summary>
    public const byte Terminate = (byte)'X';

    // A Bind: two names, three counts. A Parse: two strings, a count. FunctionCall: OID, three counts.
    private static readonly MessageKind[] Kinds = MessageKind.Table(
        new(Bind, "Bind", 4 + 1 + 1 + 2 + 2 + 2, MessageKind.LargestLength),
        new(Close, "Close", 4 + 1 + 1, 4 + 1 + 10_000),
        new(CopyData, "CopyData", 4, MessageKind.LargestLength),
        new(CopyDone, "CopyDone", 4, 4),
        new(CopyFail, "CopyFail", 4 + 1, 4 + 65_536),
        new(Describe, "Describe", 4 + 1 + 1, 4 + 1 + 10_000),
        new(Execute, "Execute", 4 + 1 + 4, 4 + 10_000),
        new(Flush, "Flush", 4, 4),
        new(FunctionCall, "FunctionCall", 4 + 4 + 2 + 2 + 2, MessageKind.LargestLength),
        new(Parse, "Parse", 4 + 1 + 1 + 2, MessageKind.LargestLength),
        new(Authentication, "PasswordMessage", 4, 4 + 65_536),
        new(Query, "Query", 4 + 1, MessageKind.LargestLength),
        new(Sync, "Sync", 4, 4),
        new(Terminate, "Terminate", 4, 4));

    /// <summary>The message of that type; null if there is none.</summary>
    public static MessageKind? Find(byte type) => Kinds[type] is { Type: not 0 } kind ? kind : null;

    /// <summary>Whether a header with this type and length field can be.</summary>
    public static bool IsPossible(byte type, int length) => Kinds[type].CanHave(length);
}
