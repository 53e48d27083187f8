using Replay.Protocol.MySql.Messages;
using Replay.Workload;

namespace Replay.Protocol.MySql;

/// <content>The client's half after login.</content>
public sealed partial class MySqlConversation
{
    private void CommandPacket(in MySqlPacket packet, long at)
    {
        if (_sendingFile || packet.Sequence != 0)
        {
            ClientData(packet, at);
            return;
        }

        // A client that does not pipeline has had its response: what is still open was cut by a gap or ends without a mark.
        if (_queue.Count > 0 && _headBegun && _response.EndsUnlessEofFollows)
        {
            _traits.DeprecateEof = true;
            EndHead(0, isComplete: true, _lastResponseAt);
        }

        if (_responseLost && _queue.Count > 0 && _queue.Head.IsDamaged)
        {
            FlushPending();
        }

        Enqueue(packet, at);
    }

    /// <summary>Packets with a sequence number other than 0 carry on an exchange: a file's data, or authentication after COM_CHANGE_USER.</summary>
    private void ClientData(in MySqlPacket packet, long at)
    {
        if (_queue.Count == 0)
        {
            return; // the rest of a login whose end was missed, or of a command before the gap
        }

        ref var head = ref _queue.Head;
        _nextSequence = (byte)(packet.Sequence + packet.Count);
        if (head.Command == Command.MySqlQuery && _queue.Count == 1)
        {
            head.Flags |= ExchangeFlags.CopyIn;
            if (head.Length + packet.Raw.Length > Limits.MaxRequestBytes || packet.IsTruncated)
            {
                head.Flags = (head.Flags | ExchangeFlags.RequestTruncated) & ~ExchangeFlags.RequestComplete;
            }
            else
            {
                _queue.AppendToTail(packet.Raw);
            }

            _sendingFile = packet.PayloadLength > 0;
        }
        else if (head.Command == Command.MySqlChangeUser)
        {
            _authentication?.Clear();
        }
        else
        {
            EmitFault(ProtocolFault.UnexpectedMessage, isRequest: true, at);
        }
    }

    private void Enqueue(in MySqlPacket packet, long at)
    {
        var payload = packet.FirstPayload;
        if (payload.IsEmpty)
        {
            EmitFault(ProtocolFault.BadMessage, isRequest: true, at);
            return;
        }

        if (_queue.Count >= Limits.MaxPendingRequests)
        {
            Abandon(ProtocolFault.OverLimit, isRequest: true, at);
            return;
        }

        var isKept = _queue.Capacity + packet.Raw.Length <= (long)Limits.MaxRequestBytes * MaxLogRatio;
        var kept = isKept ? packet.Raw : packet.Raw[..Math.Min(packet.Raw.Length, 1 << 12)];
        var isPipelined = _queue.Count > 0;
        ref var request = ref _queue.Add(kept);
        request.Command = CommandByte.ToCommand(payload[0]);
        request.RequestedAtMicroseconds = at;
        request.NextSequence = (byte)(packet.Sequence + packet.Count);
        request.Flags = isKept && !packet.IsTruncated ? ExchangeFlags.RequestComplete : ExchangeFlags.RequestTruncated;
        request.Flags |= isPipelined ? ExchangeFlags.Pipelined : ExchangeFlags.None;
        ReadCommand(ref request, packet, isKept);
        if (CommandByte.HasNoResponse(request.Command))
        {
            request.Flags |= ExchangeFlags.NoResponse;
            if (_queue.Count == 1)
            {
                EndHead(0, isComplete: true, at);
            }
        }
        else if (request.Command is Command.MySqlBinlogDump or Command.MySqlBinlogDumpGtid || payload[0] == CommandByte.Clone)
        {
            FlushPending();
            Facts.Replication = true;
            _phase = Phase.Ignoring;
            EmitFacts();
        }
    }

    private void ReadCommand(ref PendingRequest request, in MySqlPacket packet, bool isKept)
    {
        var payload = packet.FirstPayload;
        if (CommandByte.NamesStatement(request.Command) && payload.Length >= 5)
        {
            request.NamesStatement = true;
            request.StatementId = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(payload[1..]);
        }

        switch (request.Command)
        {
            case Command.MySqlQuery when ComQuery.TryParse(payload, _traits.QueryAttributes, out var query):
                SetText(ref request, packet, query.TextOffset, isKept);
                break;
            case Command.MySqlStatementPrepare:
                SetText(ref request, packet, 1, isKept);
                break;
            case Command.MySqlChangeUser when ComChangeUser.TryParse(payload, _traits.Capabilities, out var change):
                _queue.MutableBytes(request).Slice(MySqlPacket.HeaderBytes + change.AuthenticationOffset, change.AuthenticationLength).Clear();
                request.Flags |= ExchangeFlags.Masked;
                break;
            case Command.MySqlChangeUser:
                // Where the authentication data lies is not known: nothing of it may stay.
                _queue.MutableBytes(request)[(MySqlPacket.HeaderBytes + 1)..].Clear();
                request.Flags = (request.Flags | ExchangeFlags.Masked) & ~ExchangeFlags.RequestComplete;
                break;
        }
    }

    private void SetText(ref PendingRequest request, in MySqlPacket packet, int offset, bool isKept)
    {
        if (packet.Count > 1 && isKept)
        {
            request.JoinedText = _requestPackets.Join(packet)[offset..].ToArray();
            if (SecretMask.Apply(request.JoinedText, backslashEscapes: true))
            {
                _queue.MutableBytes(request)[(MySqlPacket.HeaderBytes + 1)..].Fill((byte)'*');
                request.Flags |= ExchangeFlags.Masked;
            }

            return;
        }

        request.TextOffset = MySqlPacket.HeaderBytes + offset;
        request.TextLength = request.Length - request.TextOffset;
        if (SecretMask.Apply(_queue.MutableBytes(request)[request.TextOffset..], backslashEscapes: true))
        {
            request.Flags |= ExchangeFlags.Masked;
        }
    }

    private ReadOnlySpan<byte> TextOf(scoped in PendingRequest request) =>
        request.JoinedText is { } joined ? joined
        : request.TextOffset < 0 ? default
        : _queue.Bytes(request).Slice(request.TextOffset, request.TextLength);
}
