using System.Runtime.InteropServices;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What <see cref="RowCauseFinder"/> looks at.</summary>
public sealed record RowCauseInput
{
    /// <summary>What became of the exchange at a position.</summary>
    public required Func<long, RunOutcome> OutcomeOf { get; init; }

    /// <summary>The error code of an outcome.</summary>
    public required Func<ushort, string> ErrorOf { get; init; }

    /// <summary>Pairs whose order is not certain, from a pass before this one.</summary>
    public required IReadOnlyList<AmbiguousPair> Pairs { get; init; }

    /// <summary>Positions in transactions of which nothing tells whether the snapshot has them.</summary>
    public IReadOnlySet<long> AtTheCut { get; init; } = new HashSet<long>();

    /// <summary>Rows to which it is noted who touched them.</summary>
    public IReadOnlySet<(int Table, ulong Key)> Watched { get; init; } = new HashSet<(int Table, ulong Key)>();
}

/// <summary>
/// Finds which rows may be other than production's after a run, and why, in a pass over the workload in order of captured ends. What begins it: pairs whose order
/// the wire does not tell, exchanges that were let go, transactions at the cut, what the target refused or did not carry through. From there it goes on to what was derived from
/// such rows, to what went otherwise on touching them, and to all that a transaction wrote which failed.
/// </summary>
/// <remarks>
/// A row's own fate is its own: a statement on several rows of a table that found one of them changed does not cast doubt on the others. Memory grows with the rows
/// in doubt; it is for looking at one run.
/// </remarks>
public sealed class RowCauseFinder : IOrderPassSink
{
    // Victims of deadlocks and serialisation, locks that took too long.
    private static readonly HashSet<string> Refusals = new(StringComparer.Ordinal) { "40001", "40P01", "55P03", "1213", "1205", "1020" };
    private const int MaxTouches = 16;

    private readonly RowCauseInput _input;
    private readonly Dictionary<(int Session, int Ordinal), Notable> _notable = [];
    private readonly Dictionary<int, OpenTransaction> _transactions = [];
    private readonly Dictionary<(int Session, int Ordinal), List<int>> _pairsOf = [];
    private readonly Dictionary<int, Stake> _stakes = []; // of pairs of which one has ended
    private readonly Dictionary<(int Table, ulong Key), RowCause> _rows = [];
    private readonly Dictionary<int, RowCause> _tables = []; // any row of them
    private readonly Dictionary<int, RowCause> _some = []; // some row of them
    private readonly Dictionary<(int Table, ulong Key), List<(int Session, int Ordinal)>> _touches = [];

    /// <summary>A finder for one run.</summary>
    public RowCauseFinder(RowCauseInput input)
    {
        _input = input;
        for (var i = 0; i < input.Pairs.Count; i++)
        {
            var pair = input.Pairs[i];
            AddPair((pair.FirstSession, pair.FirstOrdinal), i);
            AddPair((pair.SecondSession, pair.SecondOrdinal), i);
        }
    }

    /// <summary>Rows that are in doubt one by one.</summary>
    public int RowsInDoubt => _rows.Count;

    /// <summary>Tables all of whose rows are in doubt.</summary>
    public IEnumerable<int> TablesInDoubt => _tables.Keys;

    /// <summary>Why a row may be other than production's; null if nothing tells.</summary>
    /// <param name="keys">The row by each of its keys that is known.</param>
    public RowCause? Find(IEnumerable<(int Table, ulong Key)> keys)
    {
        RowCause? best = null;
        foreach (var key in keys)
        {
            Take(ref best, _rows.GetValueOrDefault(key));
            Take(ref best, _tables.GetValueOrDefault(key.Table));
        }

        return best;
    }

    /// <summary>Who touched a watched row by its key, the last of them; with key 0: who touched its table as a whole.</summary>
    public IReadOnlyList<(int Session, int Ordinal)> Touched(int table, ulong key) => _touches.GetValueOrDefault((table, key)) ?? [];

    /// <inheritdoc/>
    public void Read(long position, in Exchange exchange)
    {
        var outcome = _input.OutcomeOf(position);
        var notable = new Notable(Divergences.Of(in exchange, in outcome), _input.ErrorOf(outcome.ErrorCode), (outcome.Flags & RunFlags.OrderViolated) != 0, _input.AtTheCut.Contains(position));
        if (notable.Divergence != Divergence.None || notable.IsLetGo || notable.IsAtTheCut)
        {
            _notable.Add((exchange.Session, exchange.Ordinal), notable);
        }
    }

