using Replay.Workload;

namespace Replay.Protocol.PostgreSql;

/// <content>Slots on their way: joined to exchanges, answered, passed over.</content>
public sealed partial class PostgresConversation
{
    // Of the messages that the server passes over: what they would have made or closed. The client's next messages still mean it, up to the Sync.
    private readonly Stack<(PostgresStatement? Added, PostgresStatement? Before)> _skippedStatements = new();

    // The server passes over everything up to the next Sync.
    private bool _isSkipping;

    private static bool IsSilent(byte type) =>
        type is FrontendMessages.Flush or FrontendMessages.CopyData or FrontendMessages.CopyDone or FrontendMessages.CopyFail or FrontendMessages.Terminate;

    private PendingExchange NewExchange(Command command, long slot)
    {
        if (!_free.TryPop(out var exchange))
        {
            exchange = new PendingExchange();
        }

        exchange.Begin(command, -1, slot);
        if (_openExchanges > 0)
        {
            exchange.Flags |= ExchangeFlags.Pipelined;
        }

        _openExchanges++;
        return exchange;
    }

    private void Join(ref RequestSlot slot, long number, PendingExchange exchange, bool counts)
    {
        slot.Exchange = exchange;
        exchange.FirstSlot = Math.Min(exchange.FirstSlot, number);
        exchange.LastSlot = Math.Max(exchange.LastSlot, number);
        exchange.Flags |= (slot.IsCut ? ExchangeFlags.RequestTruncated : 0) | (slot.IsMasked ? ExchangeFlags.Masked : 0);
        exchange.HasSkipped |= slot.State == SlotState.Skipped;
        if (counts)
        {
            // The Sync behind COPY data comes when the exchange has long begun.
            exchange.RequestedAt = (exchange.Flags & ExchangeFlags.CopyIn) != 0 ? exchange.RequestedAt : Math.Max(exchange.RequestedAt, slot.AtMicroseconds);
            exchange.OpenSlots += slot.State == SlotState.Waiting && !IsSilent(slot.Type) ? 1 : 0;
        }

        if (slot.TextOffset > 0)
        {
            exchange.TextAt = slot.Offset + slot.TextOffset;
            exchange.TextLength = slot.TextLength;
        }

        if (exchange.Statement is null && slot.Statement is not null)
        {
            exchange.Statement = slot.Statement;
            _statements.AddReference(slot.Statement);
        }
    }

    /// <summary>The first waiting slot has its whole response.</summary>
    private void CompleteSlot()
    {
        ref var slot = ref _slots[_slots.Next];
        slot.State = slot.Exchange is null && slot.Type is RequestSlot.Login or RequestSlot.Hole ? SlotState.Released : SlotState.Done;
        slot.EndedAtMicroseconds = _at;
        var exchange = slot.Exchange;
        _slots.Next++;
        if (exchange is not null)
        {
            exchange.OpenSlots--;
            EndIfDone(exchange);
        }

        PassSilentSlots();
    }

    /// <summary>Goes by the slots that need no answer.</summary>
    private void PassSilentSlots()
    {
        while (_slots.HasNext)
        {
            ref var slot = ref _slots[_slots.Next];
            if (slot.State == SlotState.Waiting && IsSilent(slot.Type))
            {
                slot.State = SlotState.Done;
            }

            if (slot.State == SlotState.Waiting)
            {
                return;
            }

            _slots.Next++;
            if (slot.Exchange is { } exchange)
            {
                EndIfDone(exchange);
            }
        }
    }

    /// <summary>After an error: what waits before the next Sync gets no answer any more.</summary>
    private void SkipWaiting()
    {
        while (_slots.HasNext)
        {
            ref var slot = ref _slots[_slots.Next];
            if (slot.Type is FrontendMessages.Sync or FrontendMessages.Terminate or RequestSlot.Hole && slot.State == SlotState.Waiting)
            {
                UndoSkipped();
                return;
            }

            if (slot.State == SlotState.Waiting && !IsSilent(slot.Type))
            {
                slot.State = SlotState.Skipped;
                NoteSkipped(ref slot);
                if (slot.Exchange is { } skipped)
                {
                    skipped.HasSkipped = true;
                    skipped.OpenSlots--;
                }
            }

            _slots.Next++;
            if (slot.Exchange is { } exchange)
            {
                EndIfDone(exchange);
            }
        }
    }

    /// <summary>A Parse that made no statement, a Close that closed none: undone when the Sync comes.</summary>
    private void NoteSkipped(ref RequestSlot slot)
    {
        if (slot.Type != FrontendMessages.Parse && slot.Before is null)
        {
            return;
        }

        if (_skippedStatements.Count >= Limits.MaxPreparedStatements)
        {
            UndoSkipped(); // a client that never sends the Sync
        }

        var added = slot.Type == FrontendMessages.Parse ? slot.Statement : null;
        _statements.AddReference(added);
        _skippedStatements.Push((added, slot.Before));
        slot.Before = null;
    }

    /// <summary>The last first, as one may have taken the name of another.</summary>
    private void UndoSkipped()
    {
        while (_skippedStatements.TryPop(out var skipped))
        {
            _statements.Undo(skipped.Added, skipped.Before);
            _statements.Release(skipped.Added);
        }
    }

    private void Seal(PendingExchange exchange)
    {
        if (!exchange.IsSealed)
        {
            exchange.IsSealed = true;
            EndIfDone(exchange);
        }

        if (_batchLast == exchange && exchange.IsFinished)
        {
            _batchLast = null;
        }
    }

    private void EndIfDone(PendingExchange exchange)
    {
        if (exchange.OpenSlots > 0 || exchange.LastSlot >= _slots.Next || exchange.IsFinished)
        {
            return;
        }

        if (!exchange.HasEnded)
        {
            exchange.HasEnded = true;
            exchange.PredecessorEndedAt = _lastEndedAt;
        }

        if (exchange.IsSealed)
        {
            Finish(exchange, isComplete: true);
        }
    }
}
