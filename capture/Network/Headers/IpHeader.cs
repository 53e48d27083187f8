using System.Runtime.CompilerServices;

namespace Replay.Network.Headers;

/// <summary>From the link header to the IP payload.</summary>
internal static class IpHeader
{
    /// <summary>Reads the headers of a captured packet down to IP.</summary>
    /// <returns>What is wrong, or <see cref="IgnoreReason.None"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IgnoreReason Read(in CapturedPacket captured, out IpPacket packet)
    {
        var frame = captured.Data;
        var verdict = LinkHeader.Skip(captured.LinkType, frame, out int offset);
        if (verdict == HeaderVerdict.Done)
        {
            var bytes = frame[offset..];
            int originalLength = captured.OriginalLength - offset;
            int version = bytes.IsEmpty ? -1 : bytes[0] >> 4;
            verdict = version switch
            {
                4 => IPv4Header.Read(bytes, originalLength, out packet),
                6 => IPv6Header.Read(bytes, originalLength, out packet),
                _ => NoVersion(bytes, out packet),
            };
            if (verdict == HeaderVerdict.Done)
            {
                return IgnoreReason.None;
            }
        }
        else
        {
            packet = default;
        }

        return Reason(verdict, captured.OriginalLength > frame.Length);
    }

    /// <summary>The reason that goes with a verdict.</summary>
    /// <param name="verdict">Not <see cref="HeaderVerdict.Done"/>.</param>
    /// <param name="isCut">The capture cut the packet off.</param>
    public static IgnoreReason Reason(HeaderVerdict verdict, bool isCut) => verdict switch
    {
        HeaderVerdict.Short => isCut ? IgnoreReason.Truncated : IgnoreReason.Malformed,
        HeaderVerdict.NotIp => IgnoreReason.NotIp,
        HeaderVerdict.NotTcp => IgnoreReason.NotTcp,
        HeaderVerdict.UnsupportedLink => IgnoreReason.UnsupportedLink,
        _ => IgnoreReason.Malformed,
    };

    private static HeaderVerdict NoVersion(ReadOnlySpan<byte> bytes, out IpPacket packet)
    {
        packet = default;
        return bytes.IsEmpty ? HeaderVerdict.Short : HeaderVerdict.Malformed;
    }
}
