using System.Text.Json;

namespace Replay.Replayer;

/// <summary>The certificate's figures as a document of the run (<c>certificate.json</c>).</summary>
public static class CertificateDocument
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The document.</summary>
    public static string Write(Certificate certificate, OutcomeRecorder recorder, CutPlan cut, TargetLinkOpener opener, RunContext context) => JsonSerializer.Serialize(
        new
        {
            certificate.ReplayedShare,
            certificate.CpuShare,
            certificate.Stretch,
            RealTime = certificate.IsRealTime,
            OwnLagUs = Quantiles(recorder.OwnLag),
            InheritedLagUs = Quantiles(recorder.InheritedLag),
            AdmissionWaitUs = context.Admission is null ? null : Quantiles(context.Admission.Times),
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
            },
            Retries = context.Retries.Summary,
            Encoded = new
            {
                ForTarget = opener.Reencoded,
                opener.TypesTold,
            },
            Cut = new
            {
                cut.PreRolled,
                cut.StraddlingTransactions,
                cut.AmbiguousTransactions,
                cut.DecidedTransactions,
                cut.ProbedTransactions,
                Ambiguous = cut.Named,
            },
        },
        Options);

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
