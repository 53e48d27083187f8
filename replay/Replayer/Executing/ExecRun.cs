using System.Text;
using System.Text.RegularExpressions;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Executes one captured exchange on a server as its session would have: with its user, settings, prepared statement and parameters, as it was on the wire. What writes does so in a transaction that is
/// rolled back; what reads, in a session that cannot write.
/// </summary>
public sealed partial class ExecRun(ExecOptions options, Progress progress)
{
    // PostgreSQL's read_only_sql_transaction and MySQL's ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION.
    private const string PostgresReadOnly = "25006";
    private const string MySqlReadOnly = "1792";

    private const string SystemSchemas = "('mysql', 'information_schema', 'performance_schema', 'sys')";
    private const string WithoutTransactions = "SELECT CONCAT(t.table_name, ' (', COALESCE(t.engine, t.table_type), ')') FROM information_schema.tables t LEFT JOIN information_schema.engines e ON e.engine = t.engine WHERE COALESCE(e.transactions, 'NO') <> 'YES' AND ";

    // Those of users, which triggers and functions may write.
    private const string OwnWithoutTransactions = WithoutTransactions + "t.table_type = 'BASE TABLE' AND t.table_schema NOT IN " + SystemSchemas;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Does it; a <see cref="CommandException"/> says why it cannot be done.</summary>
    public async Task<ExecResult> RunAsync(CancellationToken interrupted)
    {
        using var run = IsRun(options.Folder) ? RunReader.Open(options.Folder) : null;
        using var reader = WorkloadReader.Open(options.Workload ?? run?.Manifest.WorkloadFolder ?? options.Folder);
        var position = ExchangePlace.Find(reader, options.Session, options.Ordinal)
            ?? throw new CommandException($"the workload has no exchange {options.Ordinal} in session {options.Session} ('dbcapture show {reader.Folder}' lists them)");
        var (example, shape, captured) = Read(reader, position);
        var writes = shape.Class == "write";
        var session = reader.Sessions.Find(options.Session)!;
        var exemplar = new ExemplarCollector(reader, options.Target.Engine).Collect([position], interrupted).GetValueOrDefault(position)
            ?? throw new CommandException("its session cannot be made again: it has temporary tables, sent parameters ahead, or prepared the statement where the capture did not see it");
        var server = await ConfirmChecks.CheckAsync(new GuardDemand { Reader = reader, Target = options.Target, Login = options.Login, Passwords = options.Passwords }, options.Force, progress, interrupted);
        var opener = new TargetLinkOpener(options.Target, options.Login, options.Passwords, reader.Manifest.Snapshot, ConnectTimeout, progress.Warn);
        await using var link = await ConfirmLink.OpenAsync(opener, session, interrupted);
        await ConfirmSession.PrepareAsync(link, exemplar.Context, interrupted);
        await (writes ? ConfirmSession.LimitAsync(link, session.Engine, options.Timeout, interrupted) : ConfirmSession.GuardAsync(link, session.Engine, options.Timeout, interrupted));
        if (writes && session.Engine == Engine.MySql)
        {
            await RefuseUnsafeTablesAsync(link, example, interrupted);
        }

        var answers = new List<ConfirmAnswer>();
        for (var i = 0; i <= options.Times && answers.TrueForAll(answer => answer.Error is null); i++)
        {
            answers.Add(await ExecuteAsync(link, exemplar.Request, writes, session.Engine, interrupted));
            if (!writes && !MayEndTransaction(shape.Text) && await CanBeRolledBackAsync(link, answers[^1].ErrorCode, interrupted))
            {
                // It writes by a function, or locks rows.
                writes = true;
                answers.Clear();
                (await link.QueryAsync(session.Engine == Engine.PostgreSql ? "SET default_transaction_read_only = off" : "SET SESSION TRANSACTION READ WRITE", options.Timeout, interrupted)).OrThrow("letting the session write");
                answers.Add(await ExecuteAsync(link, exemplar.Request, writes, session.Engine, interrupted));
            }
        }

        var (planBy, plan) = StatementExample.IsList(shape) ? ("EXPLAIN", "a list of statements has no plan of its own")
            : await new ExecPlan(link, session.Engine, server, options.Timeout).ExplainAsync(example, interrupted);
        return new ExecResult(example, session, server, exemplar.Context.Preparation.Count, writes, answers, [("in production", captured), .. InRun(run, position)], planBy, plan);
    }

    private static bool IsRun(string folder) => File.Exists(Path.Combine(folder, "run.json"));

