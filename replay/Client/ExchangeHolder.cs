using Replay.Protocol.Buffers;
using Replay.Workload;

namespace Replay.Client;

/// <summary>An exchange's outcome kept beyond the call that handed it out: from its decoding (under the connection's lock) until the receiver takes it (outside), or longer.</summary>
public sealed class ExchangeHolder
{
    // Outcomes are small; a rare large one does not stay in the pool.
    private const int KeepBytes = 16 << 10;

    private readonly ByteStore _bytes = new();
    private uint[] _columnHashes = [];
    private int _columnHashCount;
    private int _errorCode;
    private int _errorMessage;
    private int _columns;
    private int _values;

    private Command _command;
    private ExchangeFlags _flags;
    private TransactionState _transactionState;
    private int _ordinal;
    private int _batch;
    private long _requestedAt;
    private long _startedAt;
    private long _firstByteAt;
    private long _endedAt;
    private long _statementHandle;
    private long _rows;
    private long _affected;
    private int _warnings;
    private ulong _insertId;
    private ulong _setHash;
    private ulong _sequenceHash;
    private uint _normalSetHash;
    private uint _normalSequenceHash;
    private long _responseBytes;

    internal long Tag { get; private set; }

    /// <summary>Set instead of an exchange: the connection is over.</summary>
    internal string? ClosedCode { get; private set; }

    internal string ClosedMessage { get; private set; } = "";

    internal void TakeClosed(string code, string message) => (ClosedCode, ClosedMessage) = (code, message);

    /// <summary>Copies it.</summary>
    public void Take(long tag, in Exchange exchange)
    {
        Tag = tag;
        ClosedCode = null;
        _command = exchange.Command;
        _flags = exchange.Flags;
        _transactionState = exchange.TransactionState;
        _ordinal = exchange.Ordinal;
        _batch = exchange.Batch;
        _requestedAt = exchange.RequestedAtMicroseconds;
        _startedAt = exchange.StartedAtMicroseconds;
        _firstByteAt = exchange.FirstByteAtMicroseconds;
        _endedAt = exchange.EndedAtMicroseconds;
        _statementHandle = exchange.StatementHandle;
        _rows = exchange.Rows;
        _affected = exchange.Affected;
        _warnings = exchange.Warnings;
        _insertId = exchange.InsertId;
        _setHash = exchange.SetHash;
        _sequenceHash = exchange.SequenceHash;
        _normalSetHash = exchange.NormalSetHash;
        _normalSequenceHash = exchange.NormalSequenceHash;
        _responseBytes = exchange.ResponseBytes;
        _bytes.Reset(KeepBytes);
        _errorCode = Add(exchange.ErrorCode);
        _errorMessage = Add(exchange.ErrorMessage);
        _columns = Add(exchange.Columns);
        _values = Add(exchange.Values);
        _columnHashCount = exchange.ColumnHashes.Length;
        if (_columnHashes.Length < _columnHashCount)
        {
            _columnHashes = new uint[_columnHashCount];
        }

        exchange.ColumnHashes.CopyTo(_columnHashes);
    }

    /// <summary>The copy, valid until the next is taken.</summary>
    public Exchange ToExchange()
    {
        var bytes = _bytes.Written;
        return Exchange.Empty with
        {
            Ordinal = _ordinal,
            Command = _command,
            Flags = _flags,
            TransactionState = _transactionState,
            Batch = _batch,
            RequestedAtMicroseconds = _requestedAt,
            StartedAtMicroseconds = _startedAt,
            FirstByteAtMicroseconds = _firstByteAt,
            EndedAtMicroseconds = _endedAt,
            StatementHandle = _statementHandle,
            Rows = _rows,
            Affected = _affected,
            Warnings = _warnings,
            InsertId = _insertId,
            SetHash = _setHash,
            SequenceHash = _sequenceHash,
            NormalSetHash = _normalSetHash,
            NormalSequenceHash = _normalSequenceHash,
            ResponseBytes = _responseBytes,
            ErrorCode = bytes[.._errorCode],
            ErrorMessage = bytes[_errorCode.._errorMessage],
            Columns = bytes[_errorMessage.._columns],
            Values = bytes[_columns.._values],
            ColumnHashes = _columnHashes.AsSpan(0, _columnHashCount),
        };
    }

    private int Add(ReadOnlySpan<byte> bytes)
    {
        _bytes.Append(bytes);
        return _bytes.Length;
    }
}
