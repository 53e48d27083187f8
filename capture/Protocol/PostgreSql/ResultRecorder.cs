using System.Runtime.CompilerServices;
using Replay.Protocol.Buffers;
using Replay.Protocol.PostgreSql.Messages;
using Replay.Workload;

namespace Replay.Protocol.PostgreSql;

/// <summary>What is kept of an exchange's rows as they go by: their number, their hashes, the first one's beginning or all of their values.</summary>
internal sealed class ResultRecorder
{
    private const int KeepBytes = 16 << 10;

    private readonly ByteStore _values = new();
    private readonly ByteStore _forms = new();
    private RowHasher _hasher;
    private int _firstRowLength;
    private bool _valuesAreWhole;
    private bool _firstRowIsWhole;

    /// <summary>Rows; -1 as long as nothing says that there can be any.</summary>
    public long Rows { get; private set; }

    /// <summary>Whether every row went into the hashes.</summary>
    public bool IsHashed { get; private set; }

    public ulong SetHash => _hasher.SetHash;

    public ulong SequenceHash => _hasher.SequenceHash;

    /// <summary>Whether some value was not in its normal form.</summary>
    public bool HasOtherForm => _hasher.HasOtherForm;

    public uint NormalSetHash => _hasher.NormalSetHash;

    public uint NormalSequenceHash => _hasher.NormalSequenceHash;

    public ReadOnlySpan<uint> ColumnHashes => Rows >= 2 ? _hasher.ColumnHashes : default;

    public ReadOnlySpan<byte> Values => _values.Written;

    public long StorageBytes => _values.Capacity;

    public void Reset()
    {
        Rows = -1;
        IsHashed = true;
        _firstRowLength = 0;
        _valuesAreWhole = true;
        _values.Reset(KeepBytes);
        _hasher.Reset();
        _forms.Truncate(0);
    }

    /// <summary>The columns of the rows to come: a <see cref="ValueForm"/> each; empty if all are as they are.</summary>
    public void SetForms(ReadOnlySpan<byte> forms)
    {
        _forms.Truncate(0);
        _forms.Append(forms);
    }

    /// <summary>There is a result set, perhaps without rows.</summary>
    public void ExpectRows() => Rows = Math.Max(Rows, 0);

    /// <summary>The value that a FunctionCall returned, as a row of one column; false if the message is broken.</summary>
    public bool AddFunctionResult(ReadOnlySpan<byte> payload, ConversationLimits limits)
    {
        // A DataRow is the same with the number of values before them.
        var row = new ByteStore();
        row.Append([0, 1]);
        row.Append(payload);
        var isWhole = Add(row.Written, limits);
        row.Clear();
        return isWhole;
    }

    /// <summary>Rows that were counted by the server and not hashed (COPY).</summary>
    public void AddUnhashed(long rows)
    {
        Rows = Math.Max(Rows, 0) + rows;
        IsHashed = false;
        _valuesAreWhole = false;
    }

    /// <summary>A row; false if its inside does not fit its length.</summary>
    public bool Add(ReadOnlySpan<byte> payload, ConversationLimits limits)
    {
        _hasher.BeginRow();
        var isWhole = _forms.Length == 0 ? Hash(payload) : HashInForms(payload);
        _hasher.EndRow();
        Rows = Math.Max(Rows, 0) + 1;
        if (limits.KeepValues)
        {
            Keep(payload, limits);
        }

        return isWhole;
    }

    /// <summary>The response is whole: decides whether all values stay or only the first row's beginning; true for all.</summary>
    public bool EndValues(bool wantsAll, ConversationLimits limits)
    {
        if (_values.Length == 0)
        {
            return false;
        }

        if (_valuesAreWhole && (wantsAll || limits.KeepRows || Rows == 1))
        {
            return true;
        }

        if (limits.KeepRows && _firstRowIsWhole)
        {
            return false;
        }

        _values.Truncate(_firstRowLength);
        if (_firstRowLength > limits.MaxFirstRowBytes)
        {
            ShortenFirstRow(limits.MaxFirstRowBytes);
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Hash(ReadOnlySpan<byte> payload)
    {
        var row = new DataRow(payload);
        for (var i = 0; i < row.Count && !row.IsBroken; i++)
        {
            if (row.ReadValue(out var value))
            {
                _hasher.AppendValue(value);
            }
            else
            {
                _hasher.AppendNull();
            }
        }

        return !row.IsBroken && row.IsAtEnd;
    }

    private bool HashInForms(ReadOnlySpan<byte> payload)
    {
        var row = new DataRow(payload);
        var forms = _forms.Written;
        for (var i = 0; i < row.Count && !row.IsBroken; i++)
        {
            if (row.ReadValue(out var value))
            {
                _hasher.AppendValue(value, i < forms.Length ? (ValueForm)forms[i] : ValueForm.AsIs);
            }
            else
            {
                _hasher.AppendNull();
            }
        }

        return !row.IsBroken && row.IsAtEnd;
    }

    private void Keep(ReadOnlySpan<byte> payload, ConversationLimits limits)
    {
        if (Rows == 1)
        {
            var whole = payload.Length <= limits.MaxValuesBytes;
            Append(payload, whole ? int.MaxValue : limits.MaxFirstRowBytes);
            _firstRowLength = _values.Length;
            _valuesAreWhole &= whole;
            _firstRowIsWhole = whole;
        }
        else if (_valuesAreWhole)
        {
            if (_values.Length + payload.Length <= limits.MaxValuesBytes)
            {
                Append(payload, int.MaxValue);
            }
            else
            {
                _valuesAreWhole = false;
                if (!limits.KeepRows)
                {
                    _values.Truncate(_firstRowLength);
                }
            }
        }
    }

    /// <summary>As <see cref="RowValues"/> has it, in one piece: a length is at most one byte longer there than on the wire.</summary>
    private void Append(ReadOnlySpan<byte> payload, int budgetBytes)
    {
        var row = new DataRow(payload);
        var target = _values.GetSpan(VarInt.MaxLength + payload.Length + row.Count);
        var at = VarInt.Write(target, (ulong)row.Count);
        for (var i = 0; i < row.Count; i++)
        {
            if (row.ReadValue(out var value))
            {
                value = value[..Math.Min(value.Length, budgetBytes)];
                budgetBytes -= value.Length;
                at += VarInt.Write(target[at..], (ulong)value.Length + 1);
                value.CopyTo(target[at..]);
                at += value.Length;
            }
            else
            {
                target[at++] = 0;
            }
        }

        _values.Advance(at);
    }

    /// <summary>Writes the first row again over itself, its values cut at the budget: what is written is never longer than what was read.</summary>
    private void ShortenFirstRow(int budgetBytes)
    {
        var target = _values.WrittenMutable;
        ReadOnlySpan<byte> source = target;
        VarInt.TryRead(ref source, out var count);
        var at = VarInt.Write(target, count);
        for (ulong i = 0; i < count; i++)
        {
            VarInt.TryRead(ref source, out var length);
            if (length == 0)
            {
                target[at++] = 0;
                continue;
            }

            var kept = Math.Min((int)length - 1, budgetBytes);
            budgetBytes -= kept;
            var value = source[..kept];
            source = source[((int)length - 1)..];
            at += VarInt.Write(target[at..], (ulong)kept + 1);
            value.CopyTo(target[at..]);
            at += kept;
        }

        _values.Truncate(at);
    }
}
