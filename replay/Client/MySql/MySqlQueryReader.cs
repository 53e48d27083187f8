using System.Text;
using Replay.Protocol.Buffers;
using Replay.Protocol.MySql;
using Replay.Protocol.MySql.Messages;

namespace Replay.Client.MySql;

/// <summary>Gathers the rows of a text query.</summary>
internal sealed class MySqlQueryReader(MySqlCapabilities capabilities) : IQueryReader
{
    private readonly PacketSplitter _packets = new(1 << 30);
    private readonly bool _deprecateEof = (capabilities & MySqlCapabilities.DeprecateEof) != 0;
    private List<string> _columns = [];
    private List<string?[]> _rows = [];
    private int _definitionsLeft;
    private bool _inRows;
    private string? _errorCode;
    private string? _errorMessage;
    private long _affected = -1;

    public void Read(ReadOnlySpan<byte> bytes)
    {
        while (_packets.TryNext(ref bytes, out var packet))
        {
            Take(_packets.Join(packet));
        }
    }

    public QueryResult ToResult() => new()
    {
        Columns = _columns,
        Rows = _rows,
        ErrorCode = _errorCode,
        ErrorMessage = _errorMessage,
        Affected = _affected,
    };

    private void Take(ReadOnlySpan<byte> payload)
    {
        if (payload is [ErrPacket.Header, ..] && ErrPacket.TryParse(payload, out var error))
        {
            if (error.Code != ErrPacket.ProgressReport)
            {
                _errorCode = error.Code.ToString(System.Globalization.CultureInfo.InvariantCulture);
                _errorMessage = Encoding.UTF8.GetString(error.Message);
            }
        }
        else if (_definitionsLeft > 0)
        {
            _columns.Add(ColumnDefinition41.TryParse(payload, out var column) ? Encoding.UTF8.GetString(column.Name) : "");
            _inRows = --_definitionsLeft == 0 && _deprecateEof;
            _definitionsLeft = _definitionsLeft == 0 && !_deprecateEof ? -1 : _definitionsLeft;
        }
        else if (_definitionsLeft < 0)
        {
            (_definitionsLeft, _inRows) = (0, true); // the EOF behind the definitions
        }
        else if (_inRows)
        {
            TakeRow(payload);
        }
        else if (payload is [OkPacket.Header, ..] && OkPacket.TryParse(payload, capabilities, out var ok))
        {
            _affected = Math.Max(_affected, 0) + (long)Math.Min(ok.AffectedRows, int.MaxValue);
        }
        else if (ColumnCount.TryParse(payload, out var count))
        {
            _definitionsLeft = count.Count;
            _columns = [];
            _rows = [];
        }
    }

    private void TakeRow(ReadOnlySpan<byte> payload)
    {
        if (payload is [EofPacket.Header, ..] && payload.Length < MySqlPacket.MaxPayloadBytes)
        {
            _inRows = false;
            return;
        }

        var row = new string?[_columns.Count];
        var reader = new SpanReader(payload);
        for (var i = 0; i < row.Length; i++)
        {
            var value = reader.ReadNullableString(out var isNull);
            row[i] = isNull ? null : Encoding.UTF8.GetString(value);
        }

        _rows.Add(row);
    }
}