    /// <inheritdoc/>
    public void Ambiguous(in AmbiguousPair pair)
    {
        // The pass before this one has found them all, also those of units that end later.
    }

    /// <inheritdoc/>
    public void Ordered(OrderUnit unit, ReadOnlySpan<OrderDependency> needs, ReadOnlySpan<OrderMark> marks, int tables)
    {
        List<OrderAccess> accesses = [.. unit.Accesses.Where(static a => a.TouchesRows).Select(a => a with { Table = a.Table + tables })];
        var written = accesses.FindAll(static a => a.IsExclusive);
        ref var transaction = ref CollectionsMarshal.GetValueRefOrAddDefault(_transactions, unit.Session, out _);
        transaction ??= new OpenTransaction();
        transaction.Written.AddRange(written);
        Watch(unit, accesses);
        Judge(unit, accesses, written, transaction);

        // A sum of rows that are in doubt is in doubt.
        foreach (var read in accesses.Where(IsReadToWrite))
        {
            if (CauseOf(read) is { } derived)
            {
                Spread(written.Where(a => a.Table != read.Table), derived);
            }
        }

        foreach (var index in _pairsOf.GetValueOrDefault((unit.Session, unit.LastOrdinal)) ?? [])
        {
            var stake = StakeOf(_input.Pairs[index], accesses, transaction.Written);
            if (_stakes.Remove(index, out var other))
            {
                Doubt(_input.Pairs[index], other, stake);
            }
            else
            {
                _stakes.Add(index, stake);
            }
        }

        if (unit.TransactionState == TransactionState.Idle)
        {
            _transactions.Remove(unit.Session);
        }
    }

    // How it went, and whether that follows from something.
    private void Judge(OrderUnit unit, List<OrderAccess> accesses, List<OrderAccess> written, OpenTransaction transaction)
    {
        var own = unit.Unreproducible == UnreproducibleReason.None ? null : new RowCause(RowCauseKind.Unreproducible, unit.Session, unit.FirstOrdinal);
        RowCause? follows = null;
        var fails = false;
        for (var ordinal = unit.FirstOrdinal; ordinal <= unit.LastOrdinal; ordinal++)
        {
            if (!_notable.Remove((unit.Session, ordinal), out var notable))
            {
                continue;
            }

            transaction.Cause = notable.IsAtTheCut ? new RowCause(RowCauseKind.AtTheCut, unit.Session, ordinal) : transaction.Cause;
            own = notable.IsLetGo ? new RowCause(RowCauseKind.LetGo, unit.Session, ordinal) : own;
            if (notable.Divergence == Divergence.None)
            {
                continue;
            }

            var isError = notable.Divergence is Divergence.Error or Divergence.Missing;
            fails |= isError;
            if (isError && Refusals.Contains(notable.Error))
            {
                own ??= new RowCause(RowCauseKind.Refused, unit.Session, ordinal) { Error = notable.Error };
            }

            Take(ref follows, transaction.Cause);
            accesses.ForEach(a => Take(ref follows, CauseOf(a)));
            Take(ref follows, notable.Divergence == Divergence.Missing && notable.Error.Length == 0
                ? new RowCause(RowCauseKind.Lost, unit.Session, ordinal)
                : new RowCause(RowCauseKind.Diverged, unit.Session, ordinal) { Error = notable.Error.Length > 0 ? notable.Error : null });
        }

        if ((own ?? transaction.Cause ?? follows) is { } cause)
        {
            // Rows of the tables on which it differed have doubts of their own, unless none of it was done.
            var differed = own is null && transaction.Cause is null && !fails && cause.IsNamed ? accesses.Where(a => CauseOf(a) is not null).Select(a => a.Table).ToHashSet() : [];
            Spread(written.Where(a => !differed.Contains(a.Table)), cause);
            if (fails || transaction.Cause is not null)
            {
                Spread(transaction.Written, cause);
                transaction.Cause = unit.TransactionState is TransactionState.Open or TransactionState.Failed ? transaction.Cause ?? cause : transaction.Cause;
            }
        }
    }

