using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>An answer to an execution.</summary>
/// <param name="Microseconds">Its latency; null if it had none.</param>
/// <param name="Rows">Rows; -1 if it can have none.</param>
/// <param name="Hash">The order-insensitive hash of the rows; null if it does not cover all of them.</param>
/// <param name="Error">The error's code and message; null if there was none.</param>
/// <param name="ErrorCode">The error's code; null if there was none.</param>
public readonly record struct ConfirmAnswer(double? Microseconds, long Rows, ulong? Hash, string? Error, string? ErrorCode);

/// <summary>A connection on which one request at a time is sent and waited for.</summary>
public sealed class ConfirmLink : ILinkReceiver, IAsyncDisposable
{
    private IPlayerLink? _link;
    private TaskCompletionSource<ConfirmAnswer>? _waiting;
    private string? _closed;
    private long _tag;

    private ConfirmLink()
    {
    }

    /// <summary>Connects as a captured session did; a <see cref="TargetException"/> if that cannot be.</summary>
    public static async ValueTask<ConfirmLink> OpenAsync(ILinkOpener opener, Session session, CancellationToken cancellation)
    {
        var link = new ConfirmLink();
        link._link = await opener.OpenAsync(session, link, cancellation);
        return link;
    }

    /// <summary>
    /// Sends a recorded request and waits for its response; a <see cref="TargetException"/> if the connection is lost. Cancelling ends the connection, since the server is still
    /// at it.
    /// </summary>
    public Task<ConfirmAnswer> SendAsync(RecordedMessage message, CancellationToken cancellation)
    {
        var answer = Expect();
        var isSent = _link!.TrySend(message.ToRequest(), ++_tag, out var problem);
        return isSent ? WaitAsync(answer, cancellation) : throw new TargetException(TargetErrorCodes.Protocol, problem ?? _closed ?? "the connection is closed");
    }

    /// <summary>The same with a text of our own.</summary>
    public Task<ConfirmAnswer> SendTextAsync(string sql, CancellationToken cancellation)
    {
        var answer = Expect();
        return _link!.TrySendText(sql, ++_tag) ? WaitAsync(answer, cancellation) : throw new TargetException(TargetErrorCodes.ConnectionLost, _closed ?? "the connection is closed");
    }

    /// <summary>Runs a text of our own that is not timed, and gives its rows; an error of the server is in the result.</summary>
    public Task<QueryResult> QueryAsync(string sql, TimeSpan within, CancellationToken cancellation) =>
        _link is TargetLink link ? link.QueryAsync(sql, within, cancellation) : throw new InvalidOperationException("only a target's own connection has rows");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _link?.DisposeAsync() ?? ValueTask.CompletedTask;

    void ILinkReceiver.OnExchange(long tag, in Exchange exchange)
    {
        var code = exchange.Failed ? WireText.Of(exchange.ErrorCode) : null;
        var isHashed = (exchange.Flags & ExchangeFlags.Hashed) != 0;
        var answer = new ConfirmAnswer(
            exchange.LatencyMicroseconds, exchange.Rows, isHashed ? (exchange.Flags & ExchangeFlags.NormalHashed) != 0 ? exchange.NormalSetHash : exchange.SetHash : null, code is null ? null : $"{code} {WireText.Of(exchange.ErrorMessage)}", code);
        Interlocked.Exchange(ref _waiting, null)?.TrySetResult(answer);
    }

    void ILinkReceiver.OnClosed(string code, string message)
    {
        _closed = message;
        Interlocked.Exchange(ref _waiting, null)?.TrySetException(new TargetException(code, message));
    }

    // What goes on after an answer is not to run on the thread that takes the next one's time.
    private Task<ConfirmAnswer> Expect()
    {
        var waiting = new TaskCompletionSource<ConfirmAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting = waiting;
        return waiting.Task;
    }

    private async Task<ConfirmAnswer> WaitAsync(Task<ConfirmAnswer> answer, CancellationToken cancellation)
    {
        try
        {
            return await answer.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            _link!.Abort("the time for confirming is over");
            throw;
        }
    }
}
