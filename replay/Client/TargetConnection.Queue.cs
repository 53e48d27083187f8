using Replay.Protocol;
using Replay.Protocol.Buffers;
using Replay.Workload;

namespace Replay.Client;

/// <content>What was sent and waits, under the lock; what is done and goes to the receiver, outside it.</content>
public abstract partial class TargetConnection
{
    private const long OwnTag = long.MinValue;

    // More finished exchanges than this at once are rare; the objects beyond are left to the collector.
    private const int MaxFreeHolders = 64;

    private const int KeepEncodedBytes = 64 << 10;

    private readonly Ring<long> _tags = new();
    private readonly Ring<OwnQuery> _ownQueries = new();
    private readonly Ring<ExchangeHolder> _done = new();
    private readonly Ring<ExchangeHolder> _free = new();
    private readonly Ring<HeldPiece> _held = new();
    private readonly MessageBuffer _heldBytes = new(int.MaxValue);
    private readonly ByteStore _encoded = new();
    private IQueryReader? _tap;
    private bool _delivering;
    private long _queued;
    private long _answered;

    private enum PieceKind : byte
    {
        /// <summary>A request's beginning.</summary>
        First,

        /// <summary>More of it, which may go when the server asks.</summary>
        Data,
    }

    private long HeldBytes => _heldBytes.Length;

    /// <inheritdoc/>
    public void OnExchange(Conversation conversation, in Exchange exchange)
    {
        if (!_tags.TryDequeue(out var tag))
        {
            return;
        }

        _answered++;
        if (tag == OwnTag)
        {
            _ownQueries.TryDequeue(out var query);
            _tap = null;
            query.Finish();
            return;
        }

        if (!_free.TryDequeue(out var holder))
        {
            holder = new ExchangeHolder();
        }

        holder.Take(tag, exchange);
        _done.Enqueue(holder);
    }

    /// <summary>
    /// The request's bytes as this target wants them (ids and OIDs mapped), written to <paramref name="encoded"/>, or as they are if nothing is
    /// written. False with a problem in one line if it cannot be said to this target.
    /// </summary>
    protected abstract bool TryEncode(in RecordedRequest request, ByteStore encoded, out string? problem);

    /// <summary>
    /// How many of the bytes may go at once: up to the first that the server has to ask for. In what was held back it is
    /// called again at each demand (<paramref name="isData"/>) and gives the piece that answers it.
    /// </summary>
    protected abstract int NextPiece(Command command, ReadOnlySpan<byte> bytes, bool isData);

    /// <summary>Tells the conversation that the bytes to come are one exchange's.</summary>
    protected abstract void BeginRequest(Command command);

    /// <summary>Tells the conversation that the exchange's bytes have been fed, all that it will have or all up to the data that the server must ask for.</summary>
    protected abstract void EndRequest();

    /// <summary>Whether the server waits for data that the current exchange has to send.</summary>
    protected abstract bool WantsData { get; }

    /// <summary>The client's answer to a server that waits for data which the recording does not have; empty if the protocol has none.</summary>
    protected virtual ReadOnlySpan<byte> RefusalOfData => default;

    /// <summary>A text query's message.</summary>
    protected abstract Command EncodeQuery(string sql, ByteStore into);

    /// <summary>The message that makes the server forget what the session was given.</summary>
    protected abstract Command EncodeReset(ConnectionOptions options, ByteStore into);

    /// <summary>Reads a text query's response.</summary>
    protected abstract IQueryReader NewQueryReader();

    private bool TryQueue(in RecordedRequest request, long tag, out string? problem)
    {
        _encoded.Reset(KeepEncodedBytes);
        if (!TryEncode(request, _encoded, out problem))
        {
            return false;
        }

        Queue(request.Command, _encoded.Length == 0 ? request.Bytes : _encoded.Written, tag);
        return true;
    }

    private void QueueOwn(string sql, OwnQuery query)
    {
        _encoded.Reset(KeepEncodedBytes);
        var command = EncodeQuery(sql, _encoded);
        _ownQueries.Enqueue(query);
        _tap = query.Reader;
        Queue(command, _encoded.Written, OwnTag);
    }

