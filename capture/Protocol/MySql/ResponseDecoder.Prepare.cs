using Replay.Protocol.MySql.Messages;
using Replay.Workload;

namespace Replay.Protocol.MySql;

/// <content>The response of COM_STMT_PREPARE.</content>
internal sealed partial class ResponseDecoder
{
    private ResponseStep PrepareOk(ReadOnlySpan<byte> payload)
    {
        if (!StatementPrepareOk.TryParse(payload, _traits.Capabilities, out var ok))
        {
            return ResponseStep.BadMessage;
        }

        Prepared = ok;
        Warnings = ok.Warnings;
        if (!ok.MetadataFollows)
        {
            return ResponseStep.Ended;
        }

        _definitionsLeft = ok.Parameters;
        _part = Part.PrepareParameters;
        return ok.Parameters > 0 ? ResponseStep.Continue : BeginPrepareColumns();
    }

    private ResponseStep BeginPrepareColumns()
    {
        _part = Part.PrepareColumns;
        _definitionsLeft = Prepared!.Value.Columns;
        if (_definitionsLeft == 0)
        {
            return ResponseStep.Ended;
        }

        _firstCount = _definitionsLeft;
        ColumnList.Begin(_columns, _definitionsLeft);
        return ResponseStep.Continue;
    }

    private ResponseStep PrepareDefinition(ReadOnlySpan<byte> payload)
    {
        if (!ColumnDefinition41.TryParse(payload, out var column))
        {
            return ResponseStep.BadMessage;
        }

        var isColumn = _part == Part.PrepareColumns;
        if (isColumn)
        {
            AddColumn(column, isListed: true);
        }

        if (--_definitionsLeft > 0)
        {
            return ResponseStep.Continue;
        }

        if (_traits.DeprecateEof == true)
        {
            return isColumn ? ResponseStep.Ended : BeginPrepareColumns();
        }

        _part = isColumn ? Part.AfterPrepareColumns : Part.AfterPrepareParameters;
        return ResponseStep.Continue;
    }

    private ResponseStep AfterPrepareDefinitions(in MySqlPacket packet, ReadOnlySpan<byte> payload)
    {
        var isEof = EofPacket.TryParse(payload, out _);
        var isColumn = _part == Part.AfterPrepareColumns;
        if (isEof)
        {
            _traits.DeprecateEof ??= false;
            return isColumn ? ResponseStep.Ended : BeginPrepareColumns();
        }

        if (isColumn || BeginPrepareColumns() == ResponseStep.Ended)
        {
            return ResponseStep.BadMessage;
        }

        _traits.DeprecateEof ??= true;
        return PrepareDefinition(payload);
    }
}
