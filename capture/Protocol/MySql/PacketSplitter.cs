using System.Runtime.CompilerServices;
using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql;

/// <summary>
/// Cuts one half of a connection into messages. A message that lies whole in a segment is handed out in place; only what is
/// cut by the segment's end is held.
/// </summary>
public sealed class PacketSplitter
{
    private readonly ByteStore _held = new();
    private readonly byte[] _header = new byte[MySqlPacket.HeaderBytes];
    private readonly int _maxBytes;
    private int _headerBytes;
    private int _payloadLeft;
    private int _payloadLength;
    private int _count;
    private long _wireBytes;
    private byte _sequence;
    private bool _truncated;
    private bool _handedOut;

    /// <summary>A splitter that holds at most <paramref name="maxBytes"/> of a message.</summary>
    public PacketSplitter(int maxBytes) => _maxBytes = maxBytes;

    /// <summary>Bytes of storage in use.</summary>
    public int Capacity => _held.Capacity;

    /// <summary>Whether the beginning of a message is held.</summary>
    public bool IsInside => !_handedOut && (_headerBytes > 0 || _count > 0);

    /// <summary>What is held of the message that has begun.</summary>
    public ReadOnlySpan<byte> Partial => IsInside ? _held.Written : default;

    /// <summary>Takes the next message from the front of <paramref name="bytes"/>; false if it does not end there: then all was taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryNext(ref ReadOnlySpan<byte> bytes, out MySqlPacket packet)
    {
        if (_handedOut)
        {
            Reset();
        }

        if (!IsInside && bytes.Length >= MySqlPacket.HeaderBytes)
        {
            var length = bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
            var total = MySqlPacket.HeaderBytes + length;
            if (length < MySqlPacket.MaxPayloadBytes && total <= bytes.Length && total <= _maxBytes)
            {
                packet = new MySqlPacket { Raw = bytes[..total], Count = 1, Sequence = bytes[3], WireBytes = total };
                bytes = bytes[total..];
                return true;
            }
        }

        return TryGather(ref bytes, out packet);
    }

    /// <summary>
    /// Bytes are missing here. True if they all belong to the packet that has begun: the message goes on after them, truncated.
    /// False otherwise: where the next one begins is not known, and what was held is dropped.
    /// </summary>
    public bool TryPassGap(long bytes)
    {
        if (IsInside && _headerBytes == MySqlPacket.HeaderBytes && bytes > 0 && bytes < _payloadLeft)
        {
            _payloadLeft -= (int)bytes;
            _wireBytes += bytes;
            _truncated = true;
            return true;
        }

        Reset();
        return false;
    }

    /// <summary>The whole payload of <paramref name="packet"/>, the last one handed out. Its <c>Raw</c> is not valid afterwards if it has several packets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Join(in MySqlPacket packet)
    {
        if (packet.Count == 1)
        {
            return packet.FirstPayload;
        }

        var bytes = _held.WrittenMutable;
        int from = 0, to = 0;
        while (from + MySqlPacket.HeaderBytes <= bytes.Length)
        {
            var length = bytes[from] | (bytes[from + 1] << 8) | (bytes[from + 2] << 16);
            from += MySqlPacket.HeaderBytes;
            length = Math.Min(length, bytes.Length - from);
            bytes.Slice(from, length).CopyTo(bytes[to..]);
            from += length;
            to += length;
        }

        return bytes[..to];
    }

    /// <summary>Forgets what is held.</summary>
    public void Reset()
    {
        _held.Clear();
        _headerBytes = _payloadLeft = _payloadLength = _count = 0;
        _wireBytes = 0;
        _truncated = _handedOut = false;
    }

    private bool TryGather(ref ReadOnlySpan<byte> bytes, out MySqlPacket packet)
    {
        packet = default;
        while (!bytes.IsEmpty)
        {
            if (_headerBytes < MySqlPacket.HeaderBytes && !TakeHeader(ref bytes))
            {
                return false;
            }

            var take = Math.Min(_payloadLeft, bytes.Length);
            Hold(bytes[..take]);
            bytes = bytes[take..];
            _payloadLeft -= take;
            if (_payloadLeft > 0)
            {
                return false;
            }

            _headerBytes = 0;
            _count++;
            if (_payloadLength < MySqlPacket.MaxPayloadBytes)
            {
                _handedOut = true;
                packet = new MySqlPacket { Raw = _held.Written, Count = _count, Sequence = _sequence, IsTruncated = _truncated, WireBytes = _wireBytes };
                return true;
            }
        }

        return false;
    }

    private bool TakeHeader(ref ReadOnlySpan<byte> bytes)
    {
        var take = Math.Min(MySqlPacket.HeaderBytes - _headerBytes, bytes.Length);
        bytes[..take].CopyTo(_header.AsSpan(_headerBytes));
        Hold(bytes[..take]);
        bytes = bytes[take..];
        _headerBytes += take;
        if (_headerBytes < MySqlPacket.HeaderBytes)
        {
            return false;
        }

        _payloadLength = _payloadLeft = _header[0] | (_header[1] << 8) | (_header[2] << 16);
        if (_count == 0)
        {
            _sequence = _header[3];
        }

        return true;
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        _wireBytes += bytes.Length;
        if (bytes.Length > _maxBytes - _held.Length)
        {
            bytes = bytes[..(_maxBytes - _held.Length)];
            _truncated = true;
        }

        if (!bytes.IsEmpty)
        {
            _held.Append(bytes);
        }
    }
}
