using System.Buffers;
using Replay.Network.Headers;

namespace Replay.Network.Fragments;

/// <summary>One datagram that is being put together. Of bytes that arrive twice the first are kept.</summary>
internal sealed class FragmentedDatagram
{
    /// <summary>The field for the length has 16 bits.</summary>
    private const int MaxLength = ushort.MaxValue;

    /// <summary>A datagram of 64 KiB over links of the smallest MTU that IPv4 hosts must accept makes 119 fragments.</summary>
    private const int MaxRanges = 128;

    private readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(MaxLength);

    /// <summary>What is there: sorted, neither overlapping nor touching.</summary>
    private readonly List<(int Start, int End)> _ranges = [];

    private int _totalLength = -1;

    /// <summary>When the first fragment came, microseconds since 1970.</summary>
    public required long FirstAtMicroseconds { get; init; }

    /// <summary>Packets that were taken in.</summary>
    public int Packets { get; private set; }

    /// <summary>Protocol of the fragment with offset 0: for IPv6 the only one that counts (RFC 8200 section 4.5).</summary>
    public byte Protocol { get; private set; }

    public bool IsComplete => _totalLength >= 0 && _ranges is [{ Start: 0 } only] && only.End >= _totalLength;

    public ReadOnlySpan<byte> Payload => _bytes.AsSpan(0, _totalLength);

    /// <summary>Takes in one fragment.</summary>
    /// <returns>False if it contradicts what is there: the datagram is then of no use.</returns>
    public bool Add(in IpPacket fragment)
    {
        Packets++;
        int start = fragment.FragmentOffset;
        int end = start + fragment.Payload.Length;
        if (end > MaxLength || (fragment.HasMoreFragments && fragment.Payload.Length % 8 != 0))
        {
            return false;
        }

        if (!fragment.HasMoreFragments)
        {
            if (_totalLength >= 0 && _totalLength != end)
            {
                return false;
            }

            _totalLength = end;
        }

        if (start == 0)
        {
            Protocol = fragment.Protocol;
        }

        return Insert(start, end, fragment.Payload) && (_totalLength < 0 || _ranges[^1].End <= _totalLength);
    }

    public void Release() => ArrayPool<byte>.Shared.Return(_bytes);

    private bool Insert(int start, int end, ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < _ranges.Count && _ranges[at].End < start)
        {
            at++;
        }

        int position = start;
        int mergedStart = start;
        int mergedEnd = end;
        int merged = at;
        for (; merged < _ranges.Count && _ranges[merged].Start <= end; merged++)
        {
            var (rangeStart, rangeEnd) = _ranges[merged];
            CopyIfNew(bytes, start, position, Math.Min(rangeStart, end));
            position = Math.Max(position, rangeEnd);
            mergedStart = Math.Min(mergedStart, rangeStart);
            mergedEnd = Math.Max(mergedEnd, rangeEnd);
        }

        CopyIfNew(bytes, start, position, end);
        _ranges.RemoveRange(at, merged - at);
        _ranges.Insert(at, (mergedStart, mergedEnd));
        return _ranges.Count <= MaxRanges;
    }

    private void CopyIfNew(ReadOnlySpan<byte> bytes, int start, int from, int to)
    {
        if (to > from)
        {
            bytes[(from - start)..(to - start)].CopyTo(_bytes.AsSpan(from));
        }
    }
}
