using System.Text;
using Replay.Protocol.MySql;
using Replay.Workload;

namespace Replay.Protocol.Tests.MySql;

/// <summary>An exchange copied out of its spans.</summary>
public sealed record RecordedExchange
{
    public required int Ordinal { get; init; }

    public required Command Command { get; init; }

    public required string Text { get; init; }

    public required int TextOffset { get; init; }

    public required byte[] Request { get; init; }

    public required ExchangeFlags Flags { get; init; }

    public required TransactionState TransactionState { get; init; }

    public required long Rows { get; init; }

    public required long Affected { get; init; }

    public required ulong InsertId { get; init; }

    public required int Warnings { get; init; }

    public required long StatementHandle { get; init; }

    public required string ErrorCode { get; init; }

    public required string ErrorMessage { get; init; }

    public required Column[] Columns { get; init; }

    public required List<byte[]?[]> Values { get; init; }

    public required uint[] ParameterTypes { get; init; }

    public required IReadOnlyList<string?>? Parameters { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string?>>? Attributes { get; init; }

    public required ulong SetHash { get; init; }

    public required uint NormalSetHash { get; init; }

    public required ulong SequenceHash { get; init; }

    public required int ColumnHashes { get; init; }

    public required long RequestedAt { get; init; }

    public required long StartedAt { get; init; }

    public required long FirstByteAt { get; init; }

    public required long EndedAt { get; init; }

    public required long ResponseBytes { get; init; }

    public bool IsComplete => (Flags & ExchangeFlags.Complete) != 0;

    public static RecordedExchange From(in Exchange exchange)
    {
        var types = new uint[exchange.ParameterTypes.Length / 4];
        for (var i = 0; i < types.Length; i++)
        {
            types[i] = BitConverter.ToUInt32(exchange.ParameterTypes[(4 * i)..]);
        }

        return new RecordedExchange
        {
            Ordinal = exchange.Ordinal,
            Command = exchange.Command,
            Text = Encoding.UTF8.GetString(exchange.Text),
            TextOffset = exchange.TextOffset,
            Request = exchange.Request.ToArray(),
            Flags = exchange.Flags,
            TransactionState = exchange.TransactionState,
            Rows = exchange.Rows,
            Affected = exchange.Affected,
            InsertId = exchange.InsertId,
            Warnings = exchange.Warnings,
            StatementHandle = exchange.StatementHandle,
            ErrorCode = Encoding.ASCII.GetString(exchange.ErrorCode),
            ErrorMessage = Encoding.UTF8.GetString(exchange.ErrorMessage),
            Columns = ColumnList.Decode(exchange.Columns),
            Values = RowValues.Decode(exchange.Values),
            ParameterTypes = types,
            Parameters = MySqlParameters.Parameters(exchange),
            Attributes = MySqlParameters.QueryAttributes(exchange),
            SetHash = exchange.SetHash,
            NormalSetHash = exchange.NormalSetHash,
            SequenceHash = exchange.SequenceHash,
            ColumnHashes = exchange.ColumnHashes.Length,
            RequestedAt = exchange.RequestedAtMicroseconds,
            StartedAt = exchange.StartedAtMicroseconds,
            FirstByteAt = exchange.FirstByteAtMicroseconds,
            EndedAt = exchange.EndedAtMicroseconds,
            ResponseBytes = exchange.ResponseBytes,
        };
    }

    /// <summary>The values of the first kept row as text.</summary>
    public IEnumerable<string?> FirstRow() => [.. Values[0].Select(v => v is null ? null : Encoding.UTF8.GetString(v))];

    /// <summary>All that does not depend on time and place, for comparisons.</summary>
    public string Summary() => string.Join(
        '|',
        Ordinal,
        Command,
        Text,
        TextOffset,
        Convert.ToHexString(Request),
        Flags & ~(ExchangeFlags.Timed | ExchangeFlags.Pipelined),
        TransactionState,
        Rows,
        Affected,
        InsertId,
        Warnings,
        StatementHandle,
        ErrorCode,
        ErrorMessage,
        string.Join(',', Columns),
        string.Join(';', Values.Select(r => string.Join(',', r.Select(v => v is null ? "NULL" : Convert.ToHexString(v))))),
        string.Join(',', ParameterTypes),
        SetHash,
        NormalSetHash,
        SequenceHash,
        ColumnHashes,
        ResponseBytes);
}