    private void QueueText(string sql, long tag)
    {
        _encoded.Reset(KeepEncodedBytes);
        var command = EncodeQuery(sql, _encoded);
        Queue(command, _encoded.Written, tag);
    }

    private void Queue(Command command, ReadOnlySpan<byte> bytes, long tag)
    {
        var number = _queued++;
        var first = NextPiece(command, bytes, isData: false);
        if (_held.Count > 0)
        {
            Hold(new HeldPiece(PieceKind.First, command, tag, number, first), bytes[..first]);
        }
        else
        {
            SendFirst(command, bytes[..first], tag);
        }

        for (var rest = bytes[first..]; !rest.IsEmpty;)
        {
            var length = NextPiece(command, rest, isData: true);
            Hold(new HeldPiece(PieceKind.Data, command, tag, number, length), rest[..length]);
            rest = rest[length..];
        }

        SendHeld();
    }

    private void Hold(HeldPiece piece, ReadOnlySpan<byte> bytes)
    {
        _held.Enqueue(piece);
        _heldBytes.TryAppend(bytes);
    }

    private void SendFirst(Command command, ReadOnlySpan<byte> bytes, long tag)
    {
        _tags.Enqueue(tag);
        BeginRequest(command);
        Conversation.Request(bytes, UnixClock.NowMicroseconds);
        EndRequest();
        _transport!.Send(bytes);
    }

    /// <summary>Sends what was held back and may go now; drops data whose exchange ended without being asked for it.</summary>
    private void SendHeld()
    {
        while (_held.TryPeek(out var piece))
        {
            var bytes = _heldBytes.Unread[..piece.Length];
            if (piece.Kind == PieceKind.First)
            {
                RefuseData();
                SendFirst(piece.Command, bytes, piece.Tag);
            }
            else if (piece.Number >= _answered)
            {
                if (!WantsData)
                {
                    return;
                }

                Conversation.Request(bytes, UnixClock.NowMicroseconds);
                _transport!.Send(bytes);
            }

            _held.TryDequeue(out _);
            _heldBytes.Consume(piece.Length);
        }

        RefuseData();
    }

    private void RefuseData()
    {
        if (WantsData && RefusalOfData is { IsEmpty: false } refusal)
        {
            Conversation.Request(refusal, UnixClock.NowMicroseconds);
            _transport!.Send(refusal);
        }
    }

    private void Deliver()
    {
        lock (_gate)
        {
            if (_delivering)
            {
                // Whoever is at it (perhaps this very thread, further up) goes on until nothing is left.
                return;
            }

            _delivering = true;
        }

        while (true)
        {
            ExchangeHolder holder;
            lock (_gate)
            {
                if (!_done.TryDequeue(out holder))
                {
                    _delivering = false;
                    return;
                }
            }

            Deliver(holder);
            lock (_gate)
            {
                if (_free.Count < MaxFreeHolders)
                {
                    _free.Enqueue(holder);
                }
            }
        }
    }

    private void Deliver(ExchangeHolder holder)
    {
        if (holder.ClosedCode is { } code)
        {
            lock (_gate)
            {
                if (_receiver is null)
                {
                    _untoldEnd = (code, holder.ClosedMessage);
                    return;
                }
            }

            _receiver.OnClosed(this, code, holder.ClosedMessage);
            return;
        }

        var exchange = holder.ToExchange();
        _receiver?.OnExchange(this, holder.Tag, in exchange);
    }

    private void OnEnded(string code, string message)
    {
        lock (_gate)
        {
            _closed = true;
            var holder = new ExchangeHolder();
            holder.TakeClosed(code, message);
            _done.Enqueue(holder);
            while (_ownQueries.TryDequeue(out var query))
            {
                query.Fail(new TargetException(code, $"the connection ended during a query: {message}"));
            }
        }

        Deliver();
    }

    private readonly record struct HeldPiece(PieceKind Kind, Command Command, long Tag, long Number, int Length);
}
