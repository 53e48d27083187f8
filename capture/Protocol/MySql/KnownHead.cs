using Replay.Protocol.Buffers;
using Replay.Workload;

namespace Replay.Protocol.MySql;

/// <summary>
/// What the last result set of a session began with: number of columns, definitions and the EOF packet behind them as they were on the wire, and what was read
/// of them. The next one begins with the same bytes more often than not, and comparing is cheaper than reading.
/// </summary>
internal sealed class KnownHead
{
    /// <summary>Longer ones, of some 40 columns and more, are read each time.</summary>
    private const int MaxBytes = 4 << 10;

    private readonly ByteStore _wire = new();
    private readonly ByteStore _columns = new();
    private readonly ByteStore _types = new();
    private readonly ByteStore _forms = new();
    private Command _command;

    /// <summary>Bytes of the packets.</summary>
    public int Length => _wire.Length;

    /// <summary>Sequence number of the packet behind them.</summary>
    public byte NextSequence { get; private set; }

    /// <summary>The columns, a <see cref="ColumnList"/>.</summary>
    public ReadOnlySpan<byte> Columns => _columns.Written;

    /// <summary>A type byte for each column.</summary>
    public ReadOnlySpan<byte> Types => _types.Written;

    /// <summary>A <see cref="ValueForm"/> for each column.</summary>
    public ReadOnlySpan<byte> Forms => _forms.Written;

    public int Capacity => _wire.Capacity + _columns.Capacity + _types.Capacity + _forms.Capacity;

    /// <summary>Whether a response to <paramref name="command"/> that begins with <paramref name="bytes"/> begins so.</summary>
    public bool Begins(ReadOnlySpan<byte> bytes, Command command, byte sequence) =>
        Length > 0 && command == _command && bytes.StartsWith(_wire.Written) && bytes[3] == sequence;

    /// <summary>Remembers a beginning that was read.</summary>
    public void Note(ReadOnlySpan<byte> wire, Command command, byte nextSequence, ReadOnlySpan<byte> columns, ReadOnlySpan<byte> types, ReadOnlySpan<byte> forms)
    {
        _wire.Truncate(0);
        if (wire.Length > MaxBytes)
        {
            return;
        }

        _wire.Append(wire);
        _columns.Truncate(0);
        _columns.Append(columns);
        _types.Truncate(0);
        _types.Append(types);
        _forms.Truncate(0);
        _forms.Append(forms);
        (_command, NextSequence) = (command, nextSequence);
    }
}
