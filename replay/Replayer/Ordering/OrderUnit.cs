using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Why an exchange, or the order around it, cannot be reproduced for certain.</summary>
public enum UnreproducibleReason : byte
{
    /// <summary>It can.</summary>
    None,

    /// <summary>SKIP LOCKED: the rows it gets depend on the instant.</summary>
    SkipLocked,

    /// <summary>NOWAIT or a lock with a time limit: whether it fails depends on the instant.</summary>
    NoWait,

    /// <summary>It tries a lock and goes on without it.</summary>
    TryLock,

    /// <summary>One text holds several transactions: nothing can wait between them.</summary>
    SeveralTransactions,

    /// <summary>A transaction that outlives its session.</summary>
    TwoPhase,
}

/// <summary>
/// What is ordered: an exchange, or a PostgreSQL batch, whose parts cannot be told apart from outside (the server may keep back all its responses until
/// Sync). Rented from the builder, filled in, given back by <see cref="OrderBuilder.Add"/>.
/// </summary>
public sealed class OrderUnit
{
    // Beyond that many, accesses of a batch are taken twice rather than compared.
    private const int MaxCompared = 64;

    internal readonly List<OrderDependency> Needs = [];
    internal long FrozenSequence = long.MaxValue;
    internal readonly List<(int Table, long Statements)> FrozenCounts = [];
    internal bool Commits;
    internal bool TakesSnapshot;
    internal bool GoesOnInAnother; // the session's transaction ends with it and another begins
    internal int KeyedRows; // that it changes or locks by key
    internal bool HasFoundAll; // each of them, else of those that it locks shared: none was missed for another condition, or because it is not there
    internal long Place; // the last of all units' ends that it waits for, and past the starts that it waits for; long.MaxValue: others may wait for its own start
    internal readonly RowFacts Rows = new();
    internal readonly List<OrderAccess> LockingReads = []; // what its plain reads lock if the transaction turns out to be at InnoDB's SERIALIZABLE; a table that is missing: any row

    /// <summary>The session's number.</summary>
    public int Session { get; set; }

    /// <summary>Ordinal of its first exchange: what waits for others.</summary>
    public int FirstOrdinal { get; set; }

    /// <summary>Ordinal of its last exchange: what others wait for.</summary>
    public int LastOrdinal { get; set; }

    /// <summary>Position in the workload of its first exchange.</summary>
    public long FirstPosition { get; set; }

    /// <summary>Position in the workload of its last exchange.</summary>
    public long LastPosition { get; set; }

    /// <summary>When its first request was complete, microseconds.</summary>
    public long RequestedAtMicroseconds { get; set; }

    /// <summary>When its last response ended, microseconds.</summary>
    public long EndedAtMicroseconds { get; set; }

    /// <summary>
    /// When it is taken to have ended among the units that it conflicts with: <see cref="EndedAtMicroseconds"/>, unless evidence (RETURNING values, the
    /// binary log, logical decoding) puts it elsewhere.
    /// </summary>
    public long OrderedAtMicroseconds { get; set; }

    /// <summary>Whether <see cref="OrderedAtMicroseconds"/> rests on evidence; two such units are never an ambiguous pair.</summary>
    public bool HasEvidence { get; set; }

    /// <summary>The transaction's state after it.</summary>
    public TransactionState TransactionState { get; set; }

    /// <summary>What its text does to the transaction; of several the last.</summary>
    public TransactionControl Control { get; set; }

    /// <summary>The isolation level that it sets.</summary>
    public IsolationLevel Isolation { get; set; }

    /// <summary>Whether that is for later transactions of the session too.</summary>
    public bool IsolationForSession { get; set; }

    /// <summary>Whether it takes the transaction's snapshot without reading a table.</summary>
    public bool ConsistentSnapshot { get; set; }

    /// <summary>Whether it answered with an error.</summary>
    public bool Failed { get; set; }

    /// <summary>
    /// Whether all that it did was undone, because it failed. It has its place among those that it meets, for what it answered depends on them, but nobody's row is its own: a deadlock's
    /// victim is not even played, and who waited for it alone would wait for nothing.
    /// </summary>
    public bool HasNoEffect { get; set; }

    /// <summary>Whether its writes changed no row: what it saw rather than what it locked decided its outcome. Of a batch: those of one of its parts.</summary>
    public bool ChangedNothing { get; set; }

