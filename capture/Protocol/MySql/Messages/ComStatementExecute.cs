using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql.Messages;

/// <summary>
/// COM_STMT_EXECUTE: runs a prepared statement.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_execute.html"/>.
/// </summary>
public readonly ref struct ComStatementExecute
{
    /// <summary>The command byte.</summary>
    public const byte Header = 0x17;

    /// <summary>Where the flags byte lies in the payload.</summary>
    public const int FlagsOffset = 5;

    /// <summary>A cursor is asked for (read only, for update, scrollable).</summary>
    public const byte CursorFlags = 0x07;

    /// <summary>The number of parameters is in the request, query attributes included.</summary>
    public const byte ParameterCountAvailable = 0x08;

    private const int FixedBytes = 10;

    /// <summary>The statement.</summary>
    public uint StatementId { get; private init; }

    /// <summary>Which cursor is asked for, and <see cref="ParameterCountAvailable"/>.</summary>
    public byte Flags { get; private init; }

    /// <summary>The parameters.</summary>
    public BoundParameters Parameters { get; private init; }

    /// <summary>
    /// Reads a payload. <paramref name="parameterCount"/> is what the prepare's response told; a count in the request overrides it. <paramref name="hasNames"/>:
    /// QUERY_ATTRIBUTES is in force.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, int parameterCount, bool hasNames, out ComStatementExecute message)
    {
        message = default;
        if (payload.Length < FixedBytes || payload[0] != Header)
        {
            return false;
        }

        var reader = new SpanReader(payload);
        reader.Skip(1);
        var id = (uint)reader.ReadUIntLittleEndian(4);
        var flags = reader.ReadByte();
        reader.Skip(4); // iterations: always 1
        var count = (ulong)parameterCount;
        if ((flags & ParameterCountAvailable) != 0)
        {
            count = reader.ReadLengthEncodedInteger();
            hasNames = true;
        }

        var isWhole = BoundParameters.TryParse(ref reader, count, hasNames, out var parameters);
        message = new ComStatementExecute { StatementId = id, Flags = flags, Parameters = parameters };
        return isWhole;
    }
}
