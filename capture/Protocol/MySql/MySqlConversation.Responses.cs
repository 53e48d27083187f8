using System.Buffers.Binary;
using System.Text;
using Replay.Protocol.Buffers;
using Replay.Protocol.MySql.Messages;
using Replay.Workload;

namespace Replay.Protocol.MySql;

/// <content>The server's half after login, and the exchanges that come of it.</content>
public sealed partial class MySqlConversation
{
    private const int MaxKeptAuthenticationBytes = 4 << 10;

    private readonly ByteStore _parameterTypes = new();

    /// <summary>Notes the first byte of the oldest request's response; false if that was before, or nothing is awaited.</summary>
    private bool BeginHead(long at)
    {
        if (_headBegun || _queue.Count == 0 || _phase != Phase.Commands)
        {
            return false;
        }

        ref var head = ref _queue.Head;
        _headBegun = true;
        _firstByteAt = at;
        _responseBytes = 0;
        if (!_sendingFile && (head.Flags & ExchangeFlags.CopyIn) == 0)
        {
            _nextSequence = head.NextSequence;
        }

        var statement = head.NamesStatement ? _statements.Find(head.StatementId) : null;
        var text = statement is null ? TextOf(head) : statement.Text.Written;
        _response.Begin(head.Command, statement, StatementText.ChangesRows(text));
        return true;
    }

    /// <summary>Length of the response's beginning if it is known by its bytes, and so need not be read; 0 if not.</summary>
    private int PassKnownHead(ReadOnlySpan<byte> bytes)
    {
        var length = _responsePackets.IsInside ? 0 : _response.PassKnownHead(bytes, ref _nextSequence);
        _responseBytes += length;
        return length;
    }

    private void ResponsePacket(in MySqlPacket packet, int bytesBehind, long at)
    {
        if (_queue.Count == 0)
        {
            // Servers may say goodbye without being asked (shutdown, kill, timeout). After a gap the request may have been in it.
            if (!_requestLost && packet.FirstPayload is not [ErrPacket.Header, ..])
            {
                EmitFault(ProtocolFault.OrphanResponse, isRequest: false, at);
            }

            return;
        }

        _responseBytes += packet.WireBytes;
        var isInOrder = packet.Sequence == _nextSequence || _responseFrames is not null;
        var step = isInOrder ? _response.Packet(packet, _responsePackets.Join(packet)) : ResponseStep.BadMessage;
        _nextSequence = (byte)(packet.Sequence + packet.Count);
        switch (step)
        {
            case ResponseStep.Ended:
                EndHead(bytesBehind, isComplete: true, at);
                break;
            case ResponseStep.Continue when _authentication is not null && _queue.Head.Command == Command.MySqlChangeUser:
                _authentication.Reset(MaxKeptAuthenticationBytes);
                _authentication.Append(packet.FirstPayload);
                break;
            case ResponseStep.FileWanted:
                // The data may have been seen already if the two halves were captured out of order.
                _sendingFile = (_queue.Head.Flags & ExchangeFlags.CopyIn) == 0;
                _queue.Head.Flags |= ExchangeFlags.CopyIn;
                break;
            case ResponseStep.BadMessage:
                EmitFault(ProtocolFault.UnexpectedMessage, isRequest: false, at);
                LoseSync(isRequest: false);
                break;
        }
    }

    /// <summary>Hands out the oldest request with what its response told, and those behind it that have no response.</summary>
    private void EndHead(int bytesBehind, bool isComplete, long at)
    {
        do
        {
            Emit(isComplete, bytesBehind, at);
        }
        while (_queue.Count > 0 && (_queue.Head.Flags & ExchangeFlags.NoResponse) != 0);
    }

    private void FlushPending()
    {
        while (_queue.Count > 0)
        {
            Emit(isComplete: false, bytesBehind: 0, _lastResponseAt);
        }

        _sendingFile = false;
    }

