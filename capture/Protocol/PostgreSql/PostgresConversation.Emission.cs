using Replay.Protocol.Buffers;
using Replay.Workload;

namespace Replay.Protocol.PostgreSql;

/// <content>
/// Exchanges on their way out. One that ended is held until the end of the segment, because only then is known whether its response was separately
/// visible: of several that end in one segment the last has times.
/// </content>
public sealed partial class PostgresConversation
{
    private const int MaxFreeExchanges = 64;

    private readonly ByteStore _scattered = new();
    private PendingExchange? _finished;
    private bool _finishedIsComplete;
    private bool _somethingFollowed;
    private bool _endedInSegment;
    private long _lastEndedAt;

    private void Finish(PendingExchange exchange, bool isComplete)
    {
        var isSkipped = exchange.HasSkipped && !exchange.HasError;
        FlushFinished(isTimed: isSkipped);
        if (isSkipped)
        {
            exchange.Flags |= ExchangeFlags.SkippedAfterError;
        }

        exchange.IsFinished = true;
        exchange.IsSealed = true;
        _openExchanges--;
        _finished = exchange;
        _finishedIsComplete = isComplete;
        _somethingFollowed = false;
        _endedInSegment |= exchange.ResponseBytes > 0;
        if (_copyCandidate == exchange)
        {
            _copyCandidate = null;
        }

        if (_copyIn == exchange)
        {
            _copyIn = null;
        }
    }

    /// <summary>Hands out the exchange that ended last, if there is one.</summary>
    private void FlushFinished(bool isTimed)
    {
        if (_finished is not { } finished)
        {
            return;
        }

        _finished = null;
        var exchange = Exchange.Empty;
        SetFlags(ref exchange, finished, isTimed);
        SetTimes(ref exchange, finished);
        SetOutcome(ref exchange, finished);
        SetRequest(ref exchange, finished);
        Emit(ref exchange);
        Recycle(finished);
    }

    private void SetFlags(ref Exchange exchange, PendingExchange from, bool isTimed)
    {
        var flags = from.Flags;
        var isRequestWhole = !from.IsRequestDamaged && (flags & ExchangeFlags.RequestTruncated) == 0;
        flags |= isRequestWhole ? ExchangeFlags.RequestComplete : 0;
        var isWhole = _finishedIsComplete && !from.IsDamaged && !from.IsRequestDamaged;
        flags |= isWhole ? ExchangeFlags.Complete : 0;
        var isVisible = (flags & ExchangeFlags.EndsBatch) != 0 || !_somethingFollowed;
        const ExchangeFlags HasNoTime = ExchangeFlags.SkippedAfterError | ExchangeFlags.NoResponse;
        flags |= isTimed && isVisible && isWhole && from.ResponseBytes > 0 && (flags & HasNoTime) == 0 ? ExchangeFlags.Timed : 0;
        exchange.Command = from.Command;
        exchange.Flags = flags;
        exchange.Batch = from.Batch;
        exchange.TransactionState = from.TransactionState;
    }

    private static void SetTimes(ref Exchange exchange, PendingExchange from)
    {
        exchange.RequestedAtMicroseconds = from.RequestedAt;
        exchange.StartedAtMicroseconds = Math.Max(from.RequestedAt, from.PredecessorEndedAt);
        exchange.EndedAtMicroseconds = Math.Max(exchange.StartedAtMicroseconds, from.EndedAt);
        exchange.FirstByteAtMicroseconds = Math.Clamp(from.FirstByteAt, exchange.StartedAtMicroseconds, exchange.EndedAtMicroseconds);
    }

    private void SetOutcome(ref Exchange exchange, PendingExchange from)
    {
        var result = from.Result;
        var wantsAll = from.Affected >= 0 && from.IsSingleStatement;
        exchange.Flags |= result.EndValues(wantsAll, Limits) ? ExchangeFlags.AllValues : 0;
        exchange.Flags |= result.Rows >= 0 && result.IsHashed && (exchange.Flags & ExchangeFlags.Complete) != 0 ? ExchangeFlags.Hashed : 0;
        exchange.Rows = result.Rows;
        exchange.Affected = from.Affected;
        exchange.Warnings = from.Warnings;
        exchange.ErrorCode = from.ErrorCode.Written;
        exchange.ErrorMessage = from.ErrorMessage.Written;
        exchange.Columns = from.Columns.Written;
        exchange.SetHash = result.SetHash;
        exchange.SequenceHash = result.SequenceHash;
        exchange.NormalSetHash = result.NormalSetHash;
        exchange.NormalSequenceHash = result.NormalSequenceHash;
        exchange.Flags |= from.Columns.Length > 0 && (exchange.Flags & ExchangeFlags.Hashed) != 0 ? ExchangeFlags.NormalHashed : 0;
        exchange.Flags |= result.HasOtherForm && (exchange.Flags & ExchangeFlags.Hashed) != 0 ? ExchangeFlags.OtherForm : 0;
        exchange.ColumnHashes = result.ColumnHashes;
        exchange.Values = result.Values;
        exchange.ResponseBytes = from.ResponseBytes;
    }

    private void SetRequest(ref Exchange exchange, PendingExchange from)
    {
        var statement = from.Statement;
        exchange.Text = statement is null ? default : statement.Text;
        exchange.ParameterTypes = statement is null ? default : statement.ParameterTypes;
        ref var first = ref _slots[from.FirstSlot];
        var offset = first.Offset;
        var length = 0;
        var isScattered = false;
        for (var n = from.FirstSlot; n <= from.LastSlot; n++)
        {
            ref var slot = ref _slots[n];
            if (slot.Exchange != from)
            {
                continue;
            }

            if (!isScattered && slot.Offset != offset + length)
            {
                isScattered = true;
                _scattered.Clear();
                _scattered.Append(RequestBytes(offset, length));
            }

            if (slot.Offset + slot.TextOffset == from.TextAt)
            {
                exchange.TextOffset = length + slot.TextOffset;
            }

            if (isScattered)
            {
                _scattered.Append(RequestBytes(slot.Offset, slot.Length));
            }

            length += slot.Length;
        }

        exchange.Request = isScattered ? _scattered.Written : RequestBytes(offset, length);
        if (from.TextAt >= 0)
        {
            exchange.Text = exchange.Request.Slice(exchange.TextOffset, from.TextLength);
        }
    }

    private void Recycle(PendingExchange exchange)
    {
        for (var n = exchange.FirstSlot; n <= exchange.LastSlot; n++)
        {
            ref var slot = ref _slots[n];
            if (slot.Exchange == exchange)
            {
                ReleaseSlot(ref slot);
            }
        }

        _statements.Release(exchange.Statement);
        exchange.Statement = null;
        if (_batchLast == exchange)
        {
            _batchLast = null;
        }

        if (_free.Count < MaxFreeExchanges)
        {
            _free.Push(exchange);
        }
    }

    private void ReleaseSlot(ref RequestSlot slot)
    {
        _statements.Release(slot.Statement);
        _statements.Release(slot.Before);
        slot.Statement = slot.Before = null;
        slot.Exchange = null;
        slot.State = SlotState.Released;
    }
}
