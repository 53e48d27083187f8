using System.Text;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Statements that the target has refused to prepare and production had not. What executes them is left out as a consequence: sent, it fails with an error that says nothing of the cause.
/// </summary>
/// <remarks>
/// Not safe for several threads. PostgreSQL's response does not say whether an exchange that prepares and executes has failed in the one or the other: the next execution
/// tells (26000), and those after it are left out.
/// </remarks>
public sealed class UnpreparedStatements(Engine engine)
{
    /// <summary>The most of a session that are known: 1,000. What executes further ones is sent.</summary>
    public const int MaxStatements = 1_000;

    // https://www.postgresql.org/docs/current/errcodes-appendix.html: in_failed_sql_transaction, invalid_sql_statement_name
    private static readonly ulong InFailedTransaction = ErrorCodes.Pack("25P02"u8);
    private static readonly ulong NoSuchStatement = ErrorCodes.Pack("26000"u8);

    private readonly HashSet<long> _handles = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Whether an exchange executes one of them.</summary>
    public bool Lacks(in PlannedExchange next) => engine == Engine.MySql
        ? _handles.Count > 0 && Executes(next.Command) && _handles.Contains(next.StatementHandle)
        : _names.Count > 0 && !next.ControlsTransaction && Needed(in next) is { } name && _names.Contains(name);

    /// <summary>An exchange was answered; its request is still there.</summary>
    /// <param name="planned">The exchange.</param>
    /// <param name="exchange">The answer.</param>
    /// <param name="isOwed">Whether the server has not come to prepare what production's had prepared with it: it skipped the exchange, or its transaction had failed.</param>
    public void Ended(in PlannedExchange planned, in Exchange exchange, out bool isOwed)
    {
        isOwed = false;
        if (planned.Effect is SessionEffect.Discards or SessionEffect.Renews && !exchange.Failed)
        {
            _handles.Clear();
            _names.Clear();
        }
        else if (engine == Engine.MySql)
        {
            EndedMySql(in planned, exchange.Failed);
        }
        else if (Prepares(planned.Command))
        {
            isOwed = EndedPostgres(in planned, in exchange);
        }
    }

    /// <summary>PostgreSQL: a request that only prepares was answered.</summary>
    public void Prepared(ReadOnlySpan<byte> request, in Exchange exchange)
    {
        if (!exchange.Failed)
        {
            Forget(request);
        }
        else if (ErrorCodes.Pack(exchange.ErrorCode) != InFailedTransaction)
        {
            Refuse(request);
        }
    }

    private static bool Executes(Command command) => command is Command.MySqlStatementExecute or Command.MySqlStatementBulkExecute or Command.MySqlStatementFetch
        or Command.MySqlStatementReset or Command.MySqlStatementSendLongData;

    private static bool Prepares(Command command) => command is Command.Parse or Command.Execute or Command.Bind or Command.Describe or Command.Close;

    // The statement that it executes and does not prepare itself.
    private static string? Needed(in PlannedExchange planned)
    {
        if (!Prepares(planned.Command))
        {
            return null;
        }

        scoped ReadOnlySpan<byte> prepared = default;
        var request = planned.Request.Span;
        while (PostgresMessages.TryNext(ref request, out var message))
        {
            if (PostgresMessages.IsNamedParse(message))
            {
                prepared = PostgresMessages.StatementName(message, out _);
            }
            else if (PostgresMessages.BoundStatement(message) is { IsEmpty: false } name)
            {
                return name.SequenceEqual(prepared) ? null : Encoding.Latin1.GetString(name);
            }
        }

        return null;
    }

    private void EndedMySql(in PlannedExchange planned, bool failed)
    {
        if (planned.Command == Command.MySqlStatementPrepare && failed && planned.ErrorCode == 0 && _handles.Count < MaxStatements)
        {
            _handles.Add(planned.StatementHandle);
        }
        else if (planned.Command == Command.MySqlStatementClose || (planned.Command == Command.MySqlStatementPrepare && !failed))
        {
            _handles.Remove(planned.StatementHandle);
        }
    }

    private bool EndedPostgres(in PlannedExchange planned, in Exchange exchange)
    {
        var code = ErrorCodes.Pack(exchange.ErrorCode);
        var isSkipped = (exchange.Flags & ExchangeFlags.SkippedAfterError) != 0 || code == InFailedTransaction;
        if (code == 0 && !isSkipped)
        {
            Forget(planned.Request.Span);
            return false;
        }

        if (planned.ErrorCode != 0 || (planned.Flags & ExchangeFlags.SkippedAfterError) != 0)
        {
            return false; // as in production
        }

        if (planned.Command == Command.Parse && !isSkipped)
        {
            Refuse(planned.Request.Span);
        }
        else if (code == NoSuchStatement && Needed(in planned) is { } name && _names.Count < MaxStatements)
        {
            _names.Add(name);
        }

        return isSkipped;
    }

    private void Refuse(ReadOnlySpan<byte> request)
    {
        while (_names.Count < MaxStatements && PostgresMessages.TryNext(ref request, out var message))
        {
            if (PostgresMessages.IsNamedParse(message))
            {
                _names.Add(Encoding.Latin1.GetString(PostgresMessages.StatementName(message, out _)));
            }
        }
    }

    private void Forget(ReadOnlySpan<byte> request)
    {
        while (_names.Count > 0 && PostgresMessages.TryNext(ref request, out var message))
        {
            if (PostgresMessages.StatementName(message, out _) is { IsEmpty: false } name)
            {
                _names.Remove(Encoding.Latin1.GetString(name));
            }
        }
    }
}
