using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Replay.Protocol.PostgreSql.Messages;
using Replay.Workload;

namespace Replay.Protocol.PostgreSql;

/// <content>
/// The straight way, which nearly all traffic takes: one batch of one statement in one segment, nothing else in flight, and the whole answer in one segment. No slots are made for it.
/// The client's bytes are kept unread until the answer is there; whatever else happens before, or an answer that is not of the plainest, and they are read as all others
/// are, with the time at which they came: the outcome is the same, to the bit.
/// </content>
public sealed partial class PostgresConversation
{
    // More than one answer of this many bytes is not common enough to be gone through twice.
    private const int MaxStraightBytes = RequestSlackBytes;

    private StraightBatch _straight;
    private bool _isDeferred;
    private long _deferredAt;

    /// <summary>Keeps a batch unread, if it is one of the plain ones and no other is open.</summary>
    private bool TryDefer(ReadOnlySpan<byte> bytes)
    {
        var isQuiet = !_isDeferred && _slots.Count == 0 && _phase == Phase.Ready && !_isExplicit && !_batchIsOpen && _request.IsEmpty && _passOver == 0
            && !(_isRequestLost || _isResponseLost || _isResponseAstray || _isJoining || _isSkipping || _hasGhosts)
            && _response.IsEmpty && _passOverResponse == 0;
        if (!isQuiet || bytes.Length > Math.Min(MaxStraightBytes, Limits.MaxRequestBytes) || !StraightBatch.TryRead(bytes, out _straight) || !_request.TryAppend(bytes))
        {
            return false;
        }

        _isDeferred = true;
        _deferredAt = _at;
        _orphanTold = false;
        return true;
    }

    /// <summary>Reads what was kept unread, as when it came.</summary>
    private void ReadDeferred()
    {
        if (!_isDeferred)
        {
            return;
        }

        _isDeferred = false;
        var now = _at;
        _at = _deferredAt;
        while (_phase != Phase.Over && ReadRequestMessage())
        {
        }

        FlushFinished(isTimed: true);
        ReleaseRequestBytes();
        _at = now;
    }

    /// <summary>The answer to the batch that was kept unread, if it is whole and plain: hands out the exchange.</summary>
    private bool TryAnswerStraight(ReadOnlySpan<byte> response)
    {
        if (response.Length > MaxStraightBytes || !IsPlain(response))
        {
            return false;
        }

        if (!_free.TryPop(out var pending))
        {
            pending = new PendingExchange();
        }

        var isQuery = _straight.Query > 0;
        pending.Begin(isQuery ? Command.Query : Command.Execute, -1, _slots.End);
        if (!(isQuery ? TryTakeQuery(pending) : TryTakeBatch(pending)) || !TryTakeAnswer(pending, response))
        {
            Give(pending);
            return false;
        }

        EndStraight(pending, response.Length);
        Give(pending);
        return true;
    }

