using Replay.Workload;

namespace Replay.Protocol;

/// <summary>
/// One connection, decoded: bytes of both halves in, exchanges out. Sans-I/O: no sockets, no clock, no tasks; time is a parameter in
/// microseconds since 1970. The same code decodes what was sniffed and what the replayer sends and receives.
/// </summary>
/// <remarks>
/// Bytes never throw. What cannot be decoded is reported to the sink, and the conversation resynchronises or gives up
/// (<see cref="IsUndecodable"/>). Both halves must be fed in order of time; each half's bytes in order of sequence.
/// Not safe for use by several threads at once.
/// </remarks>
public abstract class Conversation
{
    private readonly IConversationSink _sink;

    /// <summary>A conversation whose exchanges go to <paramref name="sink"/>.</summary>
    protected Conversation(IConversationSink sink, ConversationLimits limits)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(limits);
        _sink = sink;
        Limits = limits;
    }

    /// <summary>What is known of the session so far.</summary>
    public SessionFacts Facts { get; } = new();

    /// <summary>Whatever the owner wants to find again in the sink's calls (the agent's session, the replayer's connection).</summary>
    public object? Owner { get; set; }

    /// <summary>Exchanges handed to the sink so far; the next one's ordinal.</summary>
    public int NextOrdinal { get; private set; }

    /// <summary>Requests whose response has not ended.</summary>
    public abstract int PendingRequests { get; }

    /// <summary>Bytes held in buffers, for the owner's bound over all conversations.</summary>
    public abstract long BufferedBytes { get; }

    /// <summary>Whether decoding was given up for good; further bytes are ignored.</summary>
    public bool IsUndecodable => Facts.Undecodable is not null;

    /// <summary>The bounds in force.</summary>
    protected ConversationLimits Limits { get; }

    /// <summary>Bytes from client to server.</summary>
    public abstract void Request(ReadOnlySpan<byte> bytes, long atMicroseconds);

    /// <summary>Bytes from server to client.</summary>
    public abstract void Response(ReadOnlySpan<byte> bytes, long atMicroseconds);

    /// <summary>Bytes of the client's half are missing here; <paramref name="bytes"/> is 0 if their number is not known.</summary>
    public abstract void RequestGap(long bytes, long atMicroseconds);

    /// <summary>Bytes of the server's half are missing here; <paramref name="bytes"/> is 0 if their number is not known.</summary>
    public abstract void ResponseGap(long bytes, long atMicroseconds);

    /// <summary>The connection ended (or the capture did): exchanges still open are handed out as incomplete.</summary>
    public abstract void Close(long atMicroseconds);

    /// <summary>Hands out one exchange; sets its ordinal.</summary>
    protected void Emit(ref Exchange exchange)
    {
        exchange.Ordinal = NextOrdinal++;
        _sink.OnExchange(this, in exchange);
    }

    /// <summary>Tells that <see cref="Facts"/> changed.</summary>
    protected void EmitFacts() => _sink.OnFacts(this);

    /// <summary>Reports bytes that could not be decoded. The conversation goes on if it can.</summary>
    protected void EmitFault(ProtocolFault fault, bool isRequest, long atMicroseconds) => _sink.OnFault(this, fault, isRequest, atMicroseconds);

    /// <summary>Gives up decoding for good.</summary>
    protected void GiveUp(ProtocolFault fault, bool isRequest, long atMicroseconds)
    {
        if (IsUndecodable)
        {
            return;
        }

        Facts.Undecodable = fault.ToString();
        EmitFault(fault, isRequest, atMicroseconds);
        EmitFacts();
    }
}
