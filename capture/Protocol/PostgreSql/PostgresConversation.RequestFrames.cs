using System.Buffers.Binary;
using Replay.Protocol.Buffers;

namespace Replay.Protocol.PostgreSql;

/// <content>The client's half as frames: whole messages out of segments, what is too long or not to be kept passed over.</content>
public sealed partial class PostgresConversation
{
    private const int RequestSlackBytes = 64 << 10;

    // Bytes of the client from the oldest slot still needed on; _requestBase is the number of the first, _parsed of the first not yet read.
    private readonly MessageBuffer _request;
    private long _requestBase;
    private long _parsed;
    private long _passOver;
    private long _at;
    private bool _isRequestLost;
    private bool _isJoining;

    private void ReadRequest(ReadOnlySpan<byte> bytes)
    {
        if (_passOver > 0)
        {
            var passed = (int)Math.Min(_passOver, bytes.Length);
            _passOver -= passed;
            bytes = bytes[passed..];
        }

        if (_isRequestLost && !bytes.IsEmpty)
        {
            if (!FrontendProbe.IsMessageStart(bytes, WantsCopyData))
            {
                return;
            }

            _isRequestLost = false;
        }

        if (!_request.TryAppend(bytes))
        {
            Fail(ProtocolFault.OverLimit, isRequest: true);
            return;
        }

        while (_phase != Phase.Over && ReadRequestMessage())
        {
        }
    }

    private ReadOnlySpan<byte> Unparsed => _request.Unread[(int)(_parsed - _requestBase)..];

    private bool ReadRequestMessage()
    {
        if (_phase is Phase.Startup or Phase.EncryptionAnswer)
        {
            return _phase == Phase.Startup && ReadStartup();
        }

        var bytes = Unparsed;
        if (bytes.Length < MessageKind.HeaderBytes)
        {
            return false;
        }

        var type = bytes[0];
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes[1..]);
        if (!FrontendMessages.IsPossible(type, length))
        {
            LoseRequest(ProtocolFault.BadFraming);
            return false;
        }

        var total = length + 1;
        if (type == FrontendMessages.Authentication)
        {
            return PassOverRequest(total);
        }

        var isOverBound = _parsed - _requestBase + total > Limits.MaxRequestBytes;
        if (type == FrontendMessages.CopyData && (isOverBound || !KeepsCopyData))
        {
            return DropCopyData(total);
        }

        if (bytes.Length >= total)
        {
            OnRequestMessage(type, bytes[..total], total, isCut: false);
            _parsed += total;
            return true;
        }

        // Longer than what is kept: its beginning stays, the rest goes by.
        if (isOverBound)
        {
            var have = bytes.Length;
            OnRequestMessage(type, bytes, have, isCut: true);
            _parsed += have;
            _passOver = total - have;
        }

        return false;
    }

    /// <summary>Notes a CopyData whose bytes are not kept.</summary>
    private bool DropCopyData(int total)
    {
        var have = Math.Min(total, Unparsed.Length);
        OnRequestMessage(FrontendMessages.CopyData, default, 0, isCut: true);
        if (_phase == Phase.Over)
        {
            return false;
        }

        _request.Remove((int)(_parsed - _requestBase), have);
        _passOver = total - have;
        return _passOver == 0;
    }

    /// <summary>Drops a message that is not to be kept; what has not come of it yet is dropped as it comes.</summary>
    private bool PassOverRequest(int total)
    {
        var have = Math.Min(total, Unparsed.Length);
        _passOver = total - have;
        if (_parsed == _requestBase)
        {
            _request.Consume(have);
            _requestBase += have;
            _parsed += have;
        }
        else
        {
            // Only a client that sends requests before its login is done gets here: the bytes are overwritten, then go with their neighbours.
            _request.UnreadMutable.Slice((int)(_parsed - _requestBase), have).Clear();
            _parsed += have;
        }

        return _passOver == 0;
    }

    /// <summary>Gives back the bytes that no slot needs any more.</summary>
    private void ReleaseRequestBytes()
    {
        _slots.Trim();
        if (_phase == Phase.Over)
        {
            return;
        }

        var needed = _slots.Count == 0 ? _parsed : _slots[_slots.Oldest].Offset;
        if (needed > _requestBase)
        {
            _request.Consume((int)(needed - _requestBase));
            _requestBase = needed;
        }
    }

    private Span<byte> RequestBytes(long offset, int length) => _request.UnreadMutable.Slice((int)(offset - _requestBase), length);

    /// <summary>The client's bytes make no sense here: what was read so far stands, the rest waits for a message's beginning.</summary>
    private void LoseRequest(ProtocolFault fault)
    {
        EmitFault(fault, isRequest: true, _at);
        RequestGap(0, _at);
    }
}
