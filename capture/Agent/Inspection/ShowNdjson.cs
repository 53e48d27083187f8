using Replay.Protocol;
using Replay.Workload;

namespace Replay.Agent.Inspection;

/// <summary>What a workload holds as NDJSON.</summary>
internal sealed class ShowNdjson : IShowWriter, IDisposable
{
    private readonly NdjsonLines _lines = new();

    /// <inheritdoc/>
    public byte[] Session(Session session)
    {
        _lines.Session(session);
        return _lines.End().ToArray();
    }

    /// <inheritdoc/>
    public byte[] Exchange(Engine engine, in Exchange exchange, string? shape)
    {
        _lines.Begin("exchange", exchange.Session);
        _lines.Number("ordinal", exchange.Ordinal);
        _lines.Time("started_at", exchange.StartedAtMicroseconds);
        _lines.Number("first_byte_us", exchange.FirstByteMicroseconds);
        _lines.Number("latency_us", exchange.LatencyMicroseconds);
        _lines.Request(exchange, PreparedParameters.Of(engine, exchange), shape);
        _lines.Number("rows", exchange.Rows < 0 ? null : exchange.Rows);
        _lines.Number("affected", exchange.Affected < 0 ? null : exchange.Affected);
        _lines.Error(WireText.Of(exchange.ErrorCode), WireText.Of(exchange.ErrorMessage));
        _lines.Text("transaction", WireText.Name(exchange.TransactionState));
        _lines.Flag("complete", (exchange.Flags & ExchangeFlags.Complete) != ExchangeFlags.None);
        return _lines.End().ToArray();
    }

    /// <inheritdoc/>
    public byte[] Gap(in Gap gap)
    {
        _lines.Begin("gap", gap.Session);
        _lines.Text("direction", gap.IsRequest ? "request" : "response");
        _lines.Time("at", gap.AtMicroseconds);
        _lines.Number("bytes", gap.Bytes);
        return _lines.End().ToArray();
    }

    public void Dispose() => _lines.Dispose();
}
