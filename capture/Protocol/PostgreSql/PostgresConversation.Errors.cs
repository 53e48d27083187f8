using Replay.Protocol.PostgreSql.Messages;
using Replay.Workload;

namespace Replay.Protocol.PostgreSql;

/// <content>ErrorResponse, and what it does to the messages behind it.</content>
public sealed partial class PostgresConversation
{
    private void OnError(ReadOnlySpan<byte> payload)
    {
        if (!ErrorMessage.TryParse(payload, out var error))
        {
            OnUnexpected(BackendMessages.ErrorResponse, payload);
            return;
        }

        _copyIn = null;
        ref var slot = ref _slots[_slots.Next];
        var exchange = slot.Exchange;
        if (exchange is null || (slot.Type == FrontendMessages.Parse && exchange.Command == Command.Execute && !_isExplicit))
        {
            exchange = TakeOut(ref slot, _slots.Next);
        }

        exchange.SetError(error, MaxErrorMessageBytes);
        if (error.IsFatal)
        {
            EndByFatal(exchange);
            return;
        }

        if (slot.Type is FrontendMessages.Query or FrontendMessages.FunctionCall or FrontendMessages.Sync)
        {
            // Their ReadyForQuery follows.
            return;
        }

        NoteSkipped(ref slot);
        _isSkipping = true;
        CompleteSlot();
        SkipWaiting();
        PassSilentSlots();
    }

    /// <summary>A message that failed before, or although, it was to serve an Execute: an exchange of its own.</summary>
    private PendingExchange TakeOut(ref RequestSlot slot, long number)
    {
        var before = slot.Exchange;
        var exchange = NewExchange(CommandOf(slot.Type), number);
        exchange.Flags = before is null ? exchange.Flags : before.Flags & ExchangeFlags.Pipelined;
        exchange.Batch = before?.Batch ?? CurrentBatch();
        if (before is not null)
        {
            before.OpenSlots--;
            before.TextAt = -1;
            before.Flags |= ExchangeFlags.Pipelined;
            exchange.FirstByteAt = slot.FirstByteAtMicroseconds;
            exchange.EndedAt = _at;
            exchange.ResponseBytes = before.ResponseBytes;
            before.ResponseBytes = 0;
            before.FirstByteAt = 0;
        }
        else
        {
            exchange.FirstByteAt = slot.FirstByteAtMicroseconds;
            exchange.EndedAt = _at;
            exchange.ResponseBytes = 1;
        }

        Join(ref slot, number, exchange, counts: true);
        if (before is not null && before.FirstSlot == number)
        {
            while (before.FirstSlot < before.LastSlot && _slots[before.FirstSlot].Exchange != before)
            {
                before.FirstSlot++;
            }
        }

        exchange.IsSealed = true;
        return exchange;
    }

    /// <summary>The server ends the session with this error: the exchange's response is whole, the others get none.</summary>
    private void EndByFatal(PendingExchange exchange)
    {
        for (var n = _slots.Next; n <= exchange.LastSlot; n++)
        {
            if (_slots[n].Exchange == exchange)
            {
                _slots[n].State = SlotState.Done;
            }
        }

        exchange.OpenSlots = 0;
        exchange.IsSealed = true;
        PassSilentSlots();
        if (!exchange.IsFinished)
        {
            Finish(exchange, isComplete: true);
        }
    }

    /// <summary>A response that no slot waits for.</summary>
    private void OnOrphan(byte type)
    {
        // An error that answers nothing ends an idle session (a shutdown, a timeout); notices may come at any time.
        var isFree = type is BackendMessages.ErrorResponse or BackendMessages.NoticeResponse;
        if (!isFree && !_isJoining && !_orphanTold)
        {
            _orphanTold = true;
            EmitFault(ProtocolFault.OrphanResponse, isRequest: false, _at);
        }
    }

    // One fault for a run of orphans; the next request ends it.
    private bool _orphanTold;

    /// <summary>A response that the first waiting slot cannot have: what follows belongs to nobody until a ReadyForQuery gives new hold.</summary>
    private void OnUnexpected(byte type, ReadOnlySpan<byte> payload)
    {
        if (!_isJoining)
        {
            EmitFault(ProtocolFault.UnexpectedMessage, isRequest: false, _at);
        }

        _isResponseAstray = true;
        OnAstray(type, payload);
    }
}
