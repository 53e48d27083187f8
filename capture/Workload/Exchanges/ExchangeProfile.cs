using System.Runtime.InteropServices;

namespace Replay.Workload;

/// <summary>
/// What tends to be the same for all exchanges of a shape. Each combination is written once in a block, and an exchange names it by
/// number: most fields of most exchanges cost one byte together.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct ExchangeProfile
{
    /// <summary>In <see cref="Rows"/>, <see cref="Affected"/>, <see cref="Warnings"/>: the number is in a stream.</summary>
    public const sbyte InStream = sbyte.MaxValue;

    /// <summary>In the references to texts: there is none.</summary>
    public const int NoText = -1;

    /// <summary>In the references to texts: the bytes are in the block.</summary>
    public const int InBlock = -2;

    public int Flags;
    public int TextOffset;

    /// <summary>Bytes of the request after the text; -1 if the number is in a stream.</summary>
    public int TextTail;

    public int ParameterTypes;
    public int Shape;
    public int Columns;
    public int ErrorCode;
    public int ColumnHashes;
    public Command Command;
    public TransactionState TransactionState;
    public TextMode Text;
    public FramingMode Framing;
    public HandleMode Handle;
    public FirstByteMode FirstByte;
    public StepMode Ordinal;
    public StepMode Batch;
    public HashMode Hash;
    public BytesMode Values;
    public BytesMode ErrorMessage;
    public sbyte Rows;
    public sbyte Affected;
    public sbyte Warnings;
    public bool HasInsertId;
    public bool WasQueued;

    /// <summary>The hashes in normal form are in a stream: they are others than those of the wire, and do not follow from the values.</summary>
    public bool HasNormalHashes;

    /// <summary>The small form of a count, if it has one.</summary>
    public static sbyte Small(long count, int max) => count >= -1 && count <= max ? (sbyte)count : InStream;

    /// <summary>Throws <see cref="MalformedBlockException"/> if a mode is none of those known.</summary>
    public readonly void Validate()
    {
        if (Text > TextMode.ApartInBlock || Framing > FramingMode.MySql || Handle > HandleMode.InStream || FirstByte > FirstByteMode.InStream
            || Ordinal > StepMode.InStream || Batch > StepMode.InStream || Hash > HashMode.Both || Values > BytesMode.Table || ErrorMessage > BytesMode.Difference
            || ColumnHashes < 0 || ParameterTypes < InBlock || Columns < InBlock || ErrorCode < InBlock)
        {
            PayloadReader.Malformed();
        }
    }

    public readonly void Write(ByteBuffer destination)
    {
        destination.WriteSigned(Flags);
        destination.WriteSigned(TextOffset);
        destination.WriteSigned(TextTail);
        destination.WriteSigned(ParameterTypes);
        destination.WriteSigned(Shape);
        destination.WriteSigned(Columns);
        destination.WriteSigned(ErrorCode);
        destination.WriteSigned(ColumnHashes);
        destination.Write([
            (byte)Command, (byte)TransactionState, (byte)Text, (byte)Framing, (byte)Handle, (byte)FirstByte, (byte)Ordinal, (byte)Batch,
            (byte)Hash, (byte)Values, (byte)ErrorMessage, (byte)Rows, (byte)Affected, (byte)Warnings, (byte)((HasInsertId ? 1 : 0) | (WasQueued ? 2 : 0) | (HasNormalHashes ? 4 : 0)),
        ]);
    }

    public static ExchangeProfile Read(ref PayloadReader source)
    {
        var profile = new ExchangeProfile
        {
            Flags = source.ReadInt32(),
            TextOffset = source.ReadInt32(),
            TextTail = source.ReadInt32(),
            ParameterTypes = source.ReadInt32(),
            Shape = source.ReadInt32(),
            Columns = source.ReadInt32(),
            ErrorCode = source.ReadInt32(),
            ColumnHashes = source.ReadInt32(),
            Command = (Command)source.ReadByte(),
            TransactionState = (TransactionState)source.ReadByte(),
            Text = (TextMode)source.ReadByte(),
            Framing = (FramingMode)source.ReadByte(),
            Handle = (HandleMode)source.ReadByte(),
            FirstByte = (FirstByteMode)source.ReadByte(),
            Ordinal = (StepMode)source.ReadByte(),
            Batch = (StepMode)source.ReadByte(),
            Hash = (HashMode)source.ReadByte(),
            Values = (BytesMode)source.ReadByte(),
            ErrorMessage = (BytesMode)source.ReadByte(),
            Rows = (sbyte)source.ReadByte(),
            Affected = (sbyte)source.ReadByte(),
            Warnings = (sbyte)source.ReadByte(),
        };
        var bits = source.ReadByte();
        profile.HasInsertId = (bits & 1) != 0;
        profile.WasQueued = (bits & 2) != 0;
        profile.HasNormalHashes = (bits & 4) != 0;
        return profile;
    }
}

/// <summary>Where the statement's text is.</summary>
internal enum TextMode : byte
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>In the request's bytes.</summary>
    InRequest = 1,

    /// <summary>In the table of texts; it was cut out of the request.</summary>
    CutOut = 2,

    /// <summary>In the table of texts; the request does not hold it.</summary>
    Apart = 3,

    /// <summary>In the block; the request does not hold it.</summary>
    ApartInBlock = 4,
}

/// <summary>Length fields of the request that are left out because they follow from its length.</summary>
internal enum FramingMode : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>One PostgreSQL message: bytes 1 to 4 are its length - 1.</summary>
    PostgreSql = 1,

    /// <summary>One MySQL packet: bytes 0 to 2 are its length - 4.</summary>
    MySql = 2,
}

/// <summary>Where the statement's handle is.</summary>
internal enum HandleMode : byte
{
    /// <summary>There is none (-1).</summary>
    None = 0,

    /// <summary>Bytes 5 to 8 of the request, as in COM_STMT_EXECUTE.</summary>
    InRequest = 1,

    /// <summary>In a stream.</summary>
    InStream = 2,
}

/// <summary>When the first byte came.</summary>
internal enum FirstByteMode : byte
{
    /// <summary>With the last.</summary>
    AtEnd = 0,

    /// <summary>At the start: there was no response.</summary>
    AtStart = 1,

    /// <summary>A stream says how long before the last.</summary>
    InStream = 2,
}

/// <summary>How a number follows from the session's last one.</summary>
internal enum StepMode : byte
{
    /// <summary>One more.</summary>
    Next = 0,

    /// <summary>The same.</summary>
    Same = 1,

    /// <summary>It is -1; the session's last one stays.</summary>
    None = 2,

    /// <summary>The difference is in a stream.</summary>
    InStream = 3,
}

/// <summary>Where the row hashes are.</summary>
internal enum HashMode : byte
{
    /// <summary>Both are 0.</summary>
    Zero = 0,

    /// <summary>Both follow from the values, which are one whole row.</summary>
    FromValues = 1,

    /// <summary>The set hash is stored, the sequence hash follows: one row.</summary>
    OneRow = 2,

    /// <summary>Both are stored.</summary>
    Both = 3,
}

/// <summary>Where a field of bytes is.</summary>
internal enum BytesMode : byte
{
    /// <summary>It is empty.</summary>
    Empty = 0,

    /// <summary>In the block, as a difference from the profile's last one.</summary>
    Difference = 1,

    /// <summary>In the table of texts.</summary>
    Table = 2,
}
