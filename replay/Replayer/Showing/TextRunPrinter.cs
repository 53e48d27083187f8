using System.Globalization;
using System.Text;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>For reading: one line an exchange, literals included as they were sent.</summary>
public sealed class TextRunPrinter : IRunPrinter
{
    private const int MaxSqlCharacters = 200;

    private readonly StreamWriter _output;

    /// <summary>A printer to <paramref name="output"/>.</summary>
    public TextRunPrinter(Stream output, RunManifest manifest)
    {
        _output = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        _output.WriteLine($"run of {manifest.WorkloadFolder} against {manifest.TargetUrl} ({ServerVersion.Of(manifest.Engine, manifest.ServerVersion)}), speed {manifest.Speed}, schedule {manifest.Schedule}, order {manifest.Order}, measured by the {manifest.Instrument}");
    }

    /// <inheritdoc/>
    public void Session(Session session) =>
        _output.WriteLine($"session {session.Number}: user {session.User ?? "?"}, database {session.Database ?? "?"}, from {session.Client}");

    /// <inheritdoc/>
    public void Exchange(in Exchange exchange, Shape? shape, Engine engine, in RunOutcome outcome, in ShownTime time, string errorCode, string? errorMessage)
    {
        var due = time.DueMicroseconds;
        var what = outcome.Status == RunStatus.NotReached ? outcome.Status.Name()
            : outcome.Status != RunStatus.Replayed ? $"{outcome.Status.Name()} {outcome.Reason.Name()}"
            : float.IsNaN(outcome.LatencyMicroseconds) ? "-"
            : outcome.LatencyMicroseconds.ToString("0 'us'", CultureInfo.InvariantCulture);
        var sql = Encoding.UTF8.GetString(exchange.Text).ReplaceLineEndings(" ");
        var rows = outcome.Status != RunStatus.Replayed || outcome.Rows == RunOutcome.NoCount ? "" : string.Create(CultureInfo.InvariantCulture, $" rows {outcome.Rows}");
        var late = time.BlamedOrdinal is not { } blamed ? "" : string.Create(CultureInfo.InvariantCulture, $" {LogCode.Decode(outcome.LagCode):0} us late by {exchange.Session}/{blamed}");
        var marks = ((outcome.Flags & RunFlags.Retried) != 0 ? " retried" : "") + ((outcome.Flags & RunFlags.OrderViolated) != 0 ? " out of order" : "");
        var error = errorCode.Length == 0 ? "" : $" error {errorCode} {errorMessage}";
        _output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(due is null ? "-" : WireText.Time(due.Value))} {exchange.Session}/{exchange.Ordinal} {exchange.Command.Name()} {what}{rows}{late}{marks}{error} {(sql.Length > MaxSqlCharacters ? sql[..MaxSqlCharacters] + "..." : sql)}"));
    }

    /// <inheritdoc/>
    public void End() => _output.Flush();

    /// <inheritdoc/>
    public void Dispose() => _output.Dispose();
}