    /// <summary>Whether the messages are those that answer the batch when nothing is the matter, each whole, and end with ReadyForQuery.</summary>
    private bool IsPlain(ReadOnlySpan<byte> response)
    {
        var at = 0;
        var isQuery = _straight.Query > 0;
        if (!isQuery)
        {
            var isBound = (_straight.Parse == 0 || IsEmptyMessage(response, ref at, BackendMessages.ParseComplete)) && IsEmptyMessage(response, ref at, BackendMessages.BindComplete);
            if (!isBound)
            {
                return false;
            }

            if (_straight.Describe > 0 && !IsEmptyMessage(response, ref at, BackendMessages.NoData) && !IsMessage(response, ref at, BackendMessages.RowDescription))
            {
                return false;
            }
        }

        var completed = 0;
        while (at < response.Length)
        {
            var type = response[at];
            if (!IsMessage(response, ref at, type))
            {
                return false;
            }

            switch (type)
            {
                case BackendMessages.DataRow when completed == 0 || isQuery:
                case BackendMessages.RowDescription when isQuery:
                    break;
                case BackendMessages.CommandComplete when completed == 0 || isQuery:
                    completed++;
                    break;
                case BackendMessages.ReadyForQuery:
                    return completed > 0 && at == response.Length;
                default:
                    return false;
            }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsEmptyMessage(ReadOnlySpan<byte> bytes, ref int at, byte type)
    {
        var isThere = bytes.Length - at >= MessageKind.HeaderBytes && bytes[at] == type && StraightBatch.Total(bytes, at) == MessageKind.HeaderBytes;
        at += isThere ? MessageKind.HeaderBytes : 0;
        return isThere;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsMessage(ReadOnlySpan<byte> bytes, ref int at, byte type)
    {
        if (bytes.Length - at < MessageKind.HeaderBytes || bytes[at] != type)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(bytes[(at + 1)..]);
        if (!BackendMessages.IsPossible(type, length) || length >= bytes.Length - at)
        {
            return false;
        }

        at += length + 1;
        return true;
    }

    private bool TryTakeQuery(PendingExchange pending)
    {
        var isWhole = QueryMessage.TryParse(_request.Unread[_straight.Query..], out var query);
        TakeText(pending, _straight.Query, query.Text.Length);
        return isWhole;
    }

    /// <summary>Notes where the text is, and masks secrets in it: before anything else keeps it.</summary>
    private void TakeText(PendingExchange pending, int at, int length)
    {
        (pending.TextAt, pending.TextLength) = (at, length);
        pending.Flags |= SecretMask.Apply(_request.UnreadMutable.Slice(at, length), backslashEscapes: false) ? ExchangeFlags.Masked : 0;
    }

    /// <summary>The statement and the portal; false if they, or the messages' insides, are not plain. Reading the batch again does the same again.</summary>
    private bool TryTakeBatch(PendingExchange pending)
    {
        var request = _request.Unread;
        var bindEnd = (_straight.Describe > 0 ? _straight.Describe : _straight.Execute) - MessageKind.HeaderBytes;
        if (!BindMessage.TryParse(request[_straight.Bind..bindEnd], out var bind) || !bind.Portal.IsEmpty)
        {
            return false;
        }

        PostgresStatement? statement;
        if (_straight.Parse > 0)
        {
            if (!ParseMessage.TryParse(request[_straight.Parse..(_straight.Bind - MessageKind.HeaderBytes)], out var parse) || !parse.Name.SequenceEqual(bind.Statement))
            {
                return false;
            }

            TakeText(pending, _straight.Parse + parse.TextOffset, parse.Text.Length);
            statement = _statements.Add(parse.Name, parse.Text, parse.Types, out var before);
            _statements.Release(before);
        }
        else
        {
            statement = _statements.Find(bind.Statement);
        }

        if (statement is null)
        {
            return false; // prepared before the capture began
        }

        pending.Statement = statement;
        pending.ResultFormats.Append(bind.ResultFormats.Bytes);
        _portals.Bind(default, statement, bind.ResultFormats);
        return true;
    }

    /// <summary>What the answer says of the exchange; false if a message's inside is broken.</summary>
    private bool TryTakeAnswer(PendingExchange pending, ReadOnlySpan<byte> response)
    {
        while (true)
        {
            var type = response[0];
            var total = (int)StraightBatch.Total(response, 0);
            var payload = response[MessageKind.HeaderBytes..total];
            response = response[total..];
            switch (type)
            {
                case BackendMessages.ParseComplete or BackendMessages.BindComplete:
                    break;
                case BackendMessages.NoData:
                    pending.Statement!.Describe(default);
                    break;
                case BackendMessages.RowDescription when _straight.Query == 0:
                    if (!IsDescription(pending.Statement!, payload))
                    {
                        return false;
                    }

                    TakeDescribedColumns(pending);
                    pending.Result.ExpectRows();
                    break;
                case BackendMessages.CommandComplete when CommandComplete.TryParse(payload, out var complete):
                    OnCommandComplete(pending, complete);
                    break;
                case BackendMessages.ReadyForQuery when ReadyForQuery.TryParse(payload, out var state):
                    pending.TransactionState = state;
                    return true;
                case BackendMessages.DataRow or BackendMessages.RowDescription when AnswerExecution(pending, type, payload, isExecute: false):
                    break;
                default:
                    return false;
            }
        }
    }

    private static bool IsDescription(PostgresStatement statement, ReadOnlySpan<byte> payload)
    {
        if (statement.IsDescribedAs(payload))
        {
            return true;
        }

        var isWhole = RowDescription.TryParse(payload, out _);
        if (isWhole)
        {
            statement.Describe(payload);
        }

        return isWhole;
    }

    /// <summary>All that the batch and its ReadyForQuery leave behind, and the exchange on its way out.</summary>
    private void EndStraight(PendingExchange pending, int responseBytes)
    {
        if (pending.TransactionState == TransactionState.Idle)
        {
            _portals.EndTransaction();
        }

        pending.Batch = _straight.Query > 0 ? -1 : _nextBatch++;
        pending.RequestedAt = _deferredAt;
        pending.FirstByteAt = pending.EndedAt = _at;
        pending.PredecessorEndedAt = _lastEndedAt;
        pending.ResponseBytes = responseBytes;
        pending.Flags |= ExchangeFlags.EndsBatch;
        _lastReadyAt = _at;
        _finishedIsComplete = true;

        var exchange = Exchange.Empty;
        exchange.Text = pending.Statement is null ? default : pending.Statement.Text;
        exchange.ParameterTypes = pending.Statement is null ? default : pending.Statement.ParameterTypes;
        exchange.Request = _request.Unread;
        if (pending.TextAt >= 0)
        {
            exchange.TextOffset = (int)pending.TextAt;
            exchange.Text = exchange.Request.Slice(exchange.TextOffset, pending.TextLength);
        }

        SetFlags(ref exchange, pending, isTimed: true);
        SetTimes(ref exchange, pending);
        SetOutcome(ref exchange, pending);
        Emit(ref exchange);

        _isDeferred = false;
        _lastEndedAt = _at;
        _requestBase += _request.Length;
        _parsed = _requestBase;
        _request.Consume(_request.Length);
    }

    private void Give(PendingExchange pending)
    {
        pending.Statement = null;
        if (_free.Count < MaxFreeExchanges)
        {
            _free.Push(pending);
        }
    }
}
