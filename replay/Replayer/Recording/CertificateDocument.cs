using System.Text.Json;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>The certificate's figures as a document of the run (<c>certificate.json</c>).</summary>
public static class CertificateDocument
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The document.</summary>
    public static string Write(
        Certificate certificate, OutcomeRecorder recorder, CutPlan cut, TargetLinkOpener opener, RunContext context, ReplayerUse use, IReadOnlyDictionary<OrderReason, OrderWaits>? waits, Clones? clones, KeepPass? keeps, IReadOnlyList<RunSeam>? seams = null) => JsonSerializer.Serialize(
        new
        {
            certificate.ReplayedShare,
            certificate.CpuShare,
            certificate.Stretch,
            RealTime = certificate.IsRealTime,
            certificate.ProcessorsStayedAwake,
            OwnLagUs = Quantiles(recorder.OwnLag),
            InheritedLagUs = Quantiles(recorder.InheritedLag),
            Rate = new
            {
                CapturedPerSecond = PerSecond(recorder.Series.Sent, recorder.Series.CapturedSpanMicroseconds),
                ScheduledPerSecond = certificate.IsPaced ? PerSecond(recorder.Series.Sent, recorder.Series.ScheduledSpanMicroseconds) : null,
                AchievedPerSecond = PerSecond(recorder.Series.Sent, recorder.Series.SpanMicroseconds),
            },
            Concurrency = new
            {
                Captured = Mean(recorder.Series.CapturedOnWireMicroseconds, recorder.Series.CapturedSpanMicroseconds),
                Achieved = Mean(recorder.Series.OnWireMicroseconds, recorder.Series.SpanMicroseconds),
                Most = context.MaxOnWire,
            },
            OverTime = OverTime(recorder.Series, certificate.IsPaced),
            Order = new
            {
                Waits = waits?.Values.Sum(static w => w.Count) ?? 0,
                WaitUs = waits?.Values.Sum(static w => w.Microseconds) ?? 0,
                recorder.Counts.Violations,
                ViolatedShare = Math.Round(certificate.ViolatedShare, 6),
            },
            GarbageCollections = new
            {
                Count = recorder.Pauses.Collections,
                PauseUs = (long)recorder.Pauses.Paused.TotalMicroseconds,
                LongestUs = (long)recorder.Pauses.Longest.TotalMicroseconds,
                recorder.Pauses.Touched,
            },
            Processor = new
            {
                Processors = Environment.ProcessorCount,
                CpuSeconds = Round(use.CpuSeconds),
                WaitSeconds = Round(use.WaitSeconds),
                StolenSeconds = Round(use.StolenSeconds),
                OthersSeconds = Round(use.OthersSeconds),
                Seconds = Round(use.Seconds),
            },
            AdmissionWaitUs = context.Admission is null || context.Shared is not null ? null : Quantiles(context.Admission.Times),
            ConnectionWaitUs = context.Shared is null ? null : Quantiles(context.Shared.Times),
            Against = new
            {
                recorder.Counts.NewErrors,
                recorder.Counts.GoneErrors,
                recorder.Counts.CountDifferences,
                recorder.Counts.ValueDifferences,
            },
            Connections = new
            {
                Lost = context.ConnectionsLost,
                context.Reopened,
                context.StateRefused,
                Shared = context.Shared is not { } shared ? null : new
                {
                    shared.Limit,
                    shared.Most,
                    shared.HandOvers,
                    shared.Reconnects,
                    shared.Returns,
                    shared.Admission.Waits,
                    Pinned = keeps?.Pinned,
                    MostKeptInProduction = keeps?.Most,
                },
            },
            Clones = clones is null ? null : new
            {
                clones.Sessions,
                Replayed = clones.Counts.Played,
                Failed = clones.Counts.Lost,
                clones.Counts.NewErrors,
                ConnectionsOpened = clones.Contexts.Sum(static c => c.OpenedSessions),
                ConnectionsLost = clones.Contexts.Sum(static c => c.ConnectionsLost),
                LatencyUs = Quantiles(clones.Counts.Latency),
            },
            Retries = context.Retries.Summary,
            Encoded = new
            {
                ForTarget = opener.Reencoded,
                opener.TypesTold,
            },
            Seams = seams?.Select(static seam => new
            {
                At = WireText.Time(seam.AtMicroseconds),
                ComparedFrom = WireText.Time(seam.ComparedFromMicroseconds),
                seam.ResumedAt,
                seam.Why,
                seam.SentAnew,
                seam.PlayedAgain,
            }),
            Cut = new
            {
                cut.PreRolled,
                cut.StraddlingTransactions,
                cut.AmbiguousTransactions,
                cut.DecidedTransactions,
                cut.ProbedTransactions,
                cut.LoggedTransactions,
                Ambiguous = cut.Named,
            },
        },
        Options);

    // Arrays, a number for each bucket: hundreds of objects would be mostly names.
    private static object OverTime(RunSeries series, bool isPaced)
    {
        var (buckets, width) = (series.Buckets, series.WidthMicroseconds);
        return new
        {
            BucketSeconds = width / 1e6,
            Due = isPaced ? buckets.Select(static b => b.Due).ToArray() : null,
            Sent = buckets.Select(static b => b.Sent).ToArray(),
            CapturedConcurrency = isPaced ? buckets.Select(b => Mean(b.CapturedOnWireMicroseconds, width)).ToArray() : null,
            Concurrency = buckets.Select(b => Mean(b.OnWireMicroseconds, width)).ToArray(),
            OwnLagMaxUs = isPaced ? buckets.Select(static b => b.OwnLagMaxMicroseconds).ToArray() : null,
        };
    }

    private static double? PerSecond(long count, long microseconds) => microseconds > 0 ? Math.Round(count / (microseconds / 1e6), 3) : null;

    private static double? Mean(long onWireMicroseconds, long microseconds) => microseconds > 0 ? Math.Round((double)onWireMicroseconds / microseconds, 3) : null;

    private static double? Round(double? seconds) => seconds is { } known ? Math.Round(known, 3) : null;

    private static object Quantiles(LagHistogram histogram) => new
    {
        histogram.Count,
        P50 = histogram.Quantile(0.5),
        P90 = histogram.Quantile(0.9),
        P99 = histogram.Quantile(0.99),
        P999 = histogram.Quantile(0.999),
        Max = histogram.MaxMicroseconds,
    };
}
