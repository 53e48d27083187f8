using System.Globalization;

namespace Replay.Replayer;

/// <summary>What a run's summary says of how it kept the schedule, and what the replayer itself did to it.</summary>
public static class CertificateSummary
{
    /// <summary>Prints it.</summary>
    public static void Print(TextWriter output, Certificate certificate, OutcomeRecorder recorder, ReplayerUse use)
    {
        ArgumentNullException.ThrowIfNull(output);
        var series = recorder.Series;
        if (certificate.IsPaced)
        {
            Line($"lag        own {Quantiles(recorder.OwnLag)}{(certificate.IsRealTime ? " at real-time priority" : "")}{(certificate.ProcessorsStayedAwake ? ", processors kept awake" : "")}; inherited {(recorder.InheritedLag.Count == 0 ? "none" : $"by {recorder.InheritedLag.Count}: {Quantiles(recorder.InheritedLag)}")}");
        }

        var captured = certificate.IsPaced ? $"{PerSecond(series.Sent, series.ScheduledSpanMicroseconds)} on the schedule" : $"{PerSecond(series.Sent, series.CapturedSpanMicroseconds)} captured";
        Line($"rate       {PerSecond(series.Sent, series.SpanMicroseconds)} a second, {captured}; {Mean(series.OnWireMicroseconds, series.SpanMicroseconds)} on the wire at a time, {Mean(series.CapturedOnWireMicroseconds, series.CapturedSpanMicroseconds)} captured");
        Line($"replayer   {certificate.CpuShare:P0} of {Environment.ProcessorCount} processors{Of(use.WaitSeconds, "in line for one")}{Of(use.StolenSeconds, "stolen by the hypervisor")}; {recorder.Pauses.Collections} garbage collections, {recorder.Pauses.Paused.TotalMilliseconds:0.0} ms in all, {recorder.Pauses.Longest.TotalMilliseconds:0.0} ms at most, on {recorder.Pauses.Touched} exchanges");

        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
    }

    private static string Quantiles(LagHistogram lag) => string.Create(CultureInfo.InvariantCulture, $"p50 {lag.Quantile(0.5):0}, p99 {lag.Quantile(0.99):0}, max {lag.MaxMicroseconds} us");

    private static string PerSecond(long count, long microseconds) => microseconds == 0 ? "-" : (count / (microseconds / 1e6)).ToString("0", CultureInfo.InvariantCulture);

    private static string Mean(long onWireMicroseconds, long microseconds) => microseconds == 0 ? "-" : ((double)onWireMicroseconds / microseconds).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Of(double? seconds, string what) => seconds is { } known ? string.Create(CultureInfo.InvariantCulture, $", {known:0.0} s {what}") : "";
}
