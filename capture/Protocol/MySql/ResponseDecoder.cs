using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Replay.Protocol.Buffers;
using Replay.Protocol.MySql.Messages;
using Replay.Workload;

namespace Replay.Protocol.MySql;

/// <summary>Follows one response from its first packet to its last and gathers its outcome. One is reused for all responses of a session.</summary>
internal sealed partial class ResponseDecoder
{
    private const int KeepStorageBytes = 8 << 10;
    private const int MaxErrorMessageBytes = 1024;

    private readonly MySqlTraits _traits;
    private readonly RowRecorder _rows;
    private readonly ByteStore _columns = new();
    private readonly ByteStore _types = new();
    private readonly ByteStore _forms = new(); // beside the types
    private readonly ByteStore _errorMessage = new();
    private readonly byte[] _errorCode = new byte[5];
    private readonly KnownHead _known = new();
    private int _errorCodeLength;
    private Part _part;
    private Command _command;
    private PreparedStatement? _statement;
    private int _definitionsLeft;
    private int _columnCount;
    private int _firstCount;
    private int _typesStart;
    private int _resultSets;
    private bool _hasTypes;
    private bool _hasForms;
    private bool _isHead;

    public ResponseDecoder(ConversationLimits limits, MySqlTraits traits)
    {
        _traits = traits;
        _rows = new RowRecorder(limits);
    }

    private enum Part
    {
        First,
        Columns,
        AfterColumns,
        Rows,
        FieldList,
        PrepareParameters,
        AfterPrepareParameters,
        PrepareColumns,
        AfterPrepareColumns,
    }

    /// <summary>Whether rows can come; -1 in the exchange otherwise.</summary>
    public long Rows => _resultSets == 0 ? -1 : _rows.Rows;

    public long Affected { get; private set; }

    public int Warnings { get; private set; }

    public ulong InsertId { get; private set; }

    public TransactionState TransactionState { get; private set; }

    public bool CursorOpened { get; private set; }

    public ReadOnlySpan<byte> ErrorCode => _errorCode.AsSpan(0, _errorCodeLength);

    public ReadOnlySpan<byte> ErrorMessage => _errorMessage.Written;

    public ReadOnlySpan<byte> Columns => _columns.Written;

    /// <summary>Type bytes of the columns that <see cref="Columns"/> lists.</summary>
    public ReadOnlySpan<byte> ColumnTypes => _types.Written[..Math.Min(_firstCount, _types.Length)];

    /// <summary>A <see cref="ValueForm"/> for each of them.</summary>
    public ReadOnlySpan<byte> ColumnForms => _forms.Written[..Math.Min(_firstCount, _forms.Length)];

    public RowRecorder Recorder => _rows;

    /// <summary>What COM_STMT_PREPARE answered; null as long as it has not.</summary>
    public StatementPrepareOk? Prepared { get; private set; }

    /// <summary>The database that the server said is current now; empty if it said nothing.</summary>
    public string? CurrentDatabase { get; private set; }

    /// <summary>
    /// Whether the response is over unless an EOF packet follows: a session joined in mid-stream has not shown yet whether it has them.
    /// </summary>
    public bool EndsUnlessEofFollows => _traits.DeprecateEof is null && _definitionsLeft == 0 &&
        (_part == Part.AfterPrepareColumns || (_part == Part.AfterPrepareParameters && Prepared is { Columns: 0 }));

    /// <summary>Whether all that was read is the first result set's columns, definitions included: rows follow.</summary>
    public bool HasReadHead => _isHead && _part == Part.Rows && _rows.Rows == 0;

    public int Capacity => _columns.Capacity + _types.Capacity + _forms.Capacity + _errorMessage.Capacity + _rows.Capacity + _known.Capacity;

    private bool IsBinary => _command is Command.MySqlStatementExecute or Command.MySqlStatementFetch or Command.MySqlStatementBulkExecute or Command.MySqlStatementPrepare;

