using Replay.Protocol.Buffers;
using Replay.Protocol.PostgreSql.Messages;
using Replay.Workload;

namespace Replay.Protocol.PostgreSql;

/// <summary>An exchange while it is made: its messages by number, and what its response has said so far. Reused.</summary>
internal sealed class PendingExchange
{
    private const int KeepBytes = 16 << 10;

    public Command Command { get; set; }

    public int Batch { get; set; }

    /// <summary>Number of its first and its last message.</summary>
    public long FirstSlot { get; set; }

    public long LastSlot { get; set; }

    /// <summary>Messages whose response has not come.</summary>
    public int OpenSlots { get; set; }

    /// <summary>Whether no more messages can come to it.</summary>
    public bool IsSealed { get; set; }

    /// <summary>Whether it is on its way out.</summary>
    public bool IsFinished { get; set; }

    /// <summary>Whether it ended already and only waits for being sealed.</summary>
    public bool HasEnded { get; set; }

    public ExchangeFlags Flags { get; set; }

    /// <summary>Bytes of its response, or of its neighbours', are missing.</summary>
    public bool IsDamaged { get; set; }

    /// <summary>Bytes of its request are missing.</summary>
    public bool IsRequestDamaged { get; set; }

    public TransactionState TransactionState { get; set; }

    public long RequestedAt { get; set; }

    public long FirstByteAt { get; set; }

    public long EndedAt { get; set; }

    /// <summary>When the last response before it, seen in an earlier segment, had ended.</summary>
    public long PredecessorEndedAt { get; set; }

    /// <summary>The statement executed; holds a reference.</summary>
    public PostgresStatement? Statement { get; set; }

    /// <summary>Where the text lies in the client's kept bytes; -1 if it came earlier.</summary>
    public long TextAt { get; set; }

    public int TextLength { get; set; }

    public ByteStore ResultFormats { get; } = new();

    public ByteStore Columns { get; } = new();

    public ResultRecorder Result { get; } = new();

    public ByteStore ErrorCode { get; } = new();

    public ByteStore ErrorMessage { get; } = new();

    public bool HasError => ErrorCode.Length > 0;

    public bool IsFatal { get; set; }

    /// <summary>Whether the server passed over one of its messages.</summary>
    public bool HasSkipped { get; set; }

    public long Affected { get; set; }

    /// <summary>Statements that completed; a simple query may have several.</summary>
    public int Statements { get; set; }

    /// <summary>Whether the statement now running has described a result set.</summary>
    public bool HasResultSet { get; set; }

    public bool IsSingleStatement => Statements <= 1;

    public int Warnings { get; set; }

    public long ResponseBytes { get; set; }

    public FormatCodes Formats => new(ResultFormats.Written);

    public void Begin(Command command, int batch, long slot)
    {
        Command = command;
        Batch = batch;
        FirstSlot = slot;
        LastSlot = slot;
        OpenSlots = 0;
        IsSealed = IsFinished = HasEnded = IsDamaged = IsRequestDamaged = IsFatal = HasSkipped = false;
        Flags = ExchangeFlags.None;
        TransactionState = TransactionState.Unknown;
        RequestedAt = FirstByteAt = EndedAt = PredecessorEndedAt = 0;
        Statement = null;
        TextAt = -1;
        TextLength = 0;
        ResultFormats.Reset(KeepBytes);
        Columns.Reset(KeepBytes);
        ErrorCode.Reset(KeepBytes);
        ErrorMessage.Reset(KeepBytes);
        Result.Reset();
        Affected = -1;
        Warnings = 0;
        ResponseBytes = 0;
        Statements = 0;
        HasResultSet = false;
    }

    public void AddWarning() => Warnings++;

    public void BeginResultSet() => HasResultSet = true;

    /// <summary>A message whose response had come before it was known which exchange it belongs to.</summary>
    public void TakeTimes(in RequestSlot slot)
    {
        if (slot.EndedAtMicroseconds > 0)
        {
            FirstByteAt = FirstByteAt == 0 ? slot.FirstByteAtMicroseconds : FirstByteAt;
            EndedAt = slot.EndedAtMicroseconds;
        }
    }

    public void AddAffected(long rows) => Affected = Math.Max(Affected, 0) + rows;

    public void SetError(ErrorMessage error, int maxMessageBytes)
    {
        IsFatal |= error.IsFatal;
        if (HasError)
        {
            return;
        }

        ErrorCode.Append(error.Code.IsEmpty ? "XX000"u8 : error.Code);
        ErrorMessage.Append(error.Message[..Math.Min(error.Message.Length, maxMessageBytes)]);
    }
}
