using System.Collections.Frozen;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Follows a session's transaction in production and on the target, and says what keeps the two alike where a statement failed on one side only: what production
/// rolled back has to be rolled back here, and what the target has rolled back must not go on as if it had not.
/// </summary>
/// <param name="engine">The protocol.</param>
/// <param name="leavesOutVictims">
/// Whether statements are left out that production's server refused for what others did at that instant: a deadlock's victim is chosen by the millisecond, a cancel
/// request is not replayed, so that the same statement may well succeed here and leave what production has not. In the pre-roll they always are: it goes one after the other.
/// </param>
public sealed class TransactionFollower(Engine engine, bool leavesOutVictims)
{
    /// <summary>The most shapes of a transaction that are kept.</summary>
    public const int MaxShapes = 256;

    // https://www.postgresql.org/docs/current/errcodes-appendix.html: serialization_failure, deadlock_detected, lock_not_available, query_canceled
    private static readonly FrozenSet<ulong> PostgresVictims = Codes("40001", "40P01", "55P03", "57014");

    // https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html: ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK, ER_LOCK_NOWAIT, ER_QUERY_INTERRUPTED, ER_QUERY_TIMEOUT,
    // ER_LOCK_TABLE_FULL; MariaDB: ER_STATEMENT_TIMEOUT, ER_CHECKREAD
    private static readonly FrozenSet<ulong> MySqlVictims = Codes("1205", "1213", "3572", "1317", "3024", "1206", "1969", "1020");

    // Those that roll the whole transaction back; https://dev.mysql.com/doc/refman/8.4/en/innodb-error-handling.html
    internal static readonly FrozenSet<ulong> MySqlRollbacks = Codes("1213", "1206", "1020");

    private const string Fail = "SELECT 1/0"; // PostgreSQL: into the state of a transaction that has failed, savepoints and all
    private const string Rollback = "ROLLBACK";

    private readonly List<int> _shapes = [];
    private bool _aborted;
    private int _batchOfVictim = -1;

    /// <summary>
    /// MySQL: the shapes of what the target has run in the transaction that it has open: each once, where it came last; the last <see cref="MaxShapes"/> of them.
    /// </summary>
    public IReadOnlyList<int> Shapes => _shapes;

    private TransactionState Target
    {
        get;
        set
        {
            field = value;
            if (value == TransactionState.Idle)
            {
                _shapes.Clear();
            }
        }
    } = TransactionState.Idle;

    /// <summary>The text query that has to be run before anything else is sent; null if there is none.</summary>
    public string? Remedy { get; private set; }

    /// <summary>
    /// What is to become of the exchange that comes next: <see cref="RunReason.None"/> if it is sent, else why it is left out. Asked once for each.
    /// </summary>
    public RunReason Judge(in PlannedExchange next)
    {
        var reason = ReasonOf(in next);
        if (reason == RunReason.VictimInCapture)
        {
            _batchOfVictim = next.Batch;
            FollowCaptured(in next);
        }

        if (reason != RunReason.None)
        {
            LeftOut(in next);
        }
        else if (engine == Engine.MySql && next.State == TransactionState.Idle)
        {
            _aborted = false; // PostgreSQL's own response tells
        }

        return reason;
    }

    /// <summary>An exchange is left out, for whatever reason. Where production's transaction ended with it, the one that the target has rolled back ends too.</summary>
    public void LeftOut(in PlannedExchange planned)
    {
        if (_aborted && planned.State == TransactionState.Idle)
        {
            _aborted = false;
            Remedy = engine == Engine.PostgreSql ? Rollback : Remedy; // MySQL's has ended by itself, or is about to be
        }
    }

    /// <summary>Whether the target's transaction has failed, so that it refuses everything until it is rolled back.</summary>
    public bool HasFailed => Target == TransactionState.Failed;

    /// <summary>Whether the target has one open.</summary>
    public bool IsOpen => Target is TransactionState.Open or TransactionState.Failed;

    /// <summary>What is open on the target is rolled back before anything else is sent.</summary>
    public void RollBack() => Remedy = IsOpen ? Rollback : Remedy;

