using System.Globalization;
using Replay.Workload;

namespace Replay.Agent.Inspection;

/// <summary>The sums of a capture in words: what was seen is what was decoded, ignored and dropped.</summary>
internal static class CounterText
{
    /// <summary>One line for packets, bytes, sessions and exchanges each, and one for what could not be decoded.</summary>
    public static IEnumerable<string> Lines(CaptureCounters c)
    {
        yield return $"packets    {N(c.PacketsSeen)} seen = {N(c.PacketsDecoded)} decoded + {Sum(c.PacketsIgnored)} ignored{Reasons(c.PacketsIgnored)}"
            + $" + {N(c.PacketsDroppedByKernel)} dropped by the kernel + {N(c.PacketsDroppedByAgent)} dropped by the agent";
        yield return $"bytes      {N(c.BytesSeen)} in packets; {N(c.GapBytes)} missing in {N(c.Gaps)} gaps";
        yield return $"sessions   {N(c.Sessions)}: {N(c.SessionsFromStart)} from their start, {N(c.Sessions - c.SessionsFromStart)} joined later;"
            + $" {N(c.SessionsEncrypted)} encrypted, {N(c.SessionsUndecodable)} undecodable";
        yield return $"exchanges  {N(c.Exchanges)}: {N(c.Exchanges - c.ExchangesIncomplete)} whole, {N(c.ExchangesIncomplete)} with a part missing;"
            + $" {N(c.ExchangesFailed)} with an error; {N(c.ExchangesDropped)} not recorded";
        if (c.Faults.Count > 0)
        {
            yield return $"faults     {Sum(c.Faults)} times bytes could not be decoded{Reasons(c.Faults)}";
        }
    }

    /// <summary>A number with thousands separated.</summary>
    public static string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Sum(IReadOnlyDictionary<string, long> counts) => N(counts.Values.Sum());

    private static string Reasons(IReadOnlyDictionary<string, long> counts) =>
        counts.Count == 0 ? "" : $" ({string.Join(", ", counts.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Key} {N(pair.Value)}"))})";
}