    private void Emit(bool isComplete, int bytesBehind, long at)
    {
        ref var head = ref _queue.Head;
        _authentication?.Clear();
        if (_sendingFile && (head.Flags & ExchangeFlags.CopyIn) != 0)
        {
            // The client died before it had sent all of its file, and the server undid the statement. Sent again it would be a shorter file, loaded.
            head.Flags &= ~ExchangeFlags.RequestComplete;
        }

        var exchange = Exchange.Empty;
        exchange.Command = head.Command;
        exchange.Flags = head.Flags;
        exchange.Request = _queue.Bytes(head);
        exchange.RequestedAtMicroseconds = head.RequestedAtMicroseconds;
        exchange.StartedAtMicroseconds = Math.Max(head.RequestedAtMicroseconds, _lastResponseEnd);
        exchange.FirstByteAtMicroseconds = exchange.EndedAtMicroseconds = exchange.StartedAtMicroseconds;
        exchange.Text = TextOf(head);
        exchange.TextOffset = head.JoinedText is null ? head.TextOffset : -1;
        var statement = SetStatement(ref exchange, head);
        var hasResponse = _headBegun && (head.Flags & ExchangeFlags.NoResponse) == 0;
        if (hasResponse)
        {
            exchange.FirstByteAtMicroseconds = Math.Max(_firstByteAt, exchange.StartedAtMicroseconds);
            exchange.EndedAtMicroseconds = Math.Max(at, exchange.FirstByteAtMicroseconds);
            exchange.ResponseBytes = _responseBytes;
            SetOutcome(ref exchange);
            _lastResponseEnd = exchange.EndedAtMicroseconds;
        }

        if (isComplete && !head.IsDamaged && (head.Flags & ExchangeFlags.RequestComplete) != 0)
        {
            exchange.Flags |= ExchangeFlags.Complete;
        }

        // Several responses in one segment: only the last of them has a time of its own.
        var isShared = bytesBehind > 0 && _queue.Count > 1;
        if (hasResponse && isComplete && !head.IsDamaged && !isShared)
        {
            exchange.Flags |= ExchangeFlags.Timed;
        }

        Emit(ref exchange);
        if (isComplete)
        {
            Learn(head, statement, hasResponse);
        }

        _headBegun = false;
        _queue.RemoveHead();
    }

    /// <summary>If not, a statement that is not known is the client's mistake: the server refuses it, and would again.</summary>
    private bool MayHaveMissedPrepare => !_fromStart || _hadGap || _statements.HasForgotten;

    private PreparedStatement? SetStatement(ref Exchange exchange, scoped in PendingRequest head)
    {
        if (!head.NamesStatement)
        {
            exchange.StatementHandle = _headBegun && head.Command == Command.MySqlStatementPrepare && _response.Prepared is { } prepared ? prepared.StatementId : -1;
            return null;
        }

        exchange.StatementHandle = _statements.Resolve(head.StatementId);
        var statement = _statements.Find(head.StatementId);
        if (statement is null)
        {
            exchange.Flags |= MayHaveMissedPrepare ? ExchangeFlags.UnknownStatement : ExchangeFlags.None;
            return null;
        }

        if (CommandByte.RunsStatement(head.Command))
        {
            exchange.Text = statement.Text.Written;
        }

        if (head.Command == Command.MySqlStatementExecute)
        {
            exchange.ParameterTypes = BindTypes(head, statement);
        }

        return statement;
    }

    /// <summary>The types of an execute's parameters where the request does not tell all: not sent again, or values sent ahead as long data.</summary>
    private ReadOnlySpan<byte> BindTypes(scoped in PendingRequest head, PreparedStatement statement)
    {
        var payload = _queue.Bytes(head)[MySqlPacket.HeaderBytes..];
        var isWhole = ComStatementExecute.TryParse(payload, statement.ParameterCount, _traits.Has(MySqlCapabilities.QueryAttributes), out var execute);
        var parameters = execute.Parameters;
        if (!isWhole || parameters.Count == 0)
        {
            return default;
        }

        if (parameters.HasTypes)
        {
            statement.ParameterTypes.Truncate(0);
            var types = new SpanReader(parameters.Types);
            for (var i = 0; i < parameters.Count; i++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(statement.ParameterTypes.GetSpan(4), BoundParameters.ReadType(ref types, parameters.HasNames, out _));
                statement.ParameterTypes.Advance(4);
            }

            if (statement.LongData.Length == 0)
            {
                return default;
            }
        }

        _parameterTypes.Truncate(0);
        _parameterTypes.Append(statement.ParameterTypes.Written);
        var longData = statement.LongData.Written;
        for (var i = 0; i + 2 <= longData.Length; i += 2)
        {
            var at = BinaryPrimitives.ReadUInt16LittleEndian(longData[i..]) * 4;
            if (at + 4 <= _parameterTypes.Length)
            {
                _parameterTypes.WrittenMutable[at + 2] = MySqlParameters.LongDataMark >> 16;
            }
        }

        return _parameterTypes.Written;
    }

