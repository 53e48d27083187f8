using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>PostgreSQL: sequences stand where they have to, and values of high entropy that the server made are mapped. Clock and chance cannot be set there.</summary>
public sealed class PostgresRunValues(TargetUrl target, SessionTable sessions, SequenceKeeper sequences, SequencePlacer placer, ValueCounts counts, ValueMap map) : IRunValues
{
    /// <inheritdoc/>
    public ReadOnlySpan<byte> Plan(in Exchange exchange, ref PlannedExchange planned)
    {
        if (sessions.Find(exchange.Session) is { } session && sequences.TryFind(SequenceKeeper.DatabaseOf(session, target), in exchange, out var draw) && draw.IsTold)
        {
            planned.Values.Sequence = draw.Column;
            planned.Values.InsertId = (ulong)draw.Last;
        }

        return map.Plan(in exchange, ref planned.Values);
    }

    /// <inheritdoc/>
    public ISessionValues Of(Session session) => new PostgresSessionValues(SequenceKeeper.DatabaseOf(session, target), sequences, placer, counts, map);
}

/// <summary>One PostgreSQL session's values.</summary>
public sealed class PostgresSessionValues(string database, SequenceKeeper sequences, SequencePlacer placer, ValueCounts counts, ValueMap map) : ISessionValues
{
    private readonly ValueRewriter _rewriter = new(Engine.PostgreSql, map, counts);

    /// <inheritdoc/>
    public string? Prepare(in PlannedExchange planned, bool isAlone) => null;

    /// <inheritdoc/>
    public bool TryPlace(in PlannedExchange planned, bool isAlone, Action placed) => planned.Order?.Draw is not { } draw || placer.TryPlace(in draw, isAlone, placed);

    /// <inheritdoc/>
    public void Prepared(in Exchange exchange)
    {
        // Nothing is asked for.
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Rewrite(in PlannedExchange planned, ReadOnlySpan<byte> request) => _rewriter.Rewrite(planned.Command, request);

    /// <inheritdoc/>
    public void Ended(in PlannedExchange planned, in Exchange exchange, bool isAgain)
    {
        map.Learn(planned.KeptValues.Span, in exchange, isAgain);
        long? last = planned.Values.Sequence is { } column && DrawnIds.TryRead(in exchange, column.Column, out _, out var read) ? read : null;
        if (planned.Order?.Draw is { } draw && placer.Places(draw.Sequence))
        {
            placer.Ended(in draw, exchange.Failed, last);
        }
        else if (planned.Values.Sequence is { IsUnclear: true })
        {
            counts.Miss(MissReason.SequenceNotKnown);
        }
        else if (last is not null)
        {
            sequences.Drew(database, planned.Values.Sequence!, (long)planned.Values.InsertId, last.Value);
        }
    }

    /// <inheritdoc/>
    public void RolledBack(in PlannedExchange planned)
    {
        if (planned.Order?.Draw is { } draw)
        {
            placer.Release(in draw);
        }
    }

    /// <inheritdoc/>
    public void Reset()
    {
        // The connection keeps nothing of it.
    }
}
