namespace Replay.Protocol.PostgreSql;

/// <summary>Where a client's message stands.</summary>
internal enum SlotState : byte
{
    /// <summary>Its response has not come.</summary>
    Waiting,

    /// <summary>It was answered, or needs no answer.</summary>
    Done,

    /// <summary>The server passed over it because of an earlier error.</summary>
    Skipped,

    /// <summary>Its exchange was handed out; its bytes are not needed any more.</summary>
    Released,
}

/// <summary>One message of the client, or a run of CopyData: where its bytes are, which exchange it belongs to, how far its response is.</summary>
internal struct RequestSlot
{
    /// <summary>The message's type; one of the two below for what has none.</summary>
    public byte Type;

    public SlotState State;

    /// <summary>Its bytes were not all kept, or not all seen.</summary>
    public bool IsCut;

    /// <summary>Position in the client's kept bytes, counted from the session's first.</summary>
    public long Offset;

    public int Length;

    /// <summary>A secret in it was masked.</summary>
    public bool IsMasked;

    /// <summary>Query and Parse: where the text lies from <see cref="Offset"/>.</summary>
    public int TextOffset;

    public int TextLength;

    /// <summary>When its last byte was seen.</summary>
    public long AtMicroseconds;

    /// <summary>Hash of the portal's or statement's name, to find what serves what.</summary>
    public ulong NameHash;

    /// <summary>Describe and Close: whether a statement is meant.</summary>
    public bool NamesStatement;

    /// <summary>The exchange that it belongs to; null as long as that is open.</summary>
    public PendingExchange? Exchange;

    /// <summary>Parse: the statement made; Describe: the one described; Bind: the one bound.</summary>
    public PostgresStatement? Statement;

    /// <summary>Parse: the statement that had the name before; Close: the one closed. Back in place if the server passes over the message.</summary>
    public PostgresStatement? Before;

    /// <summary>When its response began and ended; 0 as long as it has not.</summary>
    public long FirstByteAtMicroseconds;

    public long EndedAtMicroseconds;

    /// <summary>The start-up message and all authentication: waits for the first ReadyForQuery.</summary>
    public const byte Login = 1;

    /// <summary>Messages of the client are missing here: responses belong to nobody until the next request.</summary>
    public const byte Hole = 2;
}
