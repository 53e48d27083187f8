using System.Text;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>A server without sockets that answers each request at once, with the latency and the answer that the test says.</summary>
/// <param name="latency">Microseconds of an execution of a request's text.</param>
internal sealed class RepeatingServer(Func<string, double> latency) : ILinkOpener
{
    /// <summary>What was sent, in order; a bar before each new connection.</summary>
    public List<string> Sent { get; } = [];

    /// <summary>Error codes by the text that they answer.</summary>
    public Dictionary<string, string> Refused { get; } = [];

    /// <summary>The same from the second time on.</summary>
    public Dictionary<string, string> RefusedLater { get; } = [];

    /// <summary>The text that ends the connection.</summary>
    public string? Deadly { get; set; }

    /// <summary>Set: it cannot be reached.</summary>
    public bool IsAway { get; set; }

    /// <summary>The hash of each result.</summary>
    public ulong Hash { get; set; } = 1;

    public ValueTask<IPlayerLink> OpenAsync(Session session, ILinkReceiver receiver, CancellationToken cancellation)
    {
        Sent.Add("|");
        return IsAway ? throw new TargetUnreachableException("nobody answers") : ValueTask.FromResult<IPlayerLink>(new Link(this, receiver));
    }

    private void Answer(string text, long tag, ILinkReceiver receiver)
    {
        Sent.Add(text);
        if (text == Deadly)
        {
            receiver.OnClosed(TargetErrorCodes.ConnectionLost, "the server closed the connection");
            return;
        }

        var exchange = Exchange.Empty;
        exchange.Flags = ExchangeFlags.Complete | ExchangeFlags.Timed | ExchangeFlags.Hashed;
        exchange.EndedAtMicroseconds = (long)latency(text);
        exchange.Rows = 1;
        exchange.SetHash = Hash;
        exchange.ErrorCode = Encoding.ASCII.GetBytes(Refused.GetValueOrDefault(text) ?? (Sent.Count(sent => sent == text) > 1 ? RefusedLater.GetValueOrDefault(text) : null) ?? "");
        receiver.OnExchange(tag, in exchange);
    }

    private sealed class Link(RepeatingServer server, ILinkReceiver receiver) : IPlayerLink
    {
        public long ServerConnectionId => -1;

        public int LocalPort => 1;

        public bool KnowsLastStatement => false;

        public bool TrySend(in RecordedRequest request, long tag, out string? problem)
        {
            problem = null;
            server.Answer(Encoding.ASCII.GetString(request.Bytes), tag, receiver);
            return true;
        }

        public bool TrySendText(string sql, long tag)
        {
            server.Answer(sql, tag, receiver);
            return true;
        }

        public ValueTask TakeOnUserAsync() => ValueTask.CompletedTask;

        public bool TryHandTo(ILinkReceiver receiver) => throw new NotSupportedException();

        public ValueTask ResetAsync(Session session) => throw new NotSupportedException();

        public void Abort(string reason) => receiver.OnClosed("aborted", reason);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
