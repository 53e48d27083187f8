using Replay.Protocol.MySql.Messages;

namespace Replay.Protocol.MySql;

/// <content>Missing bytes, and where decoding goes on behind them.</content>
public sealed partial class MySqlConversation
{
    /// <inheritdoc/>
    public override void RequestGap(long bytes, long atMicroseconds)
    {
        if (_phase == Phase.Ignoring)
        {
            return;
        }

        var partial = _requestPackets.Partial;
        if (_requestFrames is null && _phase == Phase.Commands)
        {
            // A request that the gap cuts short is an exchange all the same: its response will come.
            var isRequest = partial.Length > MySqlPacket.HeaderBytes && partial[3] == 0 && !_sendingFile;
            if (!isRequest && _queue.Count > 0 && _sendingFile)
            {
                _queue.Head.Flags &= ~Workload.ExchangeFlags.RequestComplete;
            }
            else if (isRequest && bytes > 0 && _requestPackets.TryPassGap(bytes))
            {
                return;
            }
            else if (isRequest)
            {
                Enqueue(new MySqlPacket { Raw = partial, Count = 1, IsTruncated = true, WireBytes = partial.Length }, atMicroseconds);
            }
        }

        LoseSync(isRequest: true);
    }

    /// <inheritdoc/>
    public override void ResponseGap(long bytes, long atMicroseconds)
    {
        if (_phase == Phase.Ignoring)
        {
            return;
        }

        _hadGap = true;
        if (_queue.Count > 0)
        {
            _queue.Head.IsDamaged = true;
        }

        if (_responseFrames is null && _phase == Phase.Commands && _responsePackets.TryPassGap(bytes))
        {
            return;
        }

        LoseSync(isRequest: false);
    }

    private void LoseSync(bool isRequest)
    {
        _hadGap = true;
        if (isRequest)
        {
            _requestPackets.Reset();
            _requestFrames?.Reset();
            _requestLost = true;
            _sendingFile = false;
            return;
        }

        _responsePackets.Reset();
        _responseFrames?.Reset();
        _responseLost = true;
        for (var i = 0; i < _queue.Count; i++)
        {
            _queue[i].IsDamaged = true;
        }
    }

    /// <summary>Whether the client's half can go on with this segment.</summary>
    private bool TryFindRequest(ReadOnlySpan<byte> segment)
    {
        if (_phase is Phase.Greeted or Phase.Authenticating || (_phase == Phase.MidStream && IsLogin(segment)))
        {
            _requestLost = false;
            return true;
        }

        var isCompressed = _requestFrames is not null || (!_traits.IsKnown && CompressedFrames.BeginsCommand(segment));
        if (isCompressed ? !CompressedFrames.BeginsCommand(segment) : !CommandByte.Begins(segment))
        {
            return false;
        }

        if (isCompressed)
        {
            _requestFrames ??= new CompressedFrames();
            _responseFrames ??= new CompressedFrames();
        }

        _requestLost = false;
        if (_phase is Phase.MidStream or Phase.Greeting)
        {
            _phase = Phase.Commands;
            _responseLost = true;
            Facts.LoggedIn = true;
            EmitFacts();
        }

        return true;
    }

    private static bool IsLogin(ReadOnlySpan<byte> segment)
    {
        if (segment.Length < MySqlPacket.HeaderBytes + 4 || segment[3] != 1)
        {
            return false;
        }

        var payload = segment[MySqlPacket.HeaderBytes..];
        var length = segment[0] | (segment[1] << 8) | (segment[2] << 16);
        return length == payload.Length && (SslRequest.Is(payload)
            || (payload.Length > SslRequest.Length && HandshakeResponse41.TryParse(payload, out var login)
                && (login.Capabilities & MySqlCapabilities.Protocol41) != 0 && login.IsWhole && payload.Slice(9, 19).IndexOfAnyExcept((byte)0) < 0));
    }

    /// <summary>Whether the server's half can go on with this segment.</summary>
    private bool TryFindResponse(ReadOnlySpan<byte> segment, long at)
    {
        if (segment.Length <= MySqlPacket.HeaderBytes)
        {
            return false;
        }

        var length = segment[0] | (segment[1] << 8) | (segment[2] << 16);
        if (_phase == Phase.MidStream)
        {
            // A capture without the TCP handshake that has the greeting all the same.
            if (segment[3] != 0 || length + MySqlPacket.HeaderBytes != segment.Length || !HandshakeV10.TryParse(segment[MySqlPacket.HeaderBytes..], out _))
            {
                return false;
            }

            Greeting(segment[MySqlPacket.HeaderBytes..], at);
            _responseLost = false;
            return false;
        }

        if (_phase is Phase.Authenticating or Phase.Greeted)
        {
            _responseLost = false;
            return true;
        }

        if (_queue.Count == 0 || _queue.Head.IsDamaged)
        {
            _lastResponseAt = at;
            return false;
        }

        var isFound = _responseFrames is not null || (length > 0 && segment[3] == _queue.Head.NextSequence && GoesOn(segment, length));
        _responseLost = !isFound;
        return isFound;
    }

    private static bool GoesOn(ReadOnlySpan<byte> segment, int length)
    {
        var next = MySqlPacket.HeaderBytes + length;
        return next >= segment.Length || next + MySqlPacket.HeaderBytes > segment.Length || segment[next + 3] == (byte)(segment[3] + 1) || segment[next + 3] == 1;
    }
}
