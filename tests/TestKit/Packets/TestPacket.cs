namespace Replay.TestKit.Packets;

/// <summary>A packet for a capture: its time, what was captured of it, and how long it was on the wire.</summary>
/// <param name="AtMicroseconds">Microseconds since 1970.</param>
/// <param name="Frame">From the link header on.</param>
public sealed record TestPacket(long AtMicroseconds, byte[] Frame)
{
    /// <summary>Bytes on the wire.</summary>
    public int OriginalLength { get; init; } = Frame.Length;

    /// <summary>The same packet as a capture with a snap length sees it.</summary>
    public TestPacket Cut(int snapLength) => this with { Frame = Frame[..Math.Min(snapLength, Frame.Length)], OriginalLength = OriginalLength };

    /// <summary>The same packet at another time.</summary>
    public TestPacket At(long microseconds) => this with { AtMicroseconds = microseconds, OriginalLength = OriginalLength };
}
