using System.Text.Json;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>The runs in the JSON: what became of their exchanges, and what they were.</summary>
internal static class JsonRuns
{
    public static void WriteAccounting(Utf8JsonWriter json, Comparison comparison)
    {
        json.WriteStartArray("accounting");
        foreach (var run in comparison.Runs)
        {
            json.WriteStartObject();
            json.WriteString("run", run.Name);
            json.WriteString("label", run.Label);
            json.WriteNumber("captured", run.Account.Captured);
            json.WriteNumber("replayed", run.Account.Replayed);
            json.WriteNumber("skipped", run.Account.Skipped);
            json.WriteNumber("failed", run.Account.Failed);
            json.WriteNumber("errors", run.Account.Errors);
            json.WriteNumber("retried", run.Manifest.Retries?.Retried ?? 0);
            WriteReasons(json, "skipped_by_reason", run.Account.ByReason(failed: false));
            WriteReasons(json, "failed_by_reason", run.Account.ByReason(failed: true));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteRuns(Utf8JsonWriter json, Comparison comparison)
    {
        json.WriteStartArray("runs");
        foreach (var run in comparison.Runs)
        {
            var manifest = run.Manifest;
            json.WriteStartObject();
            json.WriteString("run", run.Name);
            json.WriteString("label", run.Label);
            json.WriteString("side", run.IsCandidate ? "candidate" : "baseline");
            json.WriteString("id", manifest.Id);
            json.WriteString("target", manifest.TargetUrl);
            json.WriteString("server_version", manifest.ServerVersion);
            json.WriteString("instrument", manifest.Instrument);
            json.WriteString("speed", manifest.Speed);
            json.WriteString("order", manifest.Order);
            json.WriteString("started_at", manifest.StartedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ"));
            json.WriteString("ended_at", manifest.EndedAt?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ"));
            json.WriteBoolean("trusted", run.Distrust.Count == 0);
            json.Strings("distrust", run.Distrust);
            json.Strings("gates_missed", manifest.Fitness.Gates);
            WriteCertificate(json, run.Certificate);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("design", comparison.Decision.Design.IsInterleaved ? "interleaved" : "sequential");
        json.Number("slice_seconds", comparison.Decision.Design.IsInterleaved ? comparison.Runs[0].Manifest.Slices!.LengthMicroseconds / 1e6 : double.NaN);
        json.WriteStartObject("workload");
        json.WriteString("id", comparison.Workload.Id);
        json.WriteString("folder", comparison.WorkloadFolder);
        json.WriteNumber("exchanges", comparison.Exchanges);
        json.WriteNumber("failed_in_production", comparison.FailedInProduction);
        json.WriteStartObject("by_eligibility");
        for (var reason = 0; reason < comparison.ByEligibility.Count; reason++)
        {
            json.WriteNumber(((Eligibility)reason).Name(), comparison.ByEligibility[reason]);
        }

        json.WriteEndObject();
        WriteCapture(json, comparison.Workload);
        json.WriteEndObject();
    }

    private static void WriteCapture(Utf8JsonWriter json, WorkloadManifest workload)
    {
        var counters = workload.Counters;
        json.WriteStartObject("capture");
        json.WriteString("source", workload.Source);
        json.WriteBoolean("completed", workload.CompletedAt is not null);
        json.WriteNumber("packets_seen", counters.PacketsSeen);
        json.WriteNumber("packets_decoded", counters.PacketsDecoded);
        json.WriteNumber("packets_ignored", counters.PacketsIgnored.Values.Sum());
        json.WriteNumber("packets_dropped", counters.PacketsDroppedByKernel + counters.PacketsDroppedByAgent);
        json.WriteNumber("gaps", counters.Gaps);
        json.WriteNumber("gap_bytes", counters.GapBytes);
        json.WriteNumber("sessions", counters.Sessions);
        json.WriteNumber("sessions_encrypted", counters.SessionsEncrypted);
        json.WriteNumber("sessions_undecodable", counters.SessionsUndecodable);
        json.WriteNumber("exchanges_incomplete", counters.ExchangesIncomplete);
        json.WriteNumber("exchanges_dropped", counters.ExchangesDropped);
        json.WriteEndObject();
    }

    private static void WriteCertificate(Utf8JsonWriter json, RunCertificate? certificate)
    {
        json.WriteStartObject("certificate");
        json.Number("own_lag_p99_us", certificate?.OwnLagUs?.P99 ?? double.NaN);
        json.Number("inherited_lag_p99_us", certificate?.InheritedLagUs?.P99 ?? double.NaN);
        json.Number("scheduled_per_second", certificate?.Rate?.ScheduledPerSecond ?? double.NaN);
        json.Number("achieved_per_second", certificate?.Rate?.AchievedPerSecond ?? double.NaN);
        json.Count("order_violations", certificate?.Order?.Violations);
        json.Number("cpu_share", certificate?.CpuShare ?? double.NaN);
        json.WriteEndObject();
    }

    private static void WriteReasons(Utf8JsonWriter json, string name, IReadOnlyList<(string Reason, long Count)> reasons)
    {
        json.WriteStartObject(name);
        foreach (var (reason, count) in reasons)
        {
            json.WriteNumber(reason, count);
        }

        json.WriteEndObject();
    }
}
