using System.Buffers.Binary;
using System.Diagnostics;
using Replay.Protocol.Buffers;
using Replay.Protocol.PostgreSql.Messages;
using Replay.Workload;

namespace Replay.Protocol.PostgreSql;

/// <summary>
/// A prepared statement as far as the wire tells. Pooled, since the unnamed one is made anew with nearly every request: whoever keeps one counts in
/// <see cref="References"/>.
/// </summary>
internal sealed class PostgresStatement
{
    // Longer texts do not stay in the pool.
    private const int KeepBytes = 8 << 10;

    private readonly ByteStore _text = new();
    private readonly ByteStore _parameterTypes = new();
    private readonly ByteStore _rowDescription = new();
    private readonly ByteStore _columns = new();
    private readonly ByteStore _columnsFormats = new();
    private readonly ByteStore _forms = new();
    private bool _hasColumns;

    public int References { get; set; }

    /// <summary>The place in the order of being made, for the named ones.</summary>
    public long Age { get; set; }

    /// <summary>The name; null for the unnamed one.</summary>
    public byte[]? Name { get; set; }

    public ReadOnlySpan<byte> Text => _text.Written;

    /// <summary>OIDs, little-endian 32 bits each; empty if none is known.</summary>
    public ReadOnlySpan<byte> ParameterTypes => _parameterTypes.Written;

    /// <summary>Whether a RowDescription or NoData has been seen.</summary>
    public bool IsDescribed { get; private set; }

    /// <summary>Whether it is known to return rows.</summary>
    public bool ReturnsRows => _rowDescription.Length > 0;

    /// <summary>A <see cref="ValueForm"/> for each column of what <see cref="ColumnsFor"/> returned last; empty if all are as they are.</summary>
    public ReadOnlySpan<byte> Forms => _forms.Written;

    public long StorageBytes => _text.Capacity + _parameterTypes.Capacity + _rowDescription.Capacity + _columns.Capacity + _forms.Capacity;

    /// <summary>Makes it a new statement.</summary>
    public void Prepare(ReadOnlySpan<byte> text, ReadOnlySpan<byte> bigEndianTypes)
    {
        Debug.Assert(References == 0, "a statement in use is made anew");
        _text.Reset(KeepBytes);
        _rowDescription.Reset(KeepBytes);
        _columns.Reset(KeepBytes);
        _text.Append(text);
        _hasColumns = false;
        IsDescribed = false;
        SetParameterTypes(bigEndianTypes);
    }

    public void SetParameterTypes(ReadOnlySpan<byte> bigEndianTypes)
    {
        _parameterTypes.Reset(KeepBytes);
        if (bigEndianTypes.IndexOfAnyExcept((byte)0) < 0)
        {
            return;
        }

        var types = _parameterTypes.GetSpan(bigEndianTypes.Length);
        for (var i = 0; i < bigEndianTypes.Length; i += 4)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(types[i..], BinaryPrimitives.ReadUInt32BigEndian(bigEndianTypes[i..]));
        }

        _parameterTypes.Advance(bigEndianTypes.Length);
    }

    /// <summary>Whether this is the RowDescription that is remembered, and so need not be read again.</summary>
    public bool IsDescribedAs(ReadOnlySpan<byte> rowDescription) => ReturnsRows && rowDescription.SequenceEqual(_rowDescription.Written);

    /// <summary>Remembers a RowDescription's payload; empty for NoData.</summary>
    public void Describe(ReadOnlySpan<byte> rowDescription)
    {
        IsDescribed = true;
        if (!rowDescription.SequenceEqual(_rowDescription.Written))
        {
            _rowDescription.Reset(KeepBytes);
            _rowDescription.Append(rowDescription);
            _hasColumns = false;
        }
    }

    /// <summary>
    /// The columns with the formats that a Bind asked for: a Describe of the statement cannot know them. Made once for as long as the formats stay.
    /// </summary>
    public ReadOnlySpan<byte> ColumnsFor(FormatCodes formats)
    {
        if (_hasColumns && formats.Bytes.SequenceEqual(_columnsFormats.Written))
        {
            return _columns.Written;
        }

        _columns.Reset(KeepBytes);
        _forms.Reset(KeepBytes);
        if (!RowDescription.TryParse(_rowDescription.Written, out var description))
        {
            return default;
        }

        ColumnList.Begin(_columns, description.Count);
        for (var i = 0; i < description.Count; i++)
        {
            description.ReadColumn(out var name, out var type, out var modifier, out _);
            ColumnList.AppendColumn(_columns, name, type, modifier, formats.IsBinary(i));
            _forms.Append([(byte)ColumnForms.Postgres(type, formats.IsBinary(i))]);
        }

        _forms.Truncate(_forms.Written.ContainsAnyExcept((byte)ValueForm.AsIs) ? _forms.Length : 0);

        _columnsFormats.Reset(KeepBytes);
        _columnsFormats.Append(formats.Bytes);
        _hasColumns = true;
        return _columns.Written;
    }
}