    /// <summary>Begins a response. <paramref name="statement"/> is the prepared statement that the command names.</summary>
    public void Begin(Command command, PreparedStatement? statement, bool keepAllRows)
    {
        _command = command;
        _statement = statement;
        _rows.Reset();
        _rows.KeepAll = keepAllRows;
        _columns.Reset(KeepStorageBytes);
        _types.Reset(KeepStorageBytes);
        _forms.Reset(KeepStorageBytes);
        _errorMessage.Reset(KeepStorageBytes);
        _errorCodeLength = 0;
        _resultSets = 0;
        _columnCount = _firstCount = _typesStart = 0;
        _hasTypes = _hasForms = false;
        Affected = -1;
        Warnings = 0;
        InsertId = 0;
        TransactionState = TransactionState.Unknown;
        CursorOpened = false;
        Prepared = null;
        CurrentDatabase = null;
        _part = Part.First;
        _isHead = true;
        if (command == Command.MySqlStatementFetch)
        {
            _part = Part.Rows;
            _isHead = false;
            _resultSets = 1;
            UseStatementColumns();
        }
        else if (command == Command.MySqlFieldList)
        {
            _part = Part.FieldList;
        }
    }

    /// <summary>
    /// Passes over the response's beginning if it is that of the one before, byte for byte; returns its length, 0 if it is not. <paramref name="sequence"/> is the number
    /// of the first packet, and then that of the next one.
    /// </summary>
    public int PassKnownHead(ReadOnlySpan<byte> bytes, ref byte sequence)
    {
        if (!_isHead || !_known.Begins(bytes, _command, sequence))
        {
            return 0;
        }

        _columns.Append(_known.Columns);
        _types.Append(_known.Types);
        _forms.Append(_known.Forms);
        _resultSets = 1;
        _columnCount = _firstCount = _types.Length;
        _hasTypes = true;
        _part = Part.Rows;
        sequence = _known.NextSequence;
        return _known.Length;
    }

    /// <summary>Remembers what was read (<see cref="HasReadHead"/>): <paramref name="bytes"/>, and the number of the next packet.</summary>
    public void NoteHead(ReadOnlySpan<byte> bytes, byte nextSequence) => _known.Note(bytes, _command, nextSequence, Columns, ColumnTypes, ColumnForms);

    /// <summary>Takes the response's next packet; <paramref name="payload"/> is its joined payload.</summary>
    public ResponseStep Packet(in MySqlPacket packet, ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            // Only a row without a value, which is none, could be empty.
            return ResponseStep.BadMessage;
        }

        if (payload[0] == ErrPacket.Header && !(packet.IsTruncated && _part == Part.Rows) && ErrPacket.TryParse(payload, out var error))
        {
            return Error(error);
        }

