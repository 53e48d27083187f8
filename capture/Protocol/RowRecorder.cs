using System.Runtime.CompilerServices;
using Replay.Protocol.Buffers;
using Replay.Workload;

namespace Replay.Protocol;

/// <summary>
/// What is kept of one response's rows as they go by: their hashes, the first row's beginning, and all values where the response is a
/// single row or <see cref="KeepAll"/> is set. One is reused for all responses of a connection.
/// </summary>
public sealed class RowRecorder
{
    private const int KeepStorageBytes = 16 << 10;

    private readonly ConversationLimits _limits;
    private readonly ByteStore _values = new();
    private readonly ByteStore _cut = new();
    private readonly ByteStore _forms = new();
    private RowHasher _hasher;
    private int _rowStart;
    private int _column;
    private bool _hasForms;
    private bool _keepRow;
    private bool _incomplete;
    private bool _firstRowIsCut;
    private bool _passed;

    /// <summary>A recorder with the bounds <paramref name="limits"/>.</summary>
    public RowRecorder(ConversationLimits limits) => _limits = limits;

    /// <summary>Whether all rows' values are wanted, not only the first's (RETURNING). To be set before the first row.</summary>
    public bool KeepAll { get; set; }

    /// <summary>Rows so far, those that were passed included.</summary>
    public long Rows { get; private set; }

    /// <summary>Whether the hashes cover all rows.</summary>
    public bool IsHashed => !_passed;

    /// <summary>Sum of the rows' hashes.</summary>
    public ulong SetHash => _passed ? 0 : _hasher.SetHash;

    /// <summary>Chained hash of the rows.</summary>
    public ulong SequenceHash => _passed ? 0 : _hasher.SequenceHash;

    /// <summary>Whether some value was not in its normal form.</summary>
    public bool HasOtherForm => !_passed && _hasher.HasOtherForm;

    /// <summary>As <see cref="Exchange.NormalSetHash"/>.</summary>
    public uint NormalSetHash => _passed ? 0 : _hasher.NormalSetHash;

    /// <summary>As <see cref="Exchange.NormalSequenceHash"/>.</summary>
    public uint NormalSequenceHash => _passed ? 0 : _hasher.NormalSequenceHash;

    /// <summary>Hash sums of the columns; empty below two rows.</summary>
    public ReadOnlySpan<uint> ColumnHashes => _passed || Rows < 2 ? default : _hasher.ColumnHashes;

    /// <summary>Whether <see cref="Values"/> has all values of all rows.</summary>
    public bool HasAllValues => _limits.KeepValues && !_incomplete && !_passed && (Rows == 1 || (KeepsRows && Rows > 0));

    /// <summary>The kept values, as <see cref="RowValues"/> has them; valid until the next change.</summary>
    public ReadOnlySpan<byte> Values => HasAllValues || _values.Length == 0 || (_limits.KeepRows && !_firstRowIsCut) ? _values.Written : CutFirstRow();

    /// <summary>Bytes of storage in use.</summary>
    public int Capacity => _values.Capacity + _cut.Capacity;

    private bool KeepsRows => KeepAll || _limits.KeepRows;

    /// <summary>Begins a new response.</summary>
    public void Reset()
    {
        _hasher.Reset();
        _values.Reset(KeepStorageBytes);
        _cut.Reset(KeepStorageBytes);
        _rowStart = 0;
        Rows = 0;
        KeepAll = _keepRow = _incomplete = _firstRowIsCut = _passed = _hasForms = false;
    }

    /// <summary>The columns of the rows to come: a <see cref="ValueForm"/> each.</summary>
    public void SetForms(ReadOnlySpan<byte> forms)
    {
        _hasForms = forms.ContainsAnyExcept((byte)ValueForm.AsIs);
        _forms.Truncate(0);
        _forms.Append(forms);
    }

    /// <summary>Begins a row of <paramref name="columns"/> values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BeginRow(int columns)
    {
        _hasher.BeginRow();
        _column = 0;
        _rowStart = _values.Length;
        _keepRow = _limits.KeepValues && (Rows == 0 || (KeepsRows && !_incomplete));
        if (_keepRow)
        {
            RowValues.BeginRow(_values, columns);
        }
    }

    /// <summary>The row's next value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Value(ReadOnlySpan<byte> value)
    {
        if (_hasForms)
        {
            AppendInForm(value);
        }
        else
        {
            _hasher.AppendValue(value);
        }

        if (_keepRow)
        {
            Keep(_values, value, _limits.MaxValuesBytes);
        }
    }

    /// <summary>The row's next value is NULL.</summary>
    public void Null()
    {
        _hasher.AppendNull();
        _column++;
        if (_keepRow)
        {
            RowValues.AppendNull(_values);
        }
    }

    /// <summary>Ends the row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EndRow()
    {
        _hasher.EndRow();
        Rows++;
        if (_incomplete && _keepRow)
        {
            _firstRowIsCut |= Rows == 1;
            if (Rows > 1)
            {
                _values.Truncate(_rowStart);
            }
        }
    }

    /// <summary>
    /// A row that was too long to be held, or could not be read, counts without a hash; from then on the response has none. Also ends
    /// a row that was begun.
    /// </summary>
    public void PassRow()
    {
        if (_keepRow)
        {
            _values.Truncate(_rowStart);
        }

        _keepRow = false;
        _passed = true;
        _incomplete = true;
        Rows++;
    }

    private void AppendInForm(ReadOnlySpan<byte> value)
    {
        _hasher.AppendValue(value, _column < _forms.Length ? (ValueForm)_forms.Written[_column] : ValueForm.AsIs);
        _column++;
    }

    private void Keep(ByteStore store, ReadOnlySpan<byte> value, int bound)
    {
        var room = bound - store.Length - VarInt.MaxLength;
        if (value.Length > room)
        {
            value = value[..Math.Max(room, 0)];
            _incomplete = true;
        }

        RowValues.AppendValue(store, value);
    }

    private ReadOnlySpan<byte> CutFirstRow()
    {
        var source = _values.Written;
        if (_cut.Length > 0 || !VarInt.TryRead(ref source, out var columns))
        {
            return _cut.Written;
        }

        RowValues.BeginRow(_cut, (int)columns);
        for (ulong i = 0; i < columns && VarInt.TryRead(ref source, out var length); i++)
        {
            if (length == 0)
            {
                RowValues.AppendNull(_cut);
                continue;
            }

            Keep(_cut, source[..(int)(length - 1)], _limits.MaxFirstRowBytes);
            source = source[(int)(length - 1)..];
        }

        return _cut.Written;
    }
}
