using System.Buffers.Binary;
using Replay.Protocol.PostgreSql.Messages;

namespace Replay.Protocol.PostgreSql;

/// <content>Missing bytes: what they touched is flagged, and both halves find hold again.</content>
public sealed partial class PostgresConversation
{
    // After bytes of the server were lost, a pipelining client's queue may hold requests whose answers are gone. If the server has been ready and
    // silent for this long when the next request comes, it owes none.
    private const long SilenceMicroseconds = 100_000;

    private bool _isResponseAstray;
    private bool _hasGhosts;
    private long _lastReadyAt;

    /// <inheritdoc/>
    public override void RequestGap(long bytes, long atMicroseconds)
    {
        if (_phase == Phase.Over)
        {
            return;
        }

        _at = atMicroseconds;
        ReadDeferred();
        LeaveStartup();
        if (TryPassOverRequestGap(bytes))
        {
            return;
        }

        _request.Truncate((int)(_parsed - _requestBase));
        _passOver = 0;
        _isRequestLost = true;
        DamageOpenBatch();
        if (_copyIn is null && (_slots.Count == 0 || _slots[_slots.End - 1].Type != RequestSlot.Hole))
        {
            AddSlot(RequestSlot.Hole, 0, isCut: false, out _);
            _unassignedFrom = _slots.End;
        }

        FlushFinished(isTimed: true);
    }

    /// <inheritdoc/>
    public override void ResponseGap(long bytes, long atMicroseconds)
    {
        if (_phase == Phase.Over)
        {
            return;
        }

        _at = atMicroseconds;
        ReadDeferred();
        LeaveStartup();
        for (var n = _slots.Next; n < _slots.End; n++)
        {
            if (_slots[n].Exchange is { } exchange)
            {
                exchange.IsDamaged = true;
            }
        }

        if (!TryPassOverResponseGap(bytes))
        {
            _response.Clear();
            _passOverResponse = 0;
            _isResponseLost = true;
            _isResponseAstray = _hasGhosts = _slots.HasNext;
        }
    }

    /// <summary>Bytes of the login are missing: the session is as one that was joined later.</summary>
    private void LeaveStartup()
    {
        if (_phase is Phase.Startup or Phase.EncryptionAnswer)
        {
            _phase = Phase.Ready;
            _isJoining = true;
        }
    }

    /// <summary>A hole inside one long message leaves the boundaries known.</summary>
    private bool TryPassOverRequestGap(long bytes)
    {
        if (bytes <= 0)
        {
            return false;
        }

        if (_passOver == 0)
        {
            var held = Unparsed;
            if (held.Length < MessageKind.HeaderBytes)
            {
                return false;
            }

            var missing = BinaryPrimitives.ReadInt32BigEndian(held[1..]) + 1L - held.Length;
            if (bytes > missing)
            {
                return false;
            }

            OnRequestMessage(held[0], held, held.Length, isCut: true);
            _parsed += held.Length;
            _passOver = missing;
        }

        if (bytes > _passOver)
        {
            return false;
        }

        _passOver -= bytes;
        if (_slots.Count > 0 && _slots[_slots.End - 1].Exchange is { } exchange)
        {
            exchange.IsRequestDamaged = true;
        }

        return true;
    }

    private bool TryPassOverResponseGap(long bytes)
    {
        if (bytes <= 0)
        {
            return false;
        }

        var held = _response.Unread;
        if (_passOverResponse == 0 && held.Length >= MessageKind.HeaderBytes && held[0] is BackendMessages.DataRow or BackendMessages.CopyData)
        {
            var missing = BinaryPrimitives.ReadInt32BigEndian(held[1..]) + 1L - held.Length;
            if (bytes <= missing)
            {
                OnPassedOver(held[0], held.Length);
                _response.Clear();
                _passOverResponse = missing;
            }
        }

        if (bytes > _passOverResponse)
        {
            return false;
        }

        _passOverResponse -= bytes;
        return true;
    }

    private void DamageOpenBatch()
    {
        if (!_isExplicit)
        {
            GroupLeftovers(_slots.End);
        }

        for (var n = _slots.Next; n < _slots.End; n++)
        {
            if (_slots[n].Exchange is { } exchange && (exchange == _copyIn || (_batchIsOpen && exchange.Batch == _batch)))
            {
                exchange.IsRequestDamaged = true;
            }
        }

        if (_batchLast is { } last)
        {
            last.IsRequestDamaged = true;
            Seal(last);
            _batchLast = null;
        }

        _batchIsOpen = false;
    }

    /// <summary>A message while responses cannot be matched: only ReadyForQuery counts.</summary>
    private void OnAstray(byte type, ReadOnlySpan<byte> payload)
    {
        if (type != BackendMessages.ReadyForQuery || !ReadyForQuery.TryParse(payload, out var state))
        {
            return;
        }

        _lastReadyAt = _at;
        _isSkipping = false;
        UndoSkipped();
        _isResponseAstray = false;
        while (_slots.HasNext && _slots[_slots.Next].Type != RequestSlot.Hole)
        {
            ref var slot = ref _slots[_slots.Next];
            var endsBatch = slot.Type is FrontendMessages.Query or FrontendMessages.FunctionCall or FrontendMessages.Sync && slot.State == SlotState.Waiting;
            if (slot.Exchange is { } exchange)
            {
                exchange.IsDamaged = true;
                exchange.EndedAt = _at;
                exchange.TransactionState = endsBatch ? state : exchange.TransactionState;
            }

            if (slot.State == SlotState.Waiting)
            {
                CompleteSlot();
            }
            else
            {
                PassSilentSlots();
            }

            if (endsBatch)
            {
                break;
            }
        }

        _hasGhosts &= _slots.HasNext;
    }

    /// <summary>Before a new request: the client has no open question any more that was asked before the hole.</summary>
    private void DropGhosts()
    {
        if (!_slots.HasNext)
        {
            return;
        }

        if (_slots[_slots.Next].Type == RequestSlot.Hole)
        {
            CompleteSlot();
            _isResponseAstray = false;
        }
        else if (_hasGhosts && !_batchIsOpen && (_openExchanges <= 1 || (!_isResponseLost && _at - _lastReadyAt > SilenceMicroseconds)))
        {
            AbandonAll();
            _hasGhosts = _isResponseAstray = false;
        }
    }

    /// <summary>What waits is handed out as it is: its responses will not come, or cannot be told.</summary>
    private void AbandonAll()
    {
        if (!_isExplicit)
        {
            GroupLeftovers(_slots.End);
        }

        for (var n = _slots.Oldest; n < _slots.End; n++)
        {
            ref var slot = ref _slots[n];
            if (slot.Exchange is { IsFinished: false } exchange)
            {
                Finish(exchange, isComplete: exchange.HasEnded);
            }
        }

        FlushFinished(isTimed: true);
        for (var n = _slots.Oldest; n < _slots.End; n++)
        {
            ReleaseSlot(ref _slots[n]);
        }

        _slots.Next = _slots.End;
        _batchLast = null;
        _batchIsOpen = _isSkipping = false;
        UndoSkipped();
        _unassignedFrom = _slots.End;
    }

    private void LoseResponse(ProtocolFault fault)
    {
        EmitFault(fault, isRequest: false, _at);
        ResponseGap(0, _at);
    }
}
