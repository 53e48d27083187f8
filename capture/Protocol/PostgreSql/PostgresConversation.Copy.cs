using Replay.Workload;

namespace Replay.Protocol.PostgreSql;

/// <content>COPY: the client's data, and the Syncs that the server passes over while it reads them.</content>
public sealed partial class PostgresConversation
{
    /// <summary>The exchange whose COPY data the server reads now; null if there is none, or the client has ended them.</summary>
    private PendingExchange? _copyIn;

    /// <summary>The last Query or Execute sent: COPY data that come early are its.</summary>
    private PendingExchange? _copyCandidate;

    /// <summary>COPY both ways (replication) is endless and never replayed: its data are not kept.</summary>
    private bool KeepsCopyData => !Facts.Replication;

    private void OnCopyMessage(byte type, int length, bool isCut)
    {
        var exchange = _copyIn ?? _copyCandidate;
        if (type != FrontendMessages.CopyData)
        {
            _copyIn = null;
        }

        if (type == FrontendMessages.CopyData && exchange is not null && _slots.End > _slots.Oldest)
        {
            // One slot for a run of data: a COPY has millions.
            ref var last = ref _slots[_slots.End - 1];
            if (last.Type == FrontendMessages.CopyData && last.Exchange == exchange && last.Offset + last.Length == _parsed)
            {
                last.Length += length;
                exchange.Flags |= ExchangeFlags.CopyIn | (isCut ? ExchangeFlags.RequestTruncated : 0);
                return;
            }
        }

        ref var slot = ref AddSlot(type, length, isCut, out var number);
        if (exchange is null)
        {
            // The server ended the COPY by an error already, and drops these as we do.
            slot.State = SlotState.Released;
        }
        else
        {
            exchange.Flags |= ExchangeFlags.CopyIn;
            Join(ref slot, number, exchange, counts: false);
        }

        PassSilentSlots();
    }

    /// <summary>
    /// CopyInResponse. In the extended protocol the server passes over every Sync until the data end
    /// (<see href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY"/>), and libpq, which has sent one, sends another behind the data.
    /// </summary>
    private void OnCopyIn(PendingExchange exchange)
    {
        exchange.Flags |= ExchangeFlags.CopyIn;
        for (var n = _slots.Next + 1; n < _slots.End; n++)
        {
            ref var slot = ref _slots[n];
            switch (slot.Type)
            {
                case FrontendMessages.CopyDone or FrontendMessages.CopyFail:
                    return;
                case FrontendMessages.Sync when slot.State == SlotState.Waiting:
                    PassOverSync(ref slot);
                    break;
            }
        }

        _copyIn = exchange;
    }

    private void PassOverSync(ref RequestSlot slot)
    {
        slot.State = SlotState.Done;
        if (slot.Exchange is { } exchange)
        {
            exchange.OpenSlots--;
            exchange.Flags &= ~ExchangeFlags.EndsBatch;
            if (!_isExplicit && _batchLast is null && _unassignedFrom == _slots.End)
            {
                // The batch goes on behind the data.
                exchange.IsSealed = false;
                _batchLast = exchange;
                _batch = exchange.Batch;
                _batchIsOpen = true;
            }
        }
    }
}
