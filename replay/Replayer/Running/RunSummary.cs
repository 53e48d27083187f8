using System.Globalization;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What a run prints when it has ended: the sums, what differs from the capture, the certificate.</summary>
public static class RunSummary
{
    private const int MaxRoots = 5;

    /// <summary>Prints it.</summary>
    public static void Print(TextWriter output, string folder, RunResult result)
    {
        var manifest = result.Manifest;
        output.WriteLine(Invariant($"run        {folder}: {End(result.End)}, played in {result.Played.TotalSeconds:0.0} s ({Rate(result):0} a second), speed {manifest.Speed}, order {manifest.Order}, measured by the {manifest.Instrument}"));
        if (manifest.Selection != "all")
        {
            output.WriteLine(Invariant($"selected   {manifest.Selection}; {result.Counts.PreRolled} exchanges were sent untimed for its sake"));
        }

        if (manifest.Schedule != "absolute")
        {
            output.WriteLine(Invariant($"schedule   {manifest.Schedule}{(manifest.WarmedUp == 0 ? "" : Invariant($": {manifest.WarmedUp} exchanges are not compared"))}"));
        }

        if (manifest.Slices is { } slices)
        {
            output.WriteLine(Invariant($"slices     of {slices.LengthMicroseconds / 1e6:0.###} s, in turn with a run on the other server"));
        }

        if (result.Problem is not null)
        {
            output.WriteLine($"problem    {result.Problem}");
        }

        output.WriteLine(Invariant($"exchanges  {manifest.Captured} captured = {manifest.Replayed} replayed + {manifest.SkippedByReason.Values.Sum()} skipped + {manifest.FailedByReason.Values.Sum()} failed + {manifest.NotReached} not reached"));
        Reasons(output, "skipped", manifest.SkippedByReason);
        Reasons(output, "failed", manifest.FailedByReason);
        var counts = result.Counts;
        output.WriteLine(Invariant($"against    the capture: {counts.NewErrors} new errors, {counts.GoneErrors} errors gone, {counts.CountDifferences} other row counts, {counts.ValueDifferences} other values"));
        Values(output, manifest.Values);
        KnobSummary.Print(output, manifest.Knobs);
        Retries(output, manifest.Retries);
        output.WriteLine(Invariant($"sessions   {manifest.Sessions} opened, {manifest.SessionsFailed} could not be opened{Losses(manifest)}; at most {manifest.MaxConcurrency} exchanges on the wire at one time"));
        var certificate = result.Certificate;
        CertificateSummary.Print(output, certificate, result.Recorder, result.Use);
        var lag = certificate.IsPaced ? Invariant($", own lag p99 {certificate.OwnLagP99Microseconds:0} us, schedule x {certificate.Stretch:0.000}") : "";
        var violations = result.Order is null ? "" : Invariant($", {result.Counts.Violations} out of order");
        output.WriteLine(Invariant($"fit        {(manifest.Fitness.Fit ? "yes" : "no")}: {certificate.ReplayedShare:P2} replayed, replayer's CPU {certificate.CpuShare:P0} of the machine{lag}{violations}"));
        if (result.Order is { } order)
        {
            output.WriteLine($"order      {order}");
        }

        if (result.Causes is { } causes)
        {
            output.WriteLine(Invariant($"causes     {causes.RootCount} divergences stand by themselves, {causes.Consequences} follow from others"));
            foreach (var root in causes.Roots.Where(r => r.Consequences > 0).OrderByDescending(r => r.Consequences).Take(MaxRoots))
            {
                output.WriteLine(Invariant($"           {root.Consequences} from {root.Session}/{root.Ordinal} ('dbreplay show {folder} --why {root.Session}/{root.Ordinal}')"));
            }
        }

        foreach (var reason in manifest.Fitness.Reasons)
        {
            output.WriteLine($"           {reason}");
        }

        foreach (var warning in manifest.Warnings)
        {
            output.WriteLine($"warning    {warning}");
        }
    }

    private static void Reasons(TextWriter output, string what, IReadOnlyDictionary<string, long> reasons)
    {
        if (reasons.Count > 0)
        {
            output.WriteLine($"           {what}: {string.Join(", ", reasons.Select(r => Invariant($"{r.Value} {r.Key}")))}");
        }
    }

    private static void Values(TextWriter output, RunValueCounts? values)
    {
        if (values is null)
        {
            return;
        }

        var set = values.Set.Count == 0 ? "none" : string.Join(", ", values.Set.Select(s => Invariant($"{s.Value} {s.Key}")));
        output.WriteLine(Invariant($"values     {values.Mode}: set {set}; {values.Mapped} of the server's own mapped, into {values.Replaced} requests; {values.Missed.Values.Sum()} missed"));
        Reasons(output, "missed", values.Missed);
    }

    private static void Retries(TextWriter output, RunRetryCounts? retries)
    {
        if (retries is not { Victims: > 0 })
        {
            return;
        }

        output.WriteLine(retries.Allowed == 0
            ? Invariant($"victims    {retries.Victims} of deadlocks and serialisation failures that production had not (--retry-victims sends their transactions again)")
            : Invariant($"victims    {retries.Victims} of deadlocks and serialisation failures that production had not: {retries.Retried} retried, {retries.GivenUp.Values.Sum()} given up, in {retries.Microseconds / 1e6:0.0} s and {retries.Attempts} attempts; {retries.RetriedDifferently} statements came out otherwise when they were sent again"));
        Reasons(output, "given up", retries.GivenUp);
    }

    private static string Losses(RunManifest manifest) =>
        manifest.ConnectionsLost == 0 ? "" : Invariant($", {manifest.ConnectionsLost} lost their connection, {manifest.Reopened} were opened again");

    private static double Rate(RunResult result) => result.Played > TimeSpan.Zero ? (result.Counts.Replayed - result.Counts.PreRolled) / result.Played.TotalSeconds : 0;

    private static string End(RunEnd end) => end switch
    {
        RunEnd.Complete => "complete",
        RunEnd.Interrupted => "interrupted",
        _ => "given up",
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
