using System.Text;
using Replay.Workload;

namespace Replay.Protocol.Tests.PostgreSql;

/// <summary>An exchange copied out of the spans that it came in.</summary>
internal sealed record SeenExchange
{
    public required int Ordinal { get; init; }

    public required Command Command { get; init; }

    public required ExchangeFlags Flags { get; init; }

    public required TransactionState State { get; init; }

    public required int Batch { get; init; }

    public required long RequestedAt { get; init; }

    public required long StartedAt { get; init; }

    public required long FirstByteAt { get; init; }

    public required long EndedAt { get; init; }

    public required long? Latency { get; init; }

    public required string Request { get; init; }

    public required string Text { get; init; }

    public required int TextOffset { get; init; }

    public required string Types { get; init; }

    public required long Rows { get; init; }

    public required long Affected { get; init; }

    public required int Warnings { get; init; }

    public required string Error { get; init; }

    public required string Message { get; init; }

    public required string Columns { get; init; }

    public required ulong SetHash { get; init; }

    public required ulong SequenceHash { get; init; }

    public required uint NormalSetHash { get; init; }

    public required uint NormalSequenceHash { get; init; }

    public required string Values { get; init; }

    public required long ResponseBytes { get; init; }

    public bool Has(ExchangeFlags flag) => (Flags & flag) == flag;

    /// <summary>All but what depends on how the bytes were cut into segments.</summary>
    public string Essence()
    {
        var flags = Flags & ~ExchangeFlags.Timed;
        return $"{Ordinal} {Command} [{flags}] {State} batch {Batch} '{Text}'@{TextOffset} types {Types} rows {Rows} affected {Affected} warnings {Warnings} "
            + $"error {Error} {Message} columns {Columns} hashes {SetHash:x} {SequenceHash:x} {NormalSetHash:x} {NormalSequenceHash:x} values {Values} request {Request} bytes {ResponseBytes}";
    }

    public static SeenExchange From(in Exchange e)
    {
        var types = new List<string>();
        for (var i = 0; i + 4 <= e.ParameterTypes.Length; i += 4)
        {
            types.Add(BitConverter.ToUInt32(e.ParameterTypes[i..]).ToString());
        }

        var rows = RowValues.Decode(e.Values).Select(r => string.Join(',', r.Select(v => v is null ? "NULL" : Encoding.UTF8.GetString(v))));
        return new SeenExchange
        {
            Ordinal = e.Ordinal,
            Command = e.Command,
            Flags = e.Flags,
            State = e.TransactionState,
            Batch = e.Batch,
            RequestedAt = e.RequestedAtMicroseconds,
            StartedAt = e.StartedAtMicroseconds,
            FirstByteAt = e.FirstByteAtMicroseconds,
            EndedAt = e.EndedAtMicroseconds,
            Latency = e.LatencyMicroseconds,
            Request = Convert.ToHexString(e.Request),
            Text = Encoding.UTF8.GetString(e.Text),
            TextOffset = e.TextOffset,
            Types = string.Join(',', types),
            Rows = e.Rows,
            Affected = e.Affected,
            Warnings = e.Warnings,
            Error = Encoding.UTF8.GetString(e.ErrorCode),
            Message = Encoding.UTF8.GetString(e.ErrorMessage),
            Columns = string.Join(',', ColumnList.Decode(e.Columns).Select(c => $"{c.Name}:{c.Type}{(c.IsBinary ? "b" : "")}")),
            SetHash = e.SetHash,
            NormalSetHash = e.NormalSetHash,
            NormalSequenceHash = e.NormalSequenceHash,
            SequenceHash = e.SequenceHash,
            Values = string.Join(';', rows),
            ResponseBytes = e.ResponseBytes,
        };
    }
}