    /// <summary>Whether it may have changed a row; of a batch, one of its parts.</summary>
    public bool MayHaveChanged { get; set; }

    /// <summary>MySQL: whether its error rolled back the whole transaction, as a deadlock's does; the response of an error does not tell the transaction's state.</summary>
    public bool RolledBack { get; set; }

    /// <summary>Why it cannot be reproduced.</summary>
    public UnreproducibleReason Unreproducible { get; set; }

    /// <summary>What it touches.</summary>
    public List<OrderAccess> Accesses { get; } = [];

    /// <summary>
    /// Whether it looked for rows of one table by their keys and changed none: no row, nor any that would have followed by cascades. Not where a trigger may
    /// have done something all the same.
    /// </summary>
    internal bool FoundNoRow
    {
        get
        {
            if (!ChangedNothing || MayHaveChanged)
            {
                return false;
            }

            var table = -1;
            foreach (var access in Accesses)
            {
                if (access.Kind == OrderAccessKind.Predicate || (access.IsOneRow && table >= 0 && access.Table != table))
                {
                    return false;
                }

                table = access.IsOneRow ? access.Table : table;
            }

            return table >= 0;
        }
    }

    /// <summary>Whether it does nothing but end one transaction and begin the next.</summary>
    internal bool IsBoundary => GoesOnInAnother && Accesses.Count == 0;

    internal bool IsFrozen => FrozenSequence != long.MaxValue;

    /// <summary>Sets <see cref="KeyedRows"/> and <see cref="HasFoundAll"/>.</summary>
    internal void CountRows()
    {
        int rows = 0, locked = 0, shared = 0;
        foreach (var access in Accesses)
        {
            rows += access.IsOneRow && access.Sets != ColumnMask.Nothing ? 1 : 0;
            locked += access.IsOneRow ? 1 : 0;
            shared += access.Kind == OrderAccessKind.KeyShared ? 1 : 0;
        }

        KeyedRows = rows > 0 ? rows : locked;
        HasFoundAll = Rows.Found >= (KeyedRows > 0 ? KeyedRows : shared);
    }

    /// <summary>Takes in what follows it in the same batch.</summary>
    internal void Append(OrderUnit next)
    {
        LastOrdinal = next.LastOrdinal;
        LastPosition = next.LastPosition;
        EndedAtMicroseconds = Math.Max(EndedAtMicroseconds, next.EndedAtMicroseconds);
        OrderedAtMicroseconds = Math.Max(OrderedAtMicroseconds, next.OrderedAtMicroseconds);
        HasEvidence &= next.HasEvidence;
        Rows.Append(next.Rows);
        TransactionState = next.TransactionState == TransactionState.Unknown ? TransactionState : next.TransactionState;
        Control = next.Control == TransactionControl.None ? Control : next.Control;
        Isolation = next.Isolation == IsolationLevel.Unspecified ? Isolation : next.Isolation;
        IsolationForSession |= next.IsolationForSession;
        ConsistentSnapshot |= next.ConsistentSnapshot;
        Failed |= next.Failed;
        HasNoEffect |= next.HasNoEffect;
        RolledBack |= next.RolledBack;
        ChangedNothing |= next.ChangedNothing;
        MayHaveChanged |= next.MayHaveChanged;
        Unreproducible = Unreproducible == UnreproducibleReason.None ? next.Unreproducible : Unreproducible;
        LockingReads.AddRange(next.LockingReads);
        foreach (var access in next.Accesses)
        {
            if (Accesses.Count >= MaxCompared || !Accesses.Contains(access))
            {
                Accesses.Add(access);
            }
        }
    }

    internal void Reset()
    {
        Accesses.Clear();
        LockingReads.Clear();
        Needs.Clear();
        FrozenCounts.Clear();
        Rows.Reset();
        FrozenSequence = long.MaxValue;
        Session = FirstOrdinal = LastOrdinal = 0;
        FirstPosition = LastPosition = Place = 0;
        RequestedAtMicroseconds = EndedAtMicroseconds = OrderedAtMicroseconds = 0;
        HasEvidence = Failed = HasNoEffect = MayHaveChanged = ChangedNothing = ConsistentSnapshot = IsolationForSession = Commits = TakesSnapshot = GoesOnInAnother = RolledBack = false;
        TransactionState = TransactionState.Unknown;
        Control = TransactionControl.None;
        Isolation = IsolationLevel.Unspecified;
        Unreproducible = UnreproducibleReason.None;
    }
}
