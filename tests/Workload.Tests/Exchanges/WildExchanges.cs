using System.Buffers.Binary;

namespace Replay.Workload.Tests;

/// <summary>Seeded exchanges with every field at its extremes, and with repetitions so that every way of storing a field is met.</summary>
internal sealed class WildExchanges(int seed)
{
    private static readonly long[] Longs = [long.MinValue, -2, -1, 0, 1, 127, 128, 100_000, int.MaxValue, 1L << 40, long.MaxValue];
    private static readonly int[] Ints = [int.MinValue, -2, -1, 0, 1, 3, 4, 5, 127, 128, 70_000, int.MaxValue];

    private readonly Random _random = new(seed);
    private readonly List<byte[]> _blobs = [];

    public ExchangeCopy Next()
    {
        var text = Chance(0.3) ? [] : Blob(200);
        var (request, offset) = Request(text);
        if (Chance(0.1))
        {
            offset = Pick(Ints);
        }

        var values = Values(out var rowHash);
        var sequence = rowHash == 0 ? 0 : ChainOf(rowHash);
        var exchange = new ExchangeCopy
        {
            Session = Chance(0.5) ? _random.Next(1, 5) : _random.Next(1, int.MaxValue),
            Ordinal = Chance(0.7) ? _random.Next(100) : Pick(Ints),
            Command = (Command)_random.Next(256),
            Flags = Chance(0.5) ? (ExchangeFlags)_random.Next(4) : (ExchangeFlags)_random.Next(),
            TransactionState = (TransactionState)_random.Next(4),
            Batch = Chance(0.5) ? _random.Next(-1, 5) : Pick(Ints),
            RequestedAt = Time(),
            StartedAt = Time(),
            FirstByteAt = Time(),
            EndedAt = Time(),
            Request = request,
            Text = text,
            TextOffset = offset,
            ParameterTypes = Chance(0.5) ? [] : Blob(20),
            StatementHandle = Handle(request),
            Shape = Chance(0.5) ? _random.Next(-1, 4) : Pick(Ints),
            Rows = Chance(0.4) ? 1 : Pick(Longs),
            Affected = Pick(Longs),
            Warnings = Pick(Ints),
            InsertId = Chance(0.5) ? 0 : (ulong)Pick(Longs),
            ErrorCode = Chance(0.7) ? [] : Blob(6),
            ErrorMessage = Chance(0.7) ? [] : Blob(1024),
            Columns = Chance(0.4) ? [] : Blob(60),
            SetHash = Chance(0.7) ? rowHash : (ulong)_random.NextInt64(),
            SequenceHash = Chance(0.7) ? sequence : (ulong)_random.NextInt64(),
            ColumnHashes = [.. Enumerable.Range(0, Chance(0.6) ? 0 : _random.Next(1, 40)).Select(_ => (uint)_random.NextInt64())],
            Values = values,
            ResponseBytes = Pick(Longs),
        };

        // What an exchange may not say of itself unless it is so.
        exchange = exchange.SetHash == rowHash ? exchange : exchange with { Flags = exchange.Flags & ~ExchangeFlags.AllValues };
        return (exchange.Flags & ExchangeFlags.OtherForm) == 0 ? exchange with { NormalSetHash = (uint)exchange.SetHash, NormalSequenceHash = (uint)exchange.SequenceHash }
            : exchange with { NormalSetHash = (uint)_random.Next(), NormalSequenceHash = (uint)_random.Next() };
    }

    private bool Chance(double of) => _random.NextDouble() < of;

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];

    private long Time() => Chance(0.8) ? 1_795_000_000_000_000 + _random.Next(3) : Pick(Longs);

    // Now a fresh one, now one that was there before, now a variation of one.
    private byte[] Blob(int max)
    {
        if (_blobs.Count > 0 && Chance(0.6))
        {
            var known = _blobs[_random.Next(_blobs.Count)];
            if (known.Length <= max && Chance(0.7))
            {
                return known;
            }

            var changed = known.AsSpan(0, Math.Min(known.Length, max)).ToArray();
            changed[_random.Next(changed.Length)] ^= (byte)_random.Next(256);
            return changed;
        }

        var fresh = new byte[_random.Next(1, max + 1)];
        _random.NextBytes(fresh);
        if (_blobs.Count < 50)
        {
            _blobs.Add(fresh);
        }

        return fresh;
    }

    private (byte[] Request, int Offset) Request(byte[] text) => _random.Next(6) switch
    {
        0 => ([], -1),
        1 => PostgresQuery(text),
        2 => MySqlQuery(text),
        3 => ([.. Blob(30), .. text, .. Blob(300)], -1),
        4 => Inside(text),
        _ => (Blob(8), -1),
    };

    private (byte[] Request, int Offset) Inside(byte[] text)
    {
        var before = Blob(9);
        return ([.. before, .. text, .. Blob(300)], before.Length);
    }

    private static (byte[] Request, int Offset) PostgresQuery(byte[] text)
    {
        byte[] request = [(byte)'Q', 0, 0, 0, 0, .. text, 0];
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(1), request.Length - 1);
        return (request, 5);
    }

    private static (byte[] Request, int Offset) MySqlQuery(byte[] text)
    {
        byte[] request = [(byte)(text.Length + 1), (byte)((text.Length + 1) >> 8), 0, 0, 3, .. text];
        return (request, 5);
    }

    private long Handle(byte[] request) => _random.Next(4) switch
    {
        0 when request.Length >= 9 => BinaryPrimitives.ReadUInt32LittleEndian(request.AsSpan(5)),
        1 => Pick(Longs),
        _ => -1,
    };

    private byte[] Values(out ulong rowHash)
    {
        rowHash = 0;
        if (Chance(0.3))
        {
            return [];
        }

        if (Chance(0.2))
        {
            return Blob(5000);
        }

        var writer = new System.Buffers.ArrayBufferWriter<byte>();
        var hasher = default(RowHasher);
        var columns = _random.Next(6);
        RowValues.BeginRow(writer, columns);
        hasher.BeginRow();
        for (var i = 0; i < columns; i++)
        {
            if (Chance(0.2))
            {
                RowValues.AppendNull(writer);
                hasher.AppendNull();
                continue;
            }

            var value = Blob(60);
            RowValues.AppendValue(writer, value);
            hasher.AppendValue(value);
        }

        hasher.EndRow();
        rowHash = hasher.SetHash;
        return writer.WrittenSpan.ToArray();
    }

    private static ulong ChainOf(ulong row) => RowHasher.ChainRow(0, row);
}
