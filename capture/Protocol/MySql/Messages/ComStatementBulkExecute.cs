using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql.Messages;

/// <summary>
/// MariaDB's COM_STMT_BULK_EXECUTE: one statement for many rows of parameters.
/// <see href="https://mariadb.com/kb/en/com_stmt_bulk_execute/"/>.
/// </summary>
public readonly ref struct ComStatementBulkExecute
{
    /// <summary>The command byte.</summary>
    public const byte Header = 0xFA;

    /// <summary>The server answers with one result for each row.</summary>
    public const ushort UnitResults = 64;

    /// <summary>Types are in the request.</summary>
    public const ushort SendTypes = 128;

    private const byte IndicatorNull = 1;
    private const byte IndicatorDefault = 2;
    private const byte IndicatorIgnore = 3;

    /// <summary>The statement.</summary>
    public uint StatementId { get; private init; }

    /// <summary><see cref="UnitResults"/>, <see cref="SendTypes"/>.</summary>
    public ushort Flags { get; private init; }

    /// <summary>Types of a row's parameters: type and flags byte each.</summary>
    public ReadOnlySpan<byte> Types { get; private init; }

    /// <summary>For each row each parameter: an indicator byte, and the value if that is 0.</summary>
    public ReadOnlySpan<byte> Rows { get; private init; }

    /// <summary>Reads a payload whose statement has <paramref name="parameterCount"/> parameters.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, int parameterCount, out ComStatementBulkExecute message)
    {
        var reader = new SpanReader(payload);
        var header = reader.ReadByte();
        var id = (uint)reader.ReadUIntLittleEndian(4);
        var flags = (ushort)reader.ReadUIntLittleEndian(2);
        var types = (flags & SendTypes) != 0 ? reader.ReadBytes(2 * parameterCount) : default;
        message = new ComStatementBulkExecute { StatementId = id, Flags = flags, Types = types, Rows = reader.ReadRest() };
        return header == Header && !reader.IsBroken;
    }

    /// <summary>All values, row by row; null if the types are not in the request or the bytes do not fit.</summary>
    public IReadOnlyList<string?>? ToText()
    {
        var values = new List<string?>();
        var reader = new SpanReader(Rows);
        for (var i = 0; Types.Length > 0 && !reader.IsAtEnd; i = (i + 2) % Types.Length)
        {
            var type = Types[i] | ((uint)Types[i + 1] << 8);
            values.Add(reader.ReadByte() switch
            {
                IndicatorNull => null,
                IndicatorDefault => "DEFAULT",
                IndicatorIgnore => "IGNORE",
                _ => ParameterText.Format(BinaryValue.Read(ref reader, (MySqlColumnType)type), type),
            });
        }

        return reader.IsBroken || Types.IsEmpty ? null : values;
    }
}
