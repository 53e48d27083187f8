using System.Runtime.InteropServices;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Finds, in a pass over the workload in order of captured ends, which divergence follows from which: a write that went otherwise taints the keys that it should have
/// written; what touches them afterwards and diverges is its consequence, and what it writes in turn is tainted by the same root.
/// </summary>
/// <remarks>
/// Only what diverged is marked: a statement on a tainted key that returned what production returned is as good as any. Reads know tables, not keys, so a read that
/// differs is put down to the last divergence of its tables. Pairs whose order the wire does not tell are the roots of other rows
/// and values where nothing else is; an error stands by itself.
/// </remarks>
public sealed class CauseFinder(Func<long, RunOutcome> outcomeOf) : IOrderPassSink
{
    /// <summary>Roots that are kept one by one: 10,000.</summary>
    public const int MaxRoots = 10_000;

    /// <summary>Steps of chains that are kept: 200,000.</summary>
    public const int MaxLinks = 200_000;

    /// <summary>Tainted keys that are told apart; beyond that their tables are tainted: 1,048,576.</summary>
    public const int MaxKeys = 1 << 20;

    private readonly Dictionary<(int Session, int Ordinal), Diverged> _diverged = [];
    private readonly Dictionary<(int Table, ulong Key), Taint> _keys = [];
    private readonly Dictionary<int, Taint> _tables = []; // the last one of each table, of whatever key
    private readonly Dictionary<int, Taint> _whole = []; // of tables as wholes
    private readonly Dictionary<int, Taint> _transactions = [];
    private readonly Dictionary<(int Session, int Shape), Taint> _prepares = []; // that failed
    private readonly Dictionary<(int Table, ulong Key), AmbiguousPair> _pairs = [];
    private readonly Dictionary<AmbiguousPair, RootCause> _pairRoots = [];
    private readonly Dictionary<long, long> _links = [];
    private readonly List<RootCause> _roots = [];

    /// <summary>Roots in order of production's time, the first <see cref="MaxRoots"/>.</summary>
    public IReadOnlyList<RootCause> Roots => _roots;

    /// <summary>All roots.</summary>
    public long RootCount { get; private set; }

    /// <summary>Divergences that follow from others.</summary>
    public long Consequences { get; private set; }

    /// <summary>From an exchange's position to that of the one before it in its chain; a root has none.</summary>
    public IReadOnlyDictionary<long, long> Links => _links;

    /// <summary>Called with each consequence's position.</summary>
    public Action<long> OnConsequence { get; init; } = static _ => { };

    /// <inheritdoc/>
    public void Read(long position, in Exchange exchange)
    {
        var outcome = outcomeOf(position);
        var kind = Divergences.Of(in exchange, in outcome);
        if (kind != Divergence.None)
        {
            var prepares = kind == Divergence.Error && exchange.Command is Command.Parse or Command.Execute or Command.MySqlStatementPrepare;
            _diverged.Add((exchange.Session, exchange.Ordinal), new Diverged(position, kind, exchange.Shape, prepares, outcome.Reason == RunReason.StatementNotPrepared));
        }
    }

    /// <inheritdoc/>
    public void Ambiguous(in AmbiguousPair pair)
    {
        if (_pairs.Count < MaxKeys)
        {
            _pairs[(pair.Table, pair.Key)] = pair;
        }
    }

    /// <inheritdoc/>
    public void Ordered(OrderUnit unit, ReadOnlySpan<OrderDependency> needs, ReadOnlySpan<OrderMark> marks, int tables)
    {
        var accesses = CollectionsMarshal.AsSpan(unit.Accesses);
        var cause = CauseOf(unit, accesses, tables);
        Taint? mine = null;
        var fails = false;
        for (var ordinal = unit.FirstOrdinal; ordinal <= unit.LastOrdinal; ordinal++)
        {
            if (_diverged.Remove((unit.Session, ordinal), out var diverged))
            {
                fails |= diverged.Kind is Divergence.Error or Divergence.Missing;
                if (diverged.IsUnprepared && _prepares.TryGetValue((unit.Session, diverged.Shape), out var prepare))
                {
                    cause = prepare; // nothing else kept it from being sent
                }

                mine = Explain(unit.Session, ordinal, diverged, cause ?? mine ?? (diverged.Kind is Divergence.Error or Divergence.Missing ? null : PairOf(accesses, tables)));
                if (diverged.Prepares && _prepares.Count < MaxKeys)
                {
                    _prepares[(unit.Session, diverged.Shape)] = mine.Value;
                }
            }
        }

        // What wrote tainted rows without diverging goes on from them.
        if (mine is null && cause is { IsExact: true } through && Writes(accesses))
        {
            Link(unit.LastPosition, through.Via);
            mine = through with { Via = unit.LastPosition };
        }

        if (mine is { } taint)
        {
            Spread(accesses, tables, taint with { IsExact = true });
            if (fails && unit.TransactionState is TransactionState.Open or TransactionState.Failed)
            {
                _transactions[unit.Session] = taint;
            }
        }

        if (unit.TransactionState == TransactionState.Idle)
        {
            _transactions.Remove(unit.Session);
        }
    }