        return _part switch
        {
            Part.First => First(payload),
            Part.Columns => Column(payload),
            Part.AfterColumns => AfterColumns(packet, payload),
            Part.Rows => Row(packet, payload),
            Part.FieldList => FieldList(payload),
            Part.PrepareParameters or Part.PrepareColumns => PrepareDefinition(payload),
            _ => AfterPrepareDefinitions(packet, payload),
        };
    }

    private ResponseStep Error(in ErrPacket error)
    {
        if (error.Code == ErrPacket.ProgressReport)
        {
            return ResponseStep.Continue;
        }

        Utf8Formatter.TryFormat(error.Code, _errorCode, out _errorCodeLength);
        _errorMessage.Append(error.Message[..Math.Min(error.Message.Length, MaxErrorMessageBytes)]);
        TransactionState = TransactionState.Unknown;
        return ResponseStep.Ended;
    }

    private ResponseStep First(ReadOnlySpan<byte> payload)
    {
        switch (_command)
        {
            case Command.MySqlStatistics:
                return ResponseStep.Ended;
            case Command.MySqlStatementPrepare:
                return PrepareOk(payload);
            case Command.MySqlChangeUser when payload[0] != OkPacket.Header:
                return ResponseStep.Continue; // a switch of plugins, or more of the plugin's data
            case Command.MySqlQuery when payload[0] == LocalInfileRequest.Header:
                return ResponseStep.FileWanted;
        }

        return payload[0] switch
        {
            OkPacket.Header => OkPacket.TryParse(payload, _traits.Capabilities, out var ok) ? Ok(ok, isResult: true) : ResponseStep.BadMessage,
            EofPacket.Header when EofPacket.TryParse(payload, out var eof) => Eof(eof),
            EofPacket.Header => OkPacket.TryParse(payload, _traits.Capabilities, out var ok) ? Ok(ok, isResult: true) : ResponseStep.BadMessage,
            _ => BeginResultSet(payload),
        };
    }

    private ResponseStep Ok(in OkPacket ok, bool isResult)
    {
        if (isResult)
        {
            Affected = Math.Max(Affected, 0) + (long)Math.Min(ok.AffectedRows, long.MaxValue / 2);
            InsertId = InsertId == 0 ? ok.LastInsertId : InsertId;
        }

        var state = ok.SessionState;
        while (!state.IsEmpty && SessionStateChange.TryRead(ref state, out var change))
        {
            if (change.Type == SessionStateChange.Schema)
            {
                CurrentDatabase = System.Text.Encoding.UTF8.GetString(change.FirstString);
            }
        }

        return EndResult(ok.Status, ok.Warnings);
    }

    private ResponseStep Eof(in EofPacket eof) => EndResult(eof.Status, eof.Warnings);

    private ResponseStep EndResult(MySqlServerStatus status, ushort warnings)
    {
        _isHead = false;
        Warnings += warnings;
        TransactionState = (status & MySqlServerStatus.InTransaction) != 0 ? TransactionState.Open : TransactionState.Idle;
        CursorOpened |= (status & MySqlServerStatus.CursorExists) != 0 && _command == Command.MySqlStatementExecute;
        if ((status & MySqlServerStatus.MoreResultsExist) == 0)
        {
            return ResponseStep.Ended;
        }

        _part = Part.First;
        return ResponseStep.Continue;
    }

    private ResponseStep BeginResultSet(ReadOnlySpan<byte> payload)
    {
        if (!ColumnCount.TryParse(payload, out var count))
        {
            return ResponseStep.BadMessage;
        }

        _resultSets++;
        _columnCount = count.Count;
        _typesStart = _types.Length;
        _hasTypes = count.MetadataFollows;
        _hasForms = false;
        _isHead &= count.MetadataFollows;
        if (count.MetadataFollows)
        {
            _definitionsLeft = count.Count;
            _part = Part.Columns;
            if (_resultSets == 1)
            {
                _firstCount = count.Count;
                ColumnList.Begin(_columns, count.Count);
            }
        }
        else
        {
            UseStatementColumns();
            _part = _traits.DeprecateEof == true ? Part.Rows : Part.AfterColumns;
        }

        return ResponseStep.Continue;
    }

    private ResponseStep AfterColumns(in MySqlPacket packet, ReadOnlySpan<byte> payload)
    {
        _part = Part.Rows;
        if (!EofPacket.TryParse(payload, out var eof))
        {
            // Rows at once: a session joined in mid-stream turns out to have no EOF packets here.
            _traits.DeprecateEof ??= true;
            return Row(packet, payload);
        }

        _traits.DeprecateEof ??= false;
        if ((eof.Status & MySqlServerStatus.CursorExists) != 0 && _command == Command.MySqlStatementExecute)
        {
            return EndResult(eof.Status & ~MySqlServerStatus.MoreResultsExist, eof.Warnings);
        }

        return ResponseStep.Continue;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ResponseStep Row(in MySqlPacket packet, ReadOnlySpan<byte> payload)
    {
        if (payload[0] == EofPacket.Header && packet.PayloadLength < MySqlPacket.MaxPayloadBytes)
        {
            if (_traits.DeprecateEof != true && EofPacket.TryParse(payload, out var eof))
            {
                _traits.DeprecateEof ??= false;
                return Eof(eof);
            }

            if (_traits.DeprecateEof != false && OkPacket.TryParse(payload, _traits.Capabilities, out var ok))
            {
                return Ok(ok, isResult: false);
            }

            if (EofPacket.TryParse(payload, out eof))
            {
                return Eof(eof);
            }
        }

        if (!_hasForms)
        {
            _rows.SetForms(_forms.Written[Math.Min(_typesStart, _forms.Length)..]);
            _hasForms = true;
        }

        if (packet.IsTruncated || !_hasTypes)
        {
            _rows.BeginRow(_columnCount);
            _rows.PassRow();
        }
        else if (IsBinary)
        {
            BinaryRow.Record(payload, _types.Written[_typesStart..], _rows);
        }
        else
        {
            TextRow.Record(payload, _columnCount, _rows);
        }

        return ResponseStep.Continue;
    }

    private ResponseStep FieldList(ReadOnlySpan<byte> payload)
    {
        if (payload[0] != EofPacket.Header)
        {
            return ColumnDefinition41.TryParse(payload, out _) ? ResponseStep.Continue : ResponseStep.BadMessage;
        }

        return EofPacket.TryParse(payload, out var eof) ? Eof(eof)
            : OkPacket.TryParse(payload, _traits.Capabilities, out var ok) ? Ok(ok, isResult: false)
            : ResponseStep.BadMessage;
    }
}