    // What is at stake for one of a pair: what it wrote of the table, for a commit what its transaction did; else what it wrote by what it read there.
    private static Stake StakeOf(AmbiguousPair pair, List<OrderAccess> accesses, List<OrderAccess> transaction)
    {
        var everything = pair.Table % OrderPass.TablesPerDatabase == OrderTables.Everything;
        bool Meets(OrderAccess a) => a.IsExclusive && (everything || a.Table == pair.Table || a.Table % OrderPass.TablesPerDatabase == OrderTables.Everything);
        var direct = accesses.FindAll(Meets);
        var derived = !everything && accesses.Exists(a => a.Table == pair.Table && IsReadToWrite(a)) ? accesses.FindAll(a => a.IsExclusive && a.Table != pair.Table) : [];
        return new Stake(direct.Count > 0 || derived.Count > 0 ? direct : transaction.FindAll(Meets), derived);
    }

    private void Doubt(AmbiguousPair pair, Stake first, Stake second)
    {
        var cause = new RowCause(RowCauseKind.OrderNotTold, pair.SecondSession, pair.SecondOrdinal) { Pair = pair };
        Spread(first.Derived.Concat(second.Derived), cause with { IsExact = false });
        var isKey = pair.Key != 0;
        if (isKey)
        {
            Put(_rows, (pair.Table, pair.Key), cause);
            Put(_some, pair.Table, cause);
        }

        foreach (var table in first.Direct.Concat(second.Direct).Select(a => a.Table).Distinct().ToList())
        {
            var (one, other) = (first.Of(table), second.Of(table));
            if (one.IsWhole && other.IsWhole)
            {
                Spread([new OrderAccess(table, OrderAccessKind.Predicate)], cause);
            }
            else if (!isKey)
            {
                Spread(one.IsWhole ? other.Rows : other.IsWhole ? one.Rows : one.Rows.Concat(other.Rows), cause);
            }
        }
    }

    private void Spread(IEnumerable<OrderAccess> accesses, RowCause cause)
    {
        foreach (var access in accesses.ToList())
        {
            Put(_some, access.Table, cause);
            if (access.Key != 0)
            {
                Put(_rows, (access.Table, access.Key), cause);
            }
            else
            {
                Put(_tables, access.Table, cause with { IsExact = false });
            }
        }
    }

    // InnoDB locks what INSERT ... SELECT reads.
    private static bool IsReadToWrite(OrderAccess access) => access.Kind is OrderAccessKind.ReadForWrite or OrderAccessKind.AllShared;

    private RowCause? CauseOf(OrderAccess access)
    {
        var best = access.Key != 0 ? _rows.GetValueOrDefault((access.Table, access.Key)) : _some.GetValueOrDefault(access.Table);
        Take(ref best, _tables.GetValueOrDefault(access.Table));
        return best;
    }

    private void Watch(OrderUnit unit, List<OrderAccess> accesses)
    {
        foreach (var access in accesses.Where(a => a.Kind != OrderAccessKind.Read && _input.Watched.Contains((a.Table, a.Key))))
        {
            ref var touches = ref CollectionsMarshal.GetValueRefOrAddDefault(_touches, (access.Table, access.Key), out _);
            touches ??= [];
            touches.Add((unit.Session, unit.LastOrdinal));
            if (touches.Count > MaxTouches)
            {
                touches.RemoveAt(0);
            }
        }
    }

    private void AddPair((int Session, int Ordinal) exchange, int index)
    {
        ref var pairs = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairsOf, exchange, out _);
        (pairs ??= []).Add(index);
    }

    private static void Take(ref RowCause? best, RowCause? cause) => best = cause is not null && cause.TellsMoreThan(best) ? cause : best;

    private static void Put<TKey>(Dictionary<TKey, RowCause> into, TKey key, RowCause cause)
        where TKey : notnull
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(into, key, out _);
        known = cause.TellsMoreThan(known) ? cause : known;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Notable(Divergence Divergence, string Error, bool IsLetGo, bool IsAtTheCut);

    private sealed class OpenTransaction
    {
        public List<OrderAccess> Written { get; } = [];

        public RowCause? Cause { get; set; }
    }

    private sealed record Stake(List<OrderAccess> Direct, List<OrderAccess> Derived)
    {
        public (bool IsWhole, IEnumerable<OrderAccess> Rows) Of(int table) => (
            Direct.Exists(a => (a.Table == table && a.Key == 0) || a.Table % OrderPass.TablesPerDatabase == OrderTables.Everything),
            Direct.Where(a => a.Table == table && a.Key != 0));
    }
}
