using System.Text.RegularExpressions;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What is played otherwise than it was recorded, because the user asked for it: <c>--writes</c>, <c>--transactions</c>, <c>--statement-timeout</c>.</summary>
public sealed partial class Alterer
{
    // in_failed_sql_transaction
    private static readonly ulong InFailed = ErrorCodes.Pack("25P02"u8);

    private readonly TransactionMode _mode;
    private readonly bool[]? _skips; // by shape
    private readonly bool[] _writes;
    private readonly bool[]? _setsTimeout;
    private readonly AlteredShape[]? _shapes;
    private readonly RolledBackTransactions? _rolledBack;

    /// <summary>An alterer.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="reader">The workload; for <c>--transactions autocommit</c> it is gone over.</param>
    /// <param name="catalogs">What the target's databases consist of.</param>
    public Alterer(RunOptions options, WorkloadReader reader, IReadOnlyCollection<OrderCatalog> catalogs)
    {
        _mode = options.Transactions;
        _writes = WritingShapes.Of(reader.Shapes, catalogs);
        _skips = options.SkipsWrites ? _writes : null;
        _setsTimeout = options.StatementTimeout is null ? null : [.. reader.Shapes.Select(static s => SetsTimeout(s.Text))];
        if (_mode != TransactionMode.Keep)
        {
            var hasHeldCursors = reader.Shapes.Any(static s => s.Class == "cursor" && TransactionShapes.HoldMark().IsMatch(s.Text));
            _shapes = [.. reader.Shapes.Select((s, i) => TransactionShapes.Of(s, _mode, _writes[i], hasHeldCursors))];
            _rolledBack = _mode == TransactionMode.Autocommit ? RolledBackTransactions.Find(reader) : null;
        }
    }

    /// <summary>Whether anything was asked for that it does.</summary>
    public static bool IsNeeded(RunOptions options) => options is not { Transactions: TransactionMode.Keep, SkipsWrites: false, StatementTimeout: null };

    /// <summary>
    /// Says what becomes of an exchange that is going to be played: why it is left out (<see cref="RunReason.None"/> if it is not), and its request where that is another.
    /// </summary>
    public RunReason Alter(in Exchange exchange, ref PlannedExchange planned, out byte[]? request)
    {
        request = null;
        var executes = exchange.Command is Command.Query or Command.Execute or Command.FunctionCall or Command.MySqlQuery or Command.MySqlStatementExecute or Command.MySqlStatementBulkExecute;
        var shape = (uint)exchange.Shape < (uint)_writes.Length ? exchange.Shape : -1;
        var writes = executes && (shape < 0 || _writes[shape]);
        planned.ResetsUser |= _setsTimeout is not null && exchange.Command is Command.MySqlResetConnection or Command.MySqlChangeUser; // and with the user the time limit
        if (_skips is not null && writes)
        {
            return RunReason.WritesSkipped;
        }

        if (shape >= 0 && executes && _setsTimeout?[shape] == true)
        {
            return RunReason.Overridden;
        }

        return _shapes is null ? RunReason.None : AlterTransaction(in exchange, ref planned, shape, executes, writes, out request);
    }

    private RunReason AlterTransaction(in Exchange exchange, ref PlannedExchange planned, int shape, bool executes, bool writes, out byte[]? request)
    {
        request = null;
        var altered = shape >= 0 ? _shapes![shape] : new AlteredShape(Duty: writes && _mode == TransactionMode.Rollback ? TransactionDuty.Wrap : TransactionDuty.None);
        if (_mode == TransactionMode.Autocommit)
        {
            // Nobody has a transaction open.
            planned.State = TransactionState.Idle;
            if (executes && ((writes && _rolledBack!.Contains(exchange.Session, exchange.Ordinal)) || planned.ErrorCode == InFailed))
            {
                return RunReason.RolledBack;
            }

            if (exchange.Command == Command.Execute && !PostgresMessages.TryFindBound(exchange.Request, out _, out _))
            {
                return RunReason.NeedsTransaction; // the rest of a portal, which does not outlive its transaction
            }
        }

        if (altered.Reason != RunReason.None && executes)
        {
            return altered.Reason;
        }

        if (altered.Change != TextChange.None)
        {
            request = RequestTexts.Change(in exchange, altered.Change);
            if (altered.Change == TextChange.AutocommitOn && exchange.Command == Command.MySqlStatementExecute)
            {
                return RunReason.TransactionControl; // its value is a parameter
            }

            planned.Effect = _mode == TransactionMode.Rollback && executes && altered.Change != TextChange.ToBegin ? SessionEffect.RollsBack : planned.Effect;
        }

        if (_mode == TransactionMode.Rollback && executes)
        {
            planned.Duty = DutyOf(in exchange, in planned, altered);
        }

        return RunReason.None;
    }

    // A batch is wrapped as a whole, and what comes in it is not known at its first exchange.
    private static TransactionDuty DutyOf(in Exchange exchange, in PlannedExchange planned, AlteredShape altered)
    {
        var beginsBatch = exchange.Batch >= 0 && (exchange.Flags & ExchangeFlags.EndsBatch) == 0 && planned is { ControlsTransaction: false, Effect: SessionEffect.None or SessionEffect.Statements };
        return altered.Duty == TransactionDuty.None && beginsBatch ? TransactionDuty.Wrap
            : altered.Duty == TransactionDuty.Wrap && exchange.TransactionState is TransactionState.Open or TransactionState.Failed ? TransactionDuty.None
            : altered.Duty;
    }

    private static bool SetsTimeout(string shape) => TimeoutMark().IsMatch(shape);

    [GeneratedRegex(@"^(set|reset)\b[^;]*\b(statement_timeout|max_execution_time|max_statement_time)\b[^;]*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TimeoutMark();
}
