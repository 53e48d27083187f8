using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>PostgreSQL: sequences stand where they have to, and values of high entropy that the server made are mapped. Clock and chance cannot be set there.</summary>
public sealed class PostgresRunValues(TargetUrl target, SessionTable sessions, SequenceKeeper sequences, ValueCounts counts, ValueMap map) : IRunValues
{
    /// <inheritdoc/>
    public ReadOnlySpan<byte> Plan(in Exchange exchange, ref PlannedExchange planned)
    {
        if (sessions.Find(exchange.Session) is { } session && sequences.TryFind(SequenceKeeper.DatabaseOf(session, target), in exchange, out var draw) && draw.IsTold)
        {
            planned.Values.Sequence = draw.Column;
            planned.Values.InsertId = (ulong)draw.Last;
        }

        return map.Plan(in exchange);
    }

    /// <inheritdoc/>
    public ISessionValues Of(Session session) => new PostgresSessionValues(SequenceKeeper.DatabaseOf(session, target), sequences, counts, map);
}

/// <summary>One PostgreSQL session's values.</summary>
public sealed class PostgresSessionValues(string database, SequenceKeeper sequences, ValueCounts counts, ValueMap map) : ISessionValues
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
    public void Ended(in PlannedExchange planned, in Exchange exchange)
    {
        map.Learn(planned.KeptValues.Span, in exchange);
        if (planned.Values.Sequence is { } column && DrawnIds.TryRead(in exchange, column.Column, out _, out var last))
        {
            sequences.Drew(database, column, (long)planned.Values.InsertId, last);
        }
    }

    /// <inheritdoc/>
    public void Reset()
    {
        // The connection keeps nothing of it.
    }
}
