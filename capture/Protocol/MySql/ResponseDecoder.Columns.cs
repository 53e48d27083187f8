using Replay.Protocol.MySql.Messages;
using Replay.Workload;

namespace Replay.Protocol.MySql;

/// <content>The columns of a result set: their definitions, or what was known of them before.</content>
internal sealed partial class ResponseDecoder
{
    /// <summary>The definitions are not sent, or came with an earlier response.</summary>
    private void UseStatementColumns()
    {
        if (_statement is null || (_columnCount > 0 && _statement.ColumnTypes.Length != _columnCount))
        {
            return;
        }

        _types.Append(_statement.ColumnTypes.Written);
        _forms.Append(_statement.ColumnForms.Written);
        _columnCount = _statement.ColumnTypes.Length;
        if (_resultSets == 1)
        {
            _firstCount = _columnCount;
            _columns.Append(_statement.Columns.Written);
        }

        _hasTypes = _columnCount > 0;
    }

    private ResponseStep Column(ReadOnlySpan<byte> payload)
    {
        if (!ColumnDefinition41.TryParse(payload, out var column))
        {
            return ResponseStep.BadMessage;
        }

        AddColumn(column, _resultSets == 1);
        if (--_definitionsLeft == 0)
        {
            _part = _traits.DeprecateEof == true ? Part.Rows : Part.AfterColumns;
        }

        return ResponseStep.Continue;
    }

    private void AddColumn(in ColumnDefinition41 column, bool isListed)
    {
        _types.GetSpan(1)[0] = (byte)column.Type;
        _types.Advance(1);
        _forms.GetSpan(1)[0] = (byte)Workload.ColumnForms.MySql((byte)column.Type, column.Flags, column.Collation, column.Decimals, IsBinary);
        _forms.Advance(1);
        if (isListed)
        {
            ColumnList.AppendColumn(_columns, column.Name, (uint)column.Type | ((uint)column.Flags << 8), column.Collation | (column.Decimals << 16), IsBinary);
        }
    }
}
