using System.Buffers.Binary;
using Replay.Protocol.Buffers;

namespace Replay.Protocol.PostgreSql;

/// <content>The server's half as frames: read where they lie; only a message that is not whole is buffered, and none that is too long for it.</content>
public sealed partial class PostgresConversation
{
    private readonly MessageBuffer _response;
    private long _passOverResponse;
    private long _partialSince;
    private long _messageFirstAt;
    private bool _isResponseLost;

    private void ReadResponse(ReadOnlySpan<byte> bytes)
    {
        _endedInSegment = false;
        if (_phase is Phase.Startup or Phase.EncryptionAnswer)
        {
            OnEarlyResponse(ref bytes);
        }

        if (_passOverResponse > 0)
        {
            var passed = (int)Math.Min(_passOverResponse, bytes.Length);
            _passOverResponse -= passed;
            bytes = bytes[passed..];
            CountResponse(passed);
        }

        if (_isResponseLost && !bytes.IsEmpty && !FindResponse(ref bytes))
        {
            return;
        }

        if (_response.IsEmpty)
        {
            bytes = bytes[ReadMessages(bytes)..];
            if (!bytes.IsEmpty && _phase != Phase.Over && !_isResponseLost)
            {
                _response.TryAppend(bytes);
                _partialSince = _at;
                _somethingFollowed = true;
            }
        }
        else
        {
            ReadBuffered(bytes);
        }

        if (_endedInSegment)
        {
            _lastEndedAt = _at;
        }
    }

    /// <summary>A message's beginning is in the buffer. Only as much is added as completes it; the rest is read where it lies.</summary>
    private void ReadBuffered(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !_response.IsEmpty && _phase != Phase.Over)
        {
            var held = _response.Unread;
            var wanted = held.Length < MessageKind.HeaderBytes
                ? MessageKind.HeaderBytes - held.Length
                : BinaryPrimitives.ReadInt32BigEndian(held[1..]) + 1 - held.Length;
            var taken = Math.Min(wanted, bytes.Length);
            _response.TryAppend(bytes[..taken]);
            bytes = bytes[taken..];
            var since = _partialSince;
            var used = ReadMessages(_response.Unread);
            if (_response.Length > 0)
            {
                _response.Consume(used);
            }

            _partialSince = since;
        }

        if (!bytes.IsEmpty && _phase != Phase.Over)
        {
            if (_passOverResponse > 0)
            {
                var passed = (int)Math.Min(_passOverResponse, bytes.Length);
                _passOverResponse -= passed;
                bytes = bytes[passed..];
                CountResponse(passed);
            }

            bytes = bytes[ReadMessages(bytes)..];
            if (!bytes.IsEmpty && _phase != Phase.Over && !_isResponseLost)
            {
                _response.TryAppend(bytes);
                _partialSince = _at;
                _somethingFollowed = true;
            }
        }
    }

    /// <summary>Reads whole messages; returns the bytes used. The rest is the beginning of one.</summary>
    private int ReadMessages(ReadOnlySpan<byte> bytes)
    {
        var used = 0;
        while (bytes.Length - used >= MessageKind.HeaderBytes && _phase != Phase.Over)
        {
            var message = bytes[used..];
            var type = message[0];
            var length = BinaryPrimitives.ReadInt32BigEndian(message[1..]);
            if (!BackendMessages.IsPossible(type, length))
            {
                LoseResponse(ProtocolFault.BadFraming);
                return bytes.Length;
            }

            _messageFirstAt = _response.IsEmpty ? _at : _partialSince;
            var total = length + 1;
            if (message.Length >= total)
            {
                OnResponseMessage(type, message[MessageKind.HeaderBytes..total], total);
                used += total;
                continue;
            }

            if (type == BackendMessages.CopyData || total > Limits.MaxMessageBytes)
            {
                OnPassedOver(type, message.Length);
                _passOverResponse = total - message.Length;
                used = bytes.Length;
            }

            break;
        }

        return used;
    }

    private void CountResponse(int bytes)
    {
        if (_slots.HasNext && _slots[_slots.Next].Exchange is { } exchange)
        {
            exchange.ResponseBytes += bytes;
            exchange.EndedAt = _at;
        }
    }

    private void OnEarlyResponse(ref ReadOnlySpan<byte> bytes)
    {
        if (_phase == Phase.EncryptionAnswer && bytes[0] != BackendMessages.ErrorResponse)
        {
            OnEncryptionAnswer(bytes[0]);
            bytes = bytes[1..];
            return;
        }

        // A server too old for the question, or too busy for the client, answers with an error; then the login is over before it began.
        BeginLogin();
    }

    private bool FindResponse(ref ReadOnlySpan<byte> bytes)
    {
        if (BackendProbe.IsMessageStart(bytes))
        {
            _isResponseLost = false;
            return true;
        }

        if (BackendProbe.EndsWithReadyForQuery(bytes))
        {
            bytes = bytes[^6..];
            _isResponseLost = false;
            return true;
        }

        return false;
    }
}
