namespace Replay.Network.Files;

/// <summary>What pcap and pcapng have in common: the input, and how it ends.</summary>
internal abstract class CaptureReader(CaptureInput input, SourceCounters counters) : PacketSource(counters)
{
    /// <summary>Time stamps are kept between 1970 and 9999, whatever a damaged file says.</summary>
    public const long MaxMicroseconds = 253_402_300_799_999_999;

    private long _packets;

    protected CaptureInput Input => input;

    /// <summary>Counts and makes a packet of what lies at the beginning of the window.</summary>
    protected CapturedPacket Deliver(LinkType linkType, long atMicroseconds, long originalLength, ReadOnlySpan<byte> data)
    {
        _packets++;
        CountDelivered(data.Length, originalLength > data.Length);
        return new CapturedPacket(linkType, atMicroseconds, (int)Math.Min(originalLength, int.MaxValue), data);
    }

    /// <summary>
    /// There is no more for now; or the input ends here, in the middle of something if bytes are left.
    /// </summary>
    protected bool End(string within)
    {
        if (input.IsWaiting)
        {
            return false;
        }

        IsEnded = true;
        if (input.Failure is { } failure)
        {
            Problem = $"{input.Name}: reading failed behind byte {input.Position} ({failure}); the {_packets} packets before it were read.";
        }
        else if (!input.Window.IsEmpty)
        {
            Problem = $"{input.Name} is cut off: it ends in the middle of a {within} at byte {input.Position}; "
                + $"the {_packets} packets before it were read.";
        }

        return false;
    }

    /// <summary>What follows cannot be right, and nothing tells where the next record begins.</summary>
    protected bool Damaged(string what)
    {
        IsEnded = true;
        Problem = $"{input.Name} is damaged at byte {input.Position}: {what}; the {_packets} packets before it were read.";
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            input.Dispose();
        }

        base.Dispose(disposing);
    }
}
