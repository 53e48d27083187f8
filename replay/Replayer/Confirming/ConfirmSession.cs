using System.Globalization;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Makes of a connection the session that an execution was captured in.</summary>
internal static class ConfirmSession
{
    /// <summary>Gives a connection what the captured session had been given: a <see cref="TargetException"/> if the statement cannot be prepared.</summary>
    public static async Task PrepareAsync(ConfirmLink link, ExemplarContext context, CancellationToken cancellation)
    {
        foreach (var message in context.Preparation)
        {
            var answer = await link.SendAsync(message, cancellation);
            // A setting that this version does not know is left out in a replay too; a statement is what this is all about.
            if (answer.Error is { } error && message.Command is Command.Parse or Command.MySqlStatementPrepare)
            {
                throw new TargetException(answer.ErrorCode!, $"the statement is not prepared: {error}");
            }
        }
    }

    /// <summary>Sees to it that nothing can be changed on a connection, and that nothing takes longer than a limit.</summary>
    public static async Task GuardAsync(ConfirmLink link, Engine engine, TimeSpan limit, CancellationToken cancellation)
    {
        // A function may write although the statement reads: the server is to refuse that. For each statement by itself, as production executed it.
        var guard = engine == Engine.PostgreSql ? "SET default_transaction_read_only = on" : "SET SESSION TRANSACTION READ ONLY";
        var guarded = await link.SendTextAsync(guard, cancellation);
        if (guarded.Error is { } refusal)
        {
            throw new TargetException(guarded.ErrorCode!, $"{guard}: {refusal}");
        }

        await LimitAsync(link, engine, limit, cancellation);
    }

    /// <summary>Sees to it that nothing takes longer than a limit.</summary>
    public static async Task LimitAsync(ConfirmLink link, Engine engine, TimeSpan limit, CancellationToken cancellation)
    {
        // By the server, since it goes on when a client has left, whatever made it leave. MySQL's own, else MariaDB's; MySQL 5.6 has neither.
        string[] limits = engine == Engine.PostgreSql
            ? [Invariant($"SET statement_timeout = {limit.TotalMilliseconds:0}")]
            : [Invariant($"SET SESSION max_execution_time = {limit.TotalMilliseconds:0}"), Invariant($"SET SESSION max_statement_time = {limit.TotalSeconds:0.###}")];
        foreach (var text in limits)
        {
            if ((await link.SendTextAsync(text, cancellation)).Error is null)
            {
                return;
            }
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
