using System.Globalization;
using Replay.Workload;

namespace Replay.Agent.Recording;

/// <summary>How complete a capture is: the least of four shares, so that no loss hides behind another's success.</summary>
/// <param name="Share">0 to 1.</param>
/// <param name="Of">Which share it is.</param>
internal sealed record Completeness(double Share, string Of)
{
    /// <summary>Reckons it from the sums.</summary>
    public static Completeness From(CaptureCounters counters)
    {
        Completeness[] shares =
        [
            Ratio(counters.PacketsSeen - counters.PacketsDroppedByKernel - counters.PacketsDroppedByAgent, counters.PacketsSeen, "packets not dropped"),
            Ratio(counters.BytesSeen, counters.BytesSeen + counters.GapBytes, "bytes not missing"),
            Ratio(counters.Sessions - counters.SessionsEncrypted - counters.SessionsUndecodable, counters.Sessions, "sessions that could be read"),
            Ratio(counters.Exchanges - counters.ExchangesIncomplete, counters.Exchanges + counters.ExchangesDropped, "exchanges seen whole"),
        ];
        return shares.MinBy(share => share.Share)!;
    }

    /// <summary>For people: <c>99.98 % (exchanges seen whole)</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(Share * 1e6) / 1e4:0.####} % ({Of})");

    private static Completeness Ratio(long part, long whole, string of) => new(whole <= 0 ? 1 : Math.Clamp((double)part / whole, 0, 1), of);
}
