using System.Collections.Concurrent;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>A target without sockets: the test says when connections open and when responses come.</summary>
internal sealed class ScriptedTarget : ILinkOpener
{
    public NotedList<ScriptedLink> Links { get; } = new();

    /// <summary>Set: connections are refused.</summary>
    public string? Refusal { get; set; }

    /// <summary>Set: connections end before their opening is told.</summary>
    public bool ClosesAtOnce { get; set; }

    public ValueTask<IPlayerLink> OpenAsync(Session session, ILinkReceiver receiver, CancellationToken cancellation)
    {
        if (Refusal is { } refusal)
        {
            throw new TargetException(TargetErrorCodes.Unreachable, refusal);
        }

        var link = new ScriptedLink(session, receiver);
        Links.Add(link);
        if (ClosesAtOnce)
        {
            link.Close();
        }

        return ValueTask.FromResult<IPlayerLink>(link);
    }
}

/// <summary>One scripted connection.</summary>
internal sealed class ScriptedLink(Session session, ILinkReceiver receiver) : IPlayerLink
{
    private readonly ConcurrentQueue<long> _outstanding = new();
    private ILinkReceiver _receiver = receiver;
    private bool _isOver;

    /// <summary>Whose it is now.</summary>
    public Session Session { get; private set; } = session;

    /// <summary>The sessions that it was reset for, in order.</summary>
    public NotedList<int> Resets { get; } = new();

    /// <summary>Set: it cannot be reset.</summary>
    public bool RefusesReset { get; set; }

    public NotedList<(long Tag, Command Command, byte[] Bytes)> Sent { get; } = new();

    public int UsersTakenOn { get; private set; }

    public bool IsDisposed { get; private set; }

    public string? Aborted { get; private set; }

    public TaskCompletionSource? TakeOnGate { get; set; }

    public bool KnowsLastStatement { get; set; }

    /// <summary>Set: it is over, as requests find out before the receiver is told.</summary>
    public bool TakesNothing { get; set; }

    public long ServerConnectionId => 1000 + Session.Number;

    public int LocalPort => 50_000 + Session.Number;

    public bool TrySend(in RecordedRequest request, long tag, out string? problem)
    {
        if (TakesNothing)
        {
            problem = null;
            return false;
        }

        problem = request.Bytes.IsEmpty ? "there is nothing to send" : null;
        if (problem is not null)
        {
            return false;
        }

        // Before it can be seen to be sent: the test's thread answers then.
        var isAnswered = (request.Flags & ExchangeFlags.NoResponse) == 0;
        if (isAnswered)
        {
            _outstanding.Enqueue(tag);
        }

        Sent.Add((tag, request.Command, request.Bytes.ToArray()));
        if (!isAnswered)
        {
            var exchange = Exchange.Empty;
            exchange.Flags = ExchangeFlags.NoResponse;
            _receiver.OnExchange(tag, in exchange);
        }

        return true;
    }

    public bool TrySendText(string sql, long tag)
    {
        if (TakesNothing)
        {
            return false;
        }

        _outstanding.Enqueue(tag);
        Sent.Add((tag, Command.MySqlQuery, System.Text.Encoding.UTF8.GetBytes(sql)));
        return true;
    }

    /// <summary>The oldest outstanding exchange's response ends.</summary>
    public void Answer(long endedAt = 0, string error = "", long rows = -1, TransactionState transaction = TransactionState.Unknown, ExchangeFlags flags = ExchangeFlags.None)
    {
        var exchange = Exchange.Empty;
        exchange.EndedAtMicroseconds = endedAt;
        exchange.Flags = ExchangeFlags.Complete | flags;
        exchange.ErrorCode = System.Text.Encoding.ASCII.GetBytes(error);
        exchange.Rows = rows;
        exchange.TransactionState = transaction;
        Assert.True(_outstanding.TryDequeue(out var tag), "there is nothing to answer");
        _receiver.OnExchange(tag, in exchange);
    }

    public void Close()
    {
        _isOver = true;
        _receiver.OnClosed(TargetErrorCodes.ConnectionLost, "gone");
    }

    public bool TryHandTo(ILinkReceiver to)
    {
        _receiver = _isOver ? _receiver : to;
        return !_isOver;
    }

    public ValueTask ResetAsync(Session session)
    {
        if (RefusesReset)
        {
            throw new TargetException(TargetErrorCodes.Aborted, "it cannot be reset");
        }

        Resets.Add(session.Number);
        Session = session;
        return ValueTask.CompletedTask;
    }

    public async ValueTask TakeOnUserAsync()
    {
        if (TakeOnGate is { } gate)
        {
            await gate.Task;
        }

        UsersTakenOn++;
    }

    public void Abort(string reason)
    {
        Aborted = reason;
        Close();
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}

/// <summary>Notes outcomes as <c>position:what</c>.</summary>
internal sealed class NotingRecorder : IOutcomeRecorder
{
    public NotedList<string> Warnings { get; } = new();

    public NotedList<string> Notes { get; } = new();

    public NotedList<SentExchange> Sent { get; } = new();

    /// <summary>Of what was replayed: how often its transaction was sent again, and its error.</summary>
    public NotedList<string> Outcomes { get; } = new();

    public void Replayed(in SentExchange sent, in Exchange exchange)
    {
        Sent.Add(sent);
        Outcomes.Add($"{sent.Planned.Position}:{sent.Attempts}:{System.Text.Encoding.ASCII.GetString(exchange.ErrorCode)}");
        Notes.Add($"{sent.Planned.Position}:replayed");
    }

    public void Skipped(in PlannedExchange planned, RunReason reason) => Note(planned.Position, reason);

    public void Failed(in PlannedExchange planned, RunReason reason) => Note(planned.Position, reason);

    public void Warn(string what) => Warnings.Add(what);

    private void Note(long position, RunReason reason) => Notes.Add($"{position}:{reason.Name()}");
}
