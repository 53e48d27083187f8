using Replay.Workload;

namespace Replay.Replayer;

/// <summary>PostgreSQL: values of high entropy that the server made are mapped. Clock and chance cannot be set there.</summary>
public sealed class PostgresRunValues(ValueCounts counts, ValueMap map) : IRunValues
{
    /// <inheritdoc/>
    public ReadOnlySpan<byte> Plan(in Exchange exchange, ref PlannedExchange planned) => map.Plan(in exchange);

    /// <inheritdoc/>
    public ISessionValues Of(Session session) => new PostgresSessionValues(counts, map);
}

/// <summary>One PostgreSQL session's values.</summary>
public sealed class PostgresSessionValues(ValueCounts counts, ValueMap map) : ISessionValues
{
    private readonly ValueRewriter _rewriter = new(Engine.PostgreSql, map, counts);

    /// <inheritdoc/>
    public string? Prepare(in PlannedExchange planned, bool isAlone) => null;

    /// <inheritdoc/>
    public void Prepared(in Exchange exchange)
    {
        // Nothing is asked for.
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Rewrite(in PlannedExchange planned, ReadOnlySpan<byte> request) => _rewriter.Rewrite(planned.Command, request);

    /// <inheritdoc/>
    public void Ended(in PlannedExchange planned, in Exchange exchange) => map.Learn(planned.KeptValues.Span, in exchange);

    /// <inheritdoc/>
    public void Reset()
    {
        // The connection keeps nothing of it.
    }
}
