using Replay.Workload;

namespace Replay.Comparator;

/// <summary>What became of production's packets, sessions and exchanges on their way into the workload, by the sums of its manifest.</summary>
internal static class CaptureCertificate
{
    /// <summary>The sums in a sentence: packets seen = decoded + ignored + dropped, and what is missing. A log has no packets.</summary>
    public static string Sums(WorkloadManifest workload)
    {
        var counters = workload.Counters;
        var source = workload.Source.Length > 0 ? $" ({workload.Source})" : "";
        if (workload.CompletedAt is null)
        {
            return $"Capture{source}: it did not end, so its sums are not known.";
        }

        var reasons = string.Join(", ", counters.PacketsIgnored.Where(one => one.Value > 0).OrderByDescending(one => one.Value).ThenBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key} {one.Value:N0}"));
        var packets = counters.PacketsSeen == 0 ? "" : $"{Sentences.Count(counters.PacketsSeen, "packet")} seen = {counters.PacketsDecoded:N0} decoded + {counters.PacketsIgnored.Values.Sum():N0} ignored{(reasons.Length > 0 ? $" ({reasons})" : "")}"
            + $" + {counters.PacketsDroppedByKernel:N0} dropped by the kernel + {counters.PacketsDroppedByAgent:N0} dropped by the agent; {Sentences.Count(counters.GapBytes, "byte")} missing in {Sentences.Count(counters.Gaps, "gap")}; ";
        return $"Capture{source}: {packets}{Sentences.Count(counters.Sessions, "session")}, {counters.SessionsEncrypted:N0} encrypted, {counters.SessionsUndecodable:N0} undecodable; "
            + $"{Sentences.Count(counters.Exchanges + counters.ExchangesDropped, "exchange")}, {counters.ExchangesIncomplete:N0} with a part missing, {counters.ExchangesDropped:N0} not recorded.";
    }

    /// <summary>What is missing of production's traffic, and what the capture itself warned of, a sentence each.</summary>
    public static IEnumerable<string> Warnings(WorkloadManifest workload)
    {
        var counters = workload.Counters;
        if (workload.CompletedAt is null)
        {
            yield return "The capture did not end: what it had recorded is compared, and what it missed is not known.";
        }

        (long Count, string Noun, string Fate)[] missing =
        [
            (counters.PacketsDroppedByKernel + counters.PacketsDroppedByAgent, "packet", "dropped"),
            (counters.GapBytes, "byte", "missing"),
            (counters.SessionsEncrypted, "session", "encrypted"),
            (counters.SessionsUndecodable, "session", "undecodable"),
            (counters.ExchangesIncomplete, "exchange", "with a part missing"),
            (counters.ExchangesDropped, "exchange", "not recorded"),
        ];
        var told = string.Join(", ", missing.Where(one => one.Count > 0).Select(one => $"{Sentences.Count(one.Count, one.Noun)} {one.Fate}"));
        if (told.Length > 0)
        {
            yield return $"The capture is not whole: {told}. Nothing here speaks of what is missing.";
        }

        foreach (var warning in workload.Warnings)
        {
            yield return $"Capture: {warning}";
        }
    }
}
