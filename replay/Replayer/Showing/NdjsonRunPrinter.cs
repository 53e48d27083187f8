using Replay.Protocol;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>A run as NDJSON: the keys that <c>dbcapture show</c> has, with the run's outcome, due time, lag and status.</summary>
public sealed class NdjsonRunPrinter(Stream output) : IRunPrinter
{
    private readonly NdjsonLines _lines = new();

    /// <inheritdoc/>
    public void Session(Session session)
    {
        _lines.Session(session);
        output.Write(_lines.End());
    }

    /// <inheritdoc/>
    public void Exchange(in Exchange exchange, Shape? shape, Engine engine, in RunOutcome outcome, in ShownTime time, string errorCode, string? errorMessage)
    {
        var due = time.DueMicroseconds;
        var isReplayed = outcome.Status == RunStatus.Replayed;
        var isTimed = isReplayed && !float.IsNaN(outcome.LatencyMicroseconds);
        var lag = isReplayed && due is not null ? (long?)LogCode.Decode(outcome.LagCode) : null;
        _lines.Begin("exchange", exchange.Session);
        _lines.Number("ordinal", exchange.Ordinal);
        _lines.Time("started_at", due + lag);
        _lines.Number("first_byte_us", isTimed ? (long)LogCode.Decode(outcome.FirstByteCode) : null);
        _lines.Number("latency_us", isTimed ? (long)outcome.LatencyMicroseconds : null);
        _lines.Request(exchange, PreparedParameters.Of(engine, exchange), shape?.Hex);
        _lines.Number("rows", isReplayed && outcome.Rows != RunOutcome.NoCount ? outcome.Rows : null);
        _lines.Number("affected", isReplayed && outcome.Affected != RunOutcome.NoCount ? outcome.Affected : null);
        _lines.Error(errorCode, errorMessage);
        _lines.Text("transaction", WireText.Name(outcome.TransactionState));
        _lines.Flag("complete", isReplayed);
        _lines.Time("due_at", due);
        _lines.Number("lag_us", lag);
        _lines.Number("lag_from", time.BlamedOrdinal);
        _lines.Number("order_wait_us", isReplayed ? (long)LogCode.Decode(outcome.OrderWaitCode) : null);
        _lines.Flag("warm_up", time.IsWarmUp);
        _lines.Flag("retried", (outcome.Flags & RunFlags.Retried) != 0);
        _lines.Flag("order_violated", (outcome.Flags & RunFlags.OrderViolated) != 0);
        _lines.Text("status", outcome.Status.Name());
        _lines.Text("reason", outcome.Reason == RunReason.None ? null : outcome.Reason.Name());
        output.Write(_lines.End());
    }

    /// <inheritdoc/>
    public void End() => output.Flush();

    /// <inheritdoc/>
    public void Dispose() => _lines.Dispose();
}
