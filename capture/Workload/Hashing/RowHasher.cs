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
/// The same is had of the values' normal forms. As long as all values are in it the two are one: they part at the first value that is not.
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
    private bool _hasParted;
    private ulong _normalRow;
    private ulong _normalSet;
    private ulong _normalSequence;

    /// <summary>Sum modulo 2^64 of the rows' hashes; 0 for no rows.</summary>
    public ulong SetHash { get; private set; }

    /// <summary>Chained hash of the rows in order; 0 for no rows.</summary>
    public ulong SequenceHash { get; private set; }

    /// <summary>Whether a value was not in its normal form, so that the hashes of normal forms are others.</summary>
    public readonly bool HasOtherForm => _hasParted;

    /// <summary>Lower half of the sum of the rows' hashes in normal form.</summary>
    public readonly uint NormalSetHash => (uint)(_hasParted ? _normalSet : SetHash);

    /// <summary>Lower half of the chained hash of the rows in normal form.</summary>
    public readonly uint NormalSequenceHash => (uint)(_hasParted ? _normalSequence : SequenceHash);

    /// <summary>Rows so far.</summary>
    public long Rows { get; private set; }

    /// <summary>
    /// For each column the sum modulo 2^32 of its values' hashes in normal form, for <see cref="Exchange.ColumnHashes"/>; valid until the next call. An
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
        _hasParted = false;
    }

    /// <summary>Begins a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BeginRow()
    {
        _column = 0;
        _row = 0;
        _normalRow = 0;
    }

    /// <summary>The row's next value, of a type that has one form only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendValue(ReadOnlySpan<byte> value) => Append(XxHash3.Hash64(value));

    /// <summary>The row's next value, of a type with <paramref name="form"/>.</summary>
    public void AppendValue(ReadOnlySpan<byte> value, ValueForm form)
    {
        var hash = XxHash3.Hash64(value);
        var normal = form == ValueForm.AsIs ? hash : NormalForm.Hash(form, value, hash);
        if (normal == hash)
        {
            Append(hash);
            return;
        }

        if (!_hasParted)
        {
            _hasParted = true;
            (_normalRow, _normalSet, _normalSequence) = (_row, SetHash, SequenceHash);
        }

        _row = Chain(_row, hash);
        _normalRow = Chain(_normalRow, normal);
        AddToColumn(normal);
    }

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
        if (_hasParted)
        {
            var normal = XxHash3.Avalanche(_normalRow + (ulong)_column);
            _normalSet += normal;
            _normalSequence = ChainRow(_normalSequence, normal);
        }
    }

    /// <summary>The sequence hash of rows whose hash was <paramref name="sequence"/> after one more row.</summary>
    internal static ulong ChainRow(ulong sequence, ulong row) => Chain(sequence, row);

    /// <summary>The set hash of a response whose only row is <paramref name="values"/> (<see cref="RowValues"/>); false if it is not exactly one whole row.</summary>
    internal static bool TryHashSingleRow(ReadOnlySpan<byte> values, out ulong hash) => TryHashSingleRow(values, default, out hash);

    /// <summary>The same in normal form: <paramref name="forms"/> has a <see cref="ValueForm"/> for each column; what is missing there is as it is.</summary>
    internal static bool TryHashSingleRow(ReadOnlySpan<byte> values, ReadOnlySpan<byte> forms, out ulong hash)
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
            var value = values[..size];
            hash = Chain(hash, length == 0 ? NullHash : i < (ulong)forms.Length ? NormalForm.Hash((ValueForm)forms[(int)i], value) : XxHash3.Hash64(value));
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
        if (_hasParted)
        {
            _normalRow = Chain(_normalRow, hash);
        }

        AddToColumn(hash);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddToColumn(ulong hash)
    {
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
