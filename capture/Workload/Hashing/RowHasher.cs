using System.Numerics;
using System.Runtime.CompilerServices;

namespace Replay.Workload;

/// <summary>
/// The hashes of a response's rows, as the rows go by: nothing is kept of the values. One is reused for all responses of a connection:
/// <see cref="Reset"/>, then for each row <see cref="BeginRow"/>, one call for each value, <see cref="EndRow"/>.
/// </summary>
/// <remarks>
/// A value's hash is XXH3 of its bytes, a NULL's a constant. A row's hash chains its values' hashes in order and ends with
/// their number, so that framing is unambiguous and each value is hashed once for row and column. The set hash is the sum
/// of the rows' hashes (a sum, not an exclusive or: duplicates count), the sequence hash chains them.
/// </remarks>
public struct RowHasher
{
    /// <summary>The most columns that get a hash of their own; MySQL allows 4,096 in a table. Further ones count in the row's hash alone.</summary>
    public const int MaxColumns = 4096;

    private const ulong NullHash = 0x27D4EB2F165667C5;

    private uint[]? _columns;
    private int _columnCount;
    private int _column;
    private ulong _row;

    /// <summary>Sum modulo 2^64 of the rows' hashes; 0 for no rows.</summary>
    public ulong SetHash { get; private set; }

    /// <summary>Chained hash of the rows in order; 0 for no rows.</summary>
    public ulong SequenceHash { get; private set; }

    /// <summary>Rows so far.</summary>
    public long Rows { get; private set; }

    /// <summary>
    /// For each column the sum modulo 2^32 of its values' hashes, for <see cref="Exchange.ColumnHashes"/>; valid until the next call. An
    /// exchange carries it only for responses of two rows or more.
    /// </summary>
    public readonly ReadOnlySpan<uint> ColumnHashes => _columns.AsSpan(0, _columnCount);

    /// <summary>Begins a new response.</summary>
    public void Reset()
    {
        _columns.AsSpan(0, _columnCount).Clear();
        _columnCount = 0;
        _column = 0;
        SetHash = 0;
        SequenceHash = 0;
        Rows = 0;
    }

    /// <summary>Begins a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BeginRow()
    {
        _column = 0;
        _row = 0;
    }

    /// <summary>The row's next value, in its normal form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendValue(ReadOnlySpan<byte> value) => Append(XxHash3.Hash64(value));

    /// <summary>The row's next value is NULL.</summary>
    public void AppendNull() => Append(NullHash);

    /// <summary>Ends the row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EndRow()
    {
        var row = XxHash3.Avalanche(_row + (ulong)_column);
        SetHash += row;
        SequenceHash = ChainRow(SequenceHash, row);
        Rows++;
    }

    /// <summary>The sequence hash of rows whose hash was <paramref name="sequence"/> after one more row.</summary>
    internal static ulong ChainRow(ulong sequence, ulong row) => Chain(sequence, row);

    /// <summary>The set hash of a response whose only row is <paramref name="values"/> (<see cref="RowValues"/>); false if it is not exactly one whole row.</summary>
    internal static bool TryHashSingleRow(ReadOnlySpan<byte> values, out ulong hash)
    {
        hash = 0;
        if (!VarInt.TryRead(ref values, out var count) || count > (ulong)values.Length)
        {
            return false;
        }

        for (ulong i = 0; i < count; i++)
        {
            if (!VarInt.TryRead(ref values, out var length) || length > (ulong)values.Length + 1)
            {
                return false;
            }

            var size = length == 0 ? 0 : (int)(length - 1);
            hash = Chain(hash, length == 0 ? NullHash : XxHash3.Hash64(values[..size]));
            values = values[size..];
        }

        hash = XxHash3.Avalanche(hash + count);
        return values.IsEmpty;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Chain(ulong state, ulong next) => BitOperations.RotateLeft((state ^ next) * XxHash3.Prime1, 31) * XxHash3.Prime2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Append(ulong hash)
    {
        _row = Chain(_row, hash);
        if (_column < MaxColumns)
        {
            if (_column >= _columnCount)
            {
                AddColumn();
            }

            _columns![_column] += (uint)hash;
        }

        _column++;
    }

    private void AddColumn()
    {
        if (_columns is null || _columnCount == _columns.Length)
        {
            Array.Resize(ref _columns, Math.Max(16, _columnCount * 2));
        }

        _columns[_columnCount++] = 0;
    }
}
