namespace Replay.Workload.Tests;

/// <summary>An exchange that owns its bytes, so that tests can keep and compare it.</summary>
internal sealed record ExchangeCopy
{
    public int Session { get; init; } = 1;
    public int Ordinal { get; init; }
    public Command Command { get; init; } = Command.Query;
    public ExchangeFlags Flags { get; init; } = ExchangeFlags.Complete | ExchangeFlags.RequestComplete | ExchangeFlags.Timed;
    public TransactionState TransactionState { get; init; } = TransactionState.Idle;
    public int Batch { get; init; } = -1;
    public long RequestedAt { get; init; }
    public long StartedAt { get; init; }
    public long FirstByteAt { get; init; }
    public long EndedAt { get; init; }
    public byte[] Request { get; init; } = [];
    public byte[] Text { get; init; } = [];
    public int TextOffset { get; init; } = -1;
    public byte[] ParameterTypes { get; init; } = [];
    public long StatementHandle { get; init; } = -1;
    public int Shape { get; init; } = -1;
    public long Rows { get; init; } = -1;
    public long Affected { get; init; } = -1;
    public int Warnings { get; init; }
    public ulong InsertId { get; init; }
    public byte[] ErrorCode { get; init; } = [];
    public byte[] ErrorMessage { get; init; } = [];
    public byte[] Columns { get; init; } = [];
    public ulong SetHash { get; init; }
    public ulong SequenceHash { get; init; }
    public uint NormalSetHash { get; init; }
    public uint NormalSequenceHash { get; init; }
    public uint[] ColumnHashes { get; init; } = [];
    public byte[] Values { get; init; } = [];
    public long ResponseBytes { get; init; }

    public static ExchangeCopy Of(in Exchange e) => new()
    {
        Session = e.Session,
        Ordinal = e.Ordinal,
        Command = e.Command,
        Flags = e.Flags,
        TransactionState = e.TransactionState,
        Batch = e.Batch,
        RequestedAt = e.RequestedAtMicroseconds,
        StartedAt = e.StartedAtMicroseconds,
        FirstByteAt = e.FirstByteAtMicroseconds,
        EndedAt = e.EndedAtMicroseconds,
        Request = e.Request.ToArray(),
        Text = e.Text.ToArray(),
        TextOffset = e.TextOffset,
        ParameterTypes = e.ParameterTypes.ToArray(),
        StatementHandle = e.StatementHandle,
        Shape = e.Shape,
        Rows = e.Rows,
        Affected = e.Affected,
        Warnings = e.Warnings,
        InsertId = e.InsertId,
        ErrorCode = e.ErrorCode.ToArray(),
        ErrorMessage = e.ErrorMessage.ToArray(),
        Columns = e.Columns.ToArray(),
        SetHash = e.SetHash,
        SequenceHash = e.SequenceHash,
        NormalSetHash = e.NormalSetHash,
        NormalSequenceHash = e.NormalSequenceHash,
        ColumnHashes = e.ColumnHashes.ToArray(),
        Values = e.Values.ToArray(),
        ResponseBytes = e.ResponseBytes,
    };

    public Exchange ToExchange() => new()
    {
        Session = Session,
        Ordinal = Ordinal,
        Command = Command,
        Flags = Flags,
        TransactionState = TransactionState,
        Batch = Batch,
        RequestedAtMicroseconds = RequestedAt,
        StartedAtMicroseconds = StartedAt,
        FirstByteAtMicroseconds = FirstByteAt,
        EndedAtMicroseconds = EndedAt,
        Request = Request,
        Text = Text,
        TextOffset = TextOffset,
        ParameterTypes = ParameterTypes,
        StatementHandle = StatementHandle,
        Shape = Shape,
        Rows = Rows,
        Affected = Affected,
        Warnings = Warnings,
        InsertId = InsertId,
        ErrorCode = ErrorCode,
        ErrorMessage = ErrorMessage,
        Columns = Columns,
        SetHash = SetHash,
        SequenceHash = SequenceHash,
        NormalSetHash = NormalSetHash,
        NormalSequenceHash = NormalSequenceHash,
        ColumnHashes = ColumnHashes,
        Values = Values,
        ResponseBytes = ResponseBytes,
    };

    /// <summary>Names the first field that differs; passes if none does.</summary>
    public static void AssertSame(ExchangeCopy expected, in Exchange actual, string where)
    {
        var found = Of(in actual);
        foreach (var property in typeof(ExchangeCopy).GetProperties())
        {
            var want = property.GetValue(expected);
            var have = property.GetValue(found);
            var same = want switch
            {
                byte[] bytes => bytes.AsSpan().SequenceEqual((byte[])have!),
                uint[] numbers => numbers.AsSpan().SequenceEqual((uint[])have!),
                _ => Equals(want, have),
            };
            Assert.True(same, $"{where}: {property.Name} was {Show(want)} and is read as {Show(have)}");
        }
    }

    private static string Show(object? value) => value switch
    {
        byte[] bytes => Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 64))) + $" ({bytes.Length})",
        uint[] numbers => string.Join(',', numbers),
        _ => value?.ToString() ?? "null",
    };
}