    private (StatementExample Example, Shape Shape, double? Microseconds) Read(WorkloadReader reader, long position)
    {
        using var cursor = reader.Read(position);
        cursor.MoveNext();
        var exchange = cursor.Current;
        var session = reader.Sessions.Find(exchange.Session);
        if (session is null || session.Engine != options.Target.Engine)
        {
            throw new CommandException("the target is of another engine than the captured session");
        }

        if ((uint)exchange.Shape >= (uint)reader.Shapes.Count || !ExemplarChooser.CanBeRepeated(in exchange))
        {
            throw new CommandException("it cannot be executed by itself: it is no statement, was not seen whole, is part of a cursor or a COPY, or failed in production");
        }

        var shape = reader.Shapes[exchange.Shape];
        var traits = ShapeFacts.Of(shape);
        if (shape.Class is not ("read" or "write") || (traits & (ShapeTraits.Dangerous | ShapeTraits.SessionState)) != 0)
        {
            throw new CommandException($"only what reads or writes rows is executed by itself; this is {shape.Class}{(shape.Class is "read" or "write" ? ", and changes the session" : "")}");
        }

        if (shape.Class == "write" && MayEndTransaction(shape.Text))
        {
            throw new CommandException("it is a list of statements of which one may end the transaction in which it would be rolled back, so it would be kept: execute its statements by hand, on a copy of the data");
        }

        var database = session.Database is { Length: > 0 } name ? name : options.Target.Database;
        return (StatementExample.From(position, in exchange, shape, database, session.User)!, shape, exchange.LatencyMicroseconds);
    }

    private async Task<ConfirmAnswer> ExecuteAsync(ConfirmLink link, RecordedMessage request, bool writes, Engine engine, CancellationToken interrupted)
    {
        if (!writes)
        {
            return await link.SendAsync(request, interrupted);
        }

        (await link.QueryAsync(Begin(engine), options.Timeout, interrupted)).OrThrow("beginning a transaction");
        var answer = await link.SendAsync(request, interrupted);
        (await link.QueryAsync("ROLLBACK", options.Timeout, interrupted)).OrThrow("rolling back");
        return answer;
    }

    /// <summary>Whether a normalised text is a list with a statement that may end a transaction: COMMIT, and in MySQL LOCK TABLES, SET autocommit and others. Only what reads and writes rows does not, for certain.</summary>
    internal static bool MayEndTransaction(string text) =>
        text.Contains(';', StringComparison.Ordinal) && text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Any(part => !OfRows().IsMatch(part));

    [GeneratedRegex(@"^[\s(]*(select|values|table|with|insert|update|delete|merge|replace)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OfRows();

    internal static string Begin(Engine engine) => engine == Engine.PostgreSql ? "BEGIN" : "START TRANSACTION";

    // Of what a session that may only read was refused: PostgreSQL takes all of it back, MySQL what has transactions.
    private async Task<bool> CanBeRolledBackAsync(ConfirmLink link, string? code, CancellationToken interrupted) =>
        code == PostgresReadOnly || (code == MySqlReadOnly && (await TablesAsync(link, OwnWithoutTransactions, interrupted)).Length == 0);

    // An engine without transactions would keep what is written; of a view's tables, or where the server does not tell the engine, it is not known.
    private async Task RefuseUnsafeTablesAsync(ConfirmLink link, StatementExample example, CancellationToken interrupted)
    {
        var access = new AccessReader(SqlDialect.MySql).Read(Encoding.UTF8.GetBytes(example.Sql));
        var names = string.Join(", ", access.Statements.SelectMany(s => s.Tables).Where(t => t.IsWritten).Select(t => MySqlNames.Literal(t.Name)).Distinct(StringComparer.Ordinal));
        if (names.Length == 0)
        {
            throw new CommandException("which tables it writes cannot be told from its text, so it is not known whether it can be rolled back");
        }

        if (await TablesAsync(link, $"{WithoutTransactions}t.table_name IN ({names})", interrupted) is { Length: > 0 } written)
        {
            throw new CommandException($"it writes what may not be rolled back: {written}");
        }

        var code = $"(EXISTS (SELECT 1 FROM information_schema.triggers g WHERE g.event_object_table IN ({names})) OR EXISTS (SELECT 1 FROM information_schema.routines r WHERE r.routine_type = 'FUNCTION' AND r.routine_schema NOT IN {SystemSchemas} AND LOCATE(r.routine_name, {MySqlNames.Literal(example.Sql)}) > 0))";
        if (await TablesAsync(link, $"{OwnWithoutTransactions} AND {code}", interrupted) is { Length: > 0 } reached)
        {
            throw new CommandException($"a trigger or function of it may write what is not rolled back: {reached}");
        }
    }

    private async Task<string> TablesAsync(ConfirmLink link, string sql, CancellationToken interrupted) =>
        string.Join(", ", (await link.QueryAsync(sql, options.Timeout, interrupted)).OrThrow("reading the tables' engines").Rows.Select(row => row[0]));

    private static IEnumerable<(string Where, double? Microseconds)> InRun(RunReader? run, long position)
    {
        if (run is null)
        {
            yield break;
        }

        var outcome = new RunOutcome[1];
        run.Read(position, outcome);
        var latency = outcome[0].LatencyMicroseconds;
        yield return ($"in {Path.GetFileName(Path.TrimEndingDirectorySeparator(run.Folder))}", float.IsNaN(latency) ? null : latency);
    }
}