    private void SetOutcome(ref Exchange exchange)
    {
        var rows = _response.Recorder;
        exchange.Rows = _response.Rows;
        exchange.Affected = _response.Affected;
        exchange.Warnings = _response.Warnings;
        exchange.InsertId = _response.InsertId;
        exchange.TransactionState = _response.TransactionState;
        exchange.ErrorCode = _response.ErrorCode;
        exchange.ErrorMessage = _response.ErrorMessage;
        exchange.Columns = _response.Columns;
        exchange.Flags |= _response.CursorOpened ? ExchangeFlags.CursorOpened : ExchangeFlags.None;
        if (exchange.Rows < 0)
        {
            return;
        }

        exchange.SetHash = rows.SetHash;
        exchange.SequenceHash = rows.SequenceHash;
        exchange.NormalSetHash = rows.NormalSetHash;
        exchange.NormalSequenceHash = rows.NormalSequenceHash;
        exchange.ColumnHashes = rows.ColumnHashes;
        exchange.Values = rows.Values;
        if (rows.IsHashed && !_queue.Head.IsDamaged)
        {
            // Rows are only read where the columns' types are known.
            exchange.Flags |= ExchangeFlags.Hashed | ExchangeFlags.NormalHashed | (rows.HasOtherForm ? ExchangeFlags.OtherForm : ExchangeFlags.None);
        }

        exchange.Flags |= rows.HasAllValues ? ExchangeFlags.AllValues : ExchangeFlags.None;
    }

    /// <summary>What the exchange that has just ended changes for those to come.</summary>
    private void Learn(in PendingRequest head, PreparedStatement? statement, bool hasResponse)
    {
        var succeeded = hasResponse && _response.ErrorCode.IsEmpty;
        switch (head.Command)
        {
            case Command.MySqlStatementPrepare when succeeded && _response.Prepared is { } prepared:
                var added = _statements.Add(prepared.StatementId, TextOf(head), prepared.Parameters);
                _statements.Update(added, _response.Columns, _response.ColumnTypes, _response.ColumnForms);
                break;
            case Command.MySqlStatementPrepare when hasResponse:
                _statements.PrepareFailed();
                break;
            case Command.MySqlStatementExecute when statement is not null:
                statement.LongData.Truncate(0);
                if (succeeded && _response.Rows >= 0 && !_response.Columns.SequenceEqual(statement.Columns.Written))
                {
                    _statements.Update(statement, _response.Columns, _response.ColumnTypes, _response.ColumnForms);
                }

                break;
            case Command.MySqlStatementSendLongData when statement is not null && head.Length >= MySqlPacket.HeaderBytes + 7:
                statement.LongData.Append(_queue.Bytes(head).Slice(MySqlPacket.HeaderBytes + 5, 2));
                break;
            case Command.MySqlStatementReset when statement is not null && succeeded:
                statement.LongData.Truncate(0);
                break;
            case Command.MySqlStatementClose:
                _statements.Remove(head.StatementId);
                break;
            case Command.MySqlResetConnection when succeeded:
                _statements.Clear();
                break;
            case Command.MySqlChangeUser when succeeded:
                _statements.Clear();
                ChangeUser(_queue.Bytes(head)[MySqlPacket.HeaderBytes..]);
                break;
            case Command.MySqlInitDb when succeeded && !_fromStart && Facts.Database is null:
                Facts.Database = Encoding.UTF8.GetString(_queue.Bytes(head)[(MySqlPacket.HeaderBytes + 1)..]);
                EmitFacts();
                break;
        }

        if (hasResponse && !_fromStart && Facts.Database is null && _response.CurrentDatabase is { Length: > 0 } database)
        {
            Facts.Database = database;
            EmitFacts();
        }
    }

    private void ChangeUser(ReadOnlySpan<byte> payload)
    {
        if (ComChangeUser.TryParse(payload, _traits.Capabilities, out var change))
        {
            SetUser(change.User, change.Database, change.Attributes);
            Facts.MySqlCollation = change.Collation;
            EmitFacts();
        }
    }
}
