using Replay.Protocol.Buffers;
using Replay.Workload;

namespace Replay.Protocol.PostgreSql;

/// <summary>
/// A PostgreSQL session, protocol 3.0 and 3.2: <see href="https://www.postgresql.org/docs/current/protocol.html"/>.
/// </summary>
/// <remarks>
/// <para>The client's bytes stay in one buffer until their exchange is handed out, so a request is a span of it. Each message that the server
/// answers is a slot in a queue; responses are matched to slots first in, first out, and slots are grouped into exchanges
/// (<c>README.md</c> of this folder has the rules). The server's bytes are read where they lie; only a message that is not whole is buffered.</para>
/// <para>Authentication is passed over: its bytes are dropped as soon as their length is known.</para>
/// </remarks>
public sealed partial class PostgresConversation : Conversation
{
    private readonly StatementRegistry _statements;
    private readonly PortalTable _portals;
    private readonly SlotQueue _slots = new();
    private readonly Stack<PendingExchange> _free = new();
    private Phase _phase;
    private int _openExchanges;

    /// <summary>
    /// A session that is sniffed. <paramref name="fromStart"/>: its first bytes are the connection's first; else message boundaries are looked for.
    /// </summary>
    public PostgresConversation(IConversationSink sink, ConversationLimits limits, bool fromStart)
        : base(sink, limits)
    {
        _statements = new StatementRegistry(limits.MaxPreparedStatements);
        _portals = new PortalTable(_statements, limits.MaxPreparedStatements);
        _request = new MessageBuffer(limits.MaxRequestBytes + RequestSlackBytes);
        _response = new MessageBuffer(limits.MaxMessageBytes + MessageKind.HeaderBytes);
        _phase = fromStart ? Phase.Startup : Phase.Ready;
        _isRequestLost = _isResponseLost = _isJoining = !fromStart;
    }

    private enum Phase : byte
    {
        /// <summary>The client's next bytes are a start-up message or one of the requests that take its place.</summary>
        Startup,

        /// <summary>The server's next byte answers SSLRequest or GSSENCRequest.</summary>
        EncryptionAnswer,

        /// <summary>Messages with a type byte; the login is the first of them.</summary>
        Ready,

        /// <summary>Nothing more can be read, or is to be: encrypted, a cancel request, given up.</summary>
        Over,
    }

    /// <inheritdoc/>
    public override int PendingRequests => _openExchanges + (_isDeferred ? 1 : 0);

    /// <inheritdoc/>
    public override long BufferedBytes => _request.Capacity + _response.Capacity;

    /// <summary>Whether the server waits for COPY data that the client has not ended.</summary>
    public bool WantsCopyData => _copyIn is not null;

    /// <summary>The command whose COPY data the server waits for; <see cref="Command.Unknown"/> if it does not.</summary>
    public Command CopyInCommand => _copyIn?.Command ?? Command.Unknown;

    /// <summary>
    /// A conversation that begins after the login, for a client that logged in by itself. It is told which bytes make one exchange by
    /// <see cref="BeginRequest"/>.
    /// </summary>
    public static PostgresConversation AfterLogin(IConversationSink sink, ConversationLimits limits)
    {
        var conversation = new PostgresConversation(sink, limits, fromStart: true) { _phase = Phase.Ready };
        conversation.Facts.LoggedIn = true;
        return conversation;
    }

    /// <inheritdoc/>
    public override void Request(ReadOnlySpan<byte> bytes, long atMicroseconds)
    {
        _at = atMicroseconds;
        ReadDeferred();
        if (TryDefer(bytes))
        {
            return;
        }

        while (!bytes.IsEmpty && _phase != Phase.Over)
        {
            // In steps, so that no single call can push the buffer over its bound before a message's length is known.
            var step = bytes[..Math.Min(bytes.Length, RequestSlackBytes)];
            bytes = bytes[step.Length..];
            ReadRequest(step);
        }

        FlushFinished(isTimed: true);
        ReleaseRequestBytes();
    }

    /// <inheritdoc/>
    public override void Response(ReadOnlySpan<byte> bytes, long atMicroseconds)
    {
        if (_phase == Phase.Over || bytes.IsEmpty)
        {
            return;
        }

        _at = atMicroseconds;
        if (_isDeferred && TryAnswerStraight(bytes))
        {
            return;
        }

        ReadDeferred();
        ReadResponse(bytes);
        FlushFinished(isTimed: true);
        ReleaseRequestBytes();
    }

    /// <inheritdoc/>
    public override void Close(long atMicroseconds)
    {
        _at = atMicroseconds;
        ReadDeferred();
        AbandonAll();
        End();
    }

    private void Fail(ProtocolFault fault, bool isRequest)
    {
        GiveUp(fault, isRequest, _at);
        AbandonAll();
        End();
    }

    /// <summary>Nothing more is read.</summary>
    private void End()
    {
        FlushFinished(isTimed: true);
        _request.Clear();
        _response.Clear();
        _requestBase = _parsed;
        _phase = Phase.Over;
    }
}