    /// <summary>The target has told the state of the transaction.</summary>
    public void Follow(TransactionState state) => Target = state == TransactionState.Unknown ? Target : state;

    /// <summary>The remedy has been run.</summary>
    public void Remedied()
    {
        Target = Remedy == Fail ? TransactionState.Failed : TransactionState.Idle;
        Remedy = null;
    }

    /// <summary>An exchange has been answered.</summary>
    public void Ended(in PlannedExchange planned, in Exchange exchange)
    {
        if (exchange.TransactionState != TransactionState.Unknown)
        {
            Target = exchange.TransactionState;
        }
        else if (engine == Engine.MySql && exchange.Failed && MySqlRollbacks.Contains(ErrorCodes.Pack(exchange.ErrorCode)))
        {
            Target = TransactionState.Idle;
        }

        if (engine == Engine.MySql && IsOpen && planned.Shape >= 0 && OrderFeed.Runs(planned.Command)) // to be prepared, a statement keeps nothing
        {
            _shapes.Remove(planned.Shape);
            _shapes.Add(planned.Shape);
            _shapes.RemoveRange(0, Math.Max(0, _shapes.Count - MaxShapes));
        }

        var goesOn = planned.State == TransactionState.Open && planned.ErrorCode == 0;
        if (engine == Engine.PostgreSql)
        {
            _aborted = Target == TransactionState.Failed && (_aborted || goesOn);
        }
        else
        {
            _aborted |= goesOn && exchange.Failed && MySqlRollbacks.Contains(ErrorCodes.Pack(exchange.ErrorCode));
        }

        FollowCaptured(in planned);
    }

    /// <summary>A transaction that was played again is given up.</summary>
    /// <param name="goesOn">Whether production's went on after the last exchange that was sent.</param>
    public void GiveUp(bool goesOn)
    {
        _aborted = goesOn;
        var isLeft = engine == Engine.MySql ? Target == TransactionState.Open : Target != TransactionState.Idle && !goesOn;
        Remedy = isLeft ? Rollback : null;
    }

    /// <summary>The session goes on with a new connection, or its transaction was rolled back and begins again.</summary>
    public void Reset()
    {
        Target = TransactionState.Idle;
        _aborted = false;
        Remedy = null;
    }

    private static FrozenSet<ulong> Codes(params string[] codes) => codes.Select(c => ErrorCodes.Pack(System.Text.Encoding.ASCII.GetBytes(c))).ToFrozenSet();

    private RunReason ReasonOf(in PlannedExchange next)
    {
        if ((leavesOutVictims || next.IsPreRoll) && (engine == Engine.PostgreSql ? PostgresVictims : MySqlVictims).Contains(next.ErrorCode))
        {
            return RunReason.VictimInCapture;
        }

        if (next.Batch >= 0 && next.Batch == _batchOfVictim && (next.Flags & ExchangeFlags.SkippedAfterError) != 0)
        {
            return RunReason.SkippedAfterError;
        }

        return _aborted && Works(in next) ? RunReason.TransactionFailed : RunReason.None;
    }

    // What a transaction that has been rolled back must not do: the server refuses it (PostgreSQL), or would commit it by itself (MySQL).
    private bool Works(in PlannedExchange next) => engine == Engine.PostgreSql
        ? !next.ControlsTransaction && next.Command is Command.Query or Command.Parse or Command.Bind or Command.Describe or Command.Execute or Command.FunctionCall
        : next.Effect == default && next.Command is Command.MySqlQuery or Command.MySqlStatementExecute or Command.MySqlStatementBulkExecute;

    // Where production's transaction has failed and the target's has not.
    private void FollowCaptured(in PlannedExchange planned)
    {
        if (Target != TransactionState.Open)
        {
            return;
        }

        if (engine == Engine.PostgreSql && planned.State == TransactionState.Failed)
        {
            Remedy = Fail;
        }
        else if (engine == Engine.MySql && MySqlRollbacks.Contains(planned.ErrorCode))
        {
            Remedy = Rollback;
        }
    }
}
