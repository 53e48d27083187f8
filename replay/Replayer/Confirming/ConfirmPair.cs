using System.Globalization;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>A connection to each server, prepared as a captured session was, on which nothing can be changed and nothing takes longer than a limit.</summary>
public sealed class ConfirmPair : IAsyncDisposable
{
    private readonly ConfirmLink _baseline;
    private readonly ConfirmLink _candidate;

    private ConfirmPair(ConfirmLink baseline, ConfirmLink candidate) => (_baseline, _candidate) = (baseline, candidate);

    /// <summary>Opens and prepares both; a <see cref="TargetException"/> that names the side if one refuses, a <see cref="TargetUnreachableException"/> if a server is away.</summary>
    public static async Task<ConfirmPair> OpenAsync(ILinkOpener baseline, ILinkOpener candidate, ExemplarContext context, TimeSpan limit, CancellationToken cancellation)
    {
        var old = await OpenAsync(baseline, context, limit, "the old server", cancellation);
        try
        {
            return new ConfirmPair(old, await OpenAsync(candidate, context, limit, "the new server", cancellation));
        }
        catch
        {
            await old.DisposeAsync();
            throw;
        }
    }

    /// <summary>Executes on one side.</summary>
    public Task<ConfirmAnswer> ExecuteAsync(RecordedMessage request, bool onCandidate, CancellationToken cancellation) =>
        (onCandidate ? _candidate : _baseline).SendAsync(request, cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _baseline.DisposeAsync();
        await _candidate.DisposeAsync();
    }

    private static async Task<ConfirmLink> OpenAsync(ILinkOpener opener, ExemplarContext context, TimeSpan limit, string side, CancellationToken cancellation)
    {
        try
        {
            var link = await ConfirmLink.OpenAsync(opener, context.Session, cancellation);
            try
            {
                await PrepareAsync(link, context, cancellation);
                await GuardAsync(link, context.Session.Engine, limit, cancellation);
                return link;
            }
            catch
            {
                await link.DisposeAsync();
                throw;
            }
        }
        catch (TargetException e) when (e is not TargetUnreachableException)
        {
            throw new TargetException(e.Code, $"{side}: {e.Message}");
        }
    }

    private static async Task PrepareAsync(ConfirmLink link, ExemplarContext context, CancellationToken cancellation)
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

    private static async Task GuardAsync(ConfirmLink link, Engine engine, TimeSpan limit, CancellationToken cancellation)
    {
        // A function may write although the statement reads: the server is to refuse that. For each statement by itself, as production executed it.
        var guard = engine == Engine.PostgreSql ? "SET default_transaction_read_only = on" : "SET SESSION TRANSACTION READ ONLY";
        var guarded = await link.SendTextAsync(guard, cancellation);
        if (guarded.Error is { } refusal)
        {
            throw new TargetException(guarded.ErrorCode!, $"{guard}: {refusal}");
        }

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
