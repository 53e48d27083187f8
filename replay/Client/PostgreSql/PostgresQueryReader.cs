using System.Buffers.Binary;
using System.Text;
using Replay.Protocol.Buffers;
using Replay.Protocol.PostgreSql;
using Replay.Protocol.PostgreSql.Messages;

namespace Replay.Client.PostgreSql;

/// <summary>Gathers the rows of a simple query as text.</summary>
internal sealed class PostgresQueryReader : IQueryReader
{
    private readonly MessageBuffer _buffer = new(1 << 30);
    private string[] _columns = [];
    private List<string?[]> _rows = [];
    private string? _errorCode;
    private string? _errorMessage;
    private long _affected = -1;

    public void Read(ReadOnlySpan<byte> bytes)
    {
        _buffer.TryAppend(bytes);
        while (_buffer.Length >= MessageKind.HeaderBytes)
        {
            var held = _buffer.Unread;
            var total = BinaryPrimitives.ReadInt32BigEndian(held[1..]) + 1;
            if (total < MessageKind.HeaderBytes || total > held.Length)
            {
                return;
            }

            Take(held[0], held[MessageKind.HeaderBytes..total]);
            _buffer.Consume(total);
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

    private void Take(byte type, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case BackendMessages.RowDescription when RowDescription.TryParse(payload, out var description):
                _rows = [];
                _columns = new string[description.Count];
                for (var i = 0; i < _columns.Length; i++)
                {
                    description.ReadColumn(out var name, out _, out _, out _);
                    _columns[i] = Encoding.UTF8.GetString(name);
                }

                break;
            case BackendMessages.DataRow:
                var row = new DataRow(payload);
                var values = new string?[row.Count];
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = row.ReadValue(out var value) ? Encoding.UTF8.GetString(value) : null;
                }

                _rows.Add(values);
                break;
            case BackendMessages.CommandComplete when CommandComplete.TryParse(payload, out var complete):
                _affected = complete.IsWrite ? complete.Count : _affected;
                break;
            case BackendMessages.ErrorResponse when ErrorMessage.TryParse(payload, out var error):
                _errorCode ??= Encoding.UTF8.GetString(error.Code);
                _errorMessage ??= Encoding.UTF8.GetString(error.Message);
                break;
        }
    }
}
