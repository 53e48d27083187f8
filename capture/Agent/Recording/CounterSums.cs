using System.Text.RegularExpressions;
using Replay.Network;
using Replay.Workload;

namespace Replay.Agent.Recording;

/// <summary>Puts the sums of source, pipeline and recorder together for the manifest: seen = decoded + ignored (why) + dropped.</summary>
internal static partial class CounterSums
{
    public static CaptureCounters From(SourceCounters source, PipelineCounters pipeline, RecordedTotals recorded)
    {
        var ignored = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var reason in Enum.GetValues<IgnoreReason>())
        {
            if (reason != IgnoreReason.None && pipeline.Ignored(reason) > 0)
            {
                ignored[Name(reason)] = pipeline.Ignored(reason);
            }
        }

        var dropped = source.DroppedByKernel + source.DroppedByInterface;
        return new CaptureCounters
        {
            PacketsSeen = pipeline.Delivered + dropped,
            BytesSeen = source.DeliveredBytes,
            PacketsDecoded = pipeline.Decoded,
            PacketsIgnored = ignored,
            PacketsDroppedByKernel = dropped,
            PacketsDroppedByAgent = 0,
            Gaps = recorded.Gaps,
            GapBytes = recorded.GapBytes,
            Sessions = recorded.Sessions,
            SessionsFromStart = recorded.SessionsFromStart,
            SessionsEncrypted = recorded.SessionsEncrypted,
            SessionsUndecodable = recorded.SessionsUndecodable,
            Exchanges = recorded.Exchanges,
            ExchangesIncomplete = recorded.ExchangesIncomplete,
            ExchangesFailed = recorded.ExchangesFailed,
            Faults = recorded.Faults(),
        };
    }

    /// <summary><c>OtherPort</c> as <c>other_port</c>.</summary>
    private static string Name(IgnoreReason reason) => WordStart().Replace(reason.ToString(), "_$0").ToLowerInvariant();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex WordStart();
}