    private static bool Writes(ReadOnlySpan<OrderAccess> accesses)
    {
        foreach (ref readonly var access in accesses)
        {
            if (access.IsExclusive)
            {
                return true;
            }
        }

        return false;
    }

    private Taint? CauseOf(OrderUnit unit, ReadOnlySpan<OrderAccess> accesses, int tables)
    {
        if (_transactions.TryGetValue(unit.Session, out var transaction))
        {
            return transaction;
        }

        Taint? coarse = null;
        foreach (ref readonly var access in accesses)
        {
            if (!access.TouchesRows)
            {
                continue;
            }

            var table = access.Table + tables;
            if ((access.Key != 0 && _keys.TryGetValue((table, access.Key), out var taint)) || _whole.TryGetValue(table, out taint))
            {
                return taint;
            }

            if (access.Key == 0 && _tables.TryGetValue(table, out var any))
            {
                coarse = any with { IsExact = false };
            }
        }

        return coarse;
    }

    private Taint? PairOf(ReadOnlySpan<OrderAccess> accesses, int tables)
    {
        foreach (ref readonly var access in accesses)
        {
            if (!access.TouchesRows)
            {
                continue;
            }

            if (_pairs.TryGetValue((access.Table + tables, access.Key), out var pair) || _pairs.TryGetValue((access.Table + tables, 0), out pair))
            {
                ref var root = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairRoots, pair, out _);
                root ??= Add(new RootCause { Session = pair.SecondSession, Ordinal = pair.SecondOrdinal, Pair = pair });
                return new Taint(root, -1, IsExact: true);
            }
        }

        return null;
    }

    private Taint Explain(int session, int ordinal, in Diverged diverged, Taint? cause)
    {
        if (cause is not { } taint)
        {
            return new Taint(Add(new RootCause { Position = diverged.Position, Session = session, Ordinal = ordinal, Kind = diverged.Kind, Shape = diverged.Shape }), diverged.Position, IsExact: true);
        }

        taint.Root.Consequences++;
        Consequences++;
        if (taint.Via >= 0)
        {
            Link(diverged.Position, taint.Via);
        }

        OnConsequence(diverged.Position);
        return taint with { Via = diverged.Position };
    }

    private void Spread(ReadOnlySpan<OrderAccess> accesses, int tables, Taint taint)
    {
        foreach (ref readonly var access in accesses)
        {
            if (!access.IsExclusive)
            {
                continue;
            }

            var table = access.Table + tables;
            _tables[table] = taint;
            if (access.Key != 0 && _keys.Count < MaxKeys)
            {
                _keys[(table, access.Key)] = taint;
            }
            else if (access.Kind != OrderAccessKind.Append)
            {
                _whole[table] = taint;
            }
        }
    }

    private void Link(long from, long to)
    {
        if (_links.Count < MaxLinks && from != to)
        {
            _links[from] = to;
        }
    }

    private RootCause Add(RootCause root)
    {
        RootCount++;
        if (_roots.Count < MaxRoots)
        {
            _roots.Add(root);
        }

        return root;
    }

    // Prepares: its error may have left a statement unprepared. Unprepared: it was left out for want of one.
    private readonly record struct Diverged(long Position, Divergence Kind, int Shape, bool Prepares, bool IsUnprepared);

    // By whom, and through which exchange last. Exact: the rows themselves, not just their table.
    private readonly record struct Taint(RootCause Root, long Via, bool IsExact);
}

/// <summary>A divergence that follows from no other.</summary>
public sealed class RootCause
{
    /// <summary>Its position in the workload; -1 for a pair.</summary>
    public long Position { get; init; } = -1;

    /// <summary>Its session; of a pair the second one's.</summary>
    public int Session { get; init; }

    /// <summary>Its ordinal; of a pair the second one's.</summary>
    public int Ordinal { get; init; }

    /// <summary>How it diverged.</summary>
    public Divergence Kind { get; init; }

    /// <summary>Number of its shape; -1 if it has none.</summary>
    public int Shape { get; init; } = -1;

    /// <summary>The pair whose order the wire does not tell, if that is the root.</summary>
    public AmbiguousPair? Pair { get; init; }

    /// <summary>Divergences that follow from it.</summary>
    public long Consequences { get; internal set; }
}
