using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql;

/// <summary>
/// One MySQL or MariaDB connection, decoded: greeting and login, then commands and their responses, plain or compressed.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html"/>, <see href="https://mariadb.com/kb/en/clientserver-protocol/"/>.
/// </summary>
/// <remarks>
/// Requests are kept as they were on the wire, unpacked where the connection is compressed; only the bytes of authentication are not. The time of a
/// LOAD DATA LOCAL begins with its statement, so that it includes the client's sending of the file. Statement numbers are the server's; MariaDB's "last
/// prepared" (-1) is told as the number that it stood for.
/// </remarks>
public sealed partial class MySqlConversation : Conversation
{
    /// <summary>The most bytes of one side's requests that wait for responses; a pipeline beyond it keeps only the beginnings.</summary>
    private const int MaxLogRatio = 2;

    private readonly MySqlTraits _traits = new();
    private readonly PacketSplitter _requestPackets;
    private readonly PacketSplitter _responsePackets;
    private readonly RequestQueue _queue = new();
    private readonly StatementTable _statements;
    private readonly ResponseDecoder _response;
    private readonly bool _fromStart;
    private ByteStore? _authentication;
    private CompressedFrames? _requestFrames;
    private CompressedFrames? _responseFrames;
    private MySqlCapabilities _serverCapabilities;
    private Phase _phase;
    private bool _requestLost;
    private bool _responseLost;
    private bool _hadGap;
    private bool _headBegun;
    private bool _sendingFile;
    private byte _nextSequence;
    private long _firstByteAt;
    private long _lastResponseAt;
    private long _lastResponseEnd = long.MinValue;
    private long _responseBytes;

    /// <summary>
    /// A conversation that hands its exchanges to <paramref name="sink"/>. <paramref name="fromStart"/>: the connection was seen from its first packet; if not, it
    /// waits for a greeting, a login or a command that begins a segment.
    /// </summary>
    public MySqlConversation(IConversationSink sink, ConversationLimits limits, bool fromStart)
        : base(sink, limits)
    {
        _requestPackets = new PacketSplitter(limits.MaxRequestBytes);
        _responsePackets = new PacketSplitter(limits.MaxMessageBytes);
        _statements = new StatementTable(limits.MaxPreparedStatements);
        _response = new ResponseDecoder(limits, _traits);
        _fromStart = fromStart;
        _phase = fromStart ? Phase.Greeting : Phase.MidStream;
        _requestLost = _responseLost = !fromStart;
    }

    private enum Phase
    {
        /// <summary>The server's first packet is awaited.</summary>
        Greeting,

        /// <summary>The client's handshake response is awaited.</summary>
        Greeted,

        /// <summary>Client and server exchange what the plugin needs.</summary>
        Authenticating,

        /// <summary>Joined after the beginning: nothing is known yet.</summary>
        MidStream,

        /// <summary>Commands and responses.</summary>
        Commands,

        /// <summary>Encrypted, refused, a replica's, or given up: bytes are passed over.</summary>
        Ignoring,
    }

    /// <inheritdoc/>
    public override int PendingRequests => _queue.Count;

    /// <summary>Whether the server waits for a file's data (LOAD DATA LOCAL), or for what ends it.</summary>
    public bool WantsFileData => _sendingFile;

    /// <summary>
    /// Within the call that hands out a stmt_prepare: how many parameters the statement has; 0 if it failed.
    /// </summary>
    public int PreparedParameters => _response.Prepared?.Parameters ?? 0;

    /// <summary>The sequence number of the packet that carries on the current exchange.</summary>
    public byte NextSequence => _nextSequence;

    /// <summary>
    /// What the server's plugin said last in answer to COM_CHANGE_USER, until the client has answered; empty otherwise. Only after <see cref="AfterLogin"/>:
    /// whoever sniffs keeps nothing of it.
    /// </summary>
    public ReadOnlySpan<byte> AuthenticationRequest => _authentication is null ? default : _authentication.Written;

    /// <inheritdoc/>
    public override long BufferedBytes => _requestPackets.Capacity + _responsePackets.Capacity + _queue.Capacity + _statements.Bytes + _response.Capacity
        + (_requestFrames?.Capacity ?? 0) + (_responseFrames?.Capacity ?? 0);

    /// <summary>
    /// A conversation of a connection whose login somebody else has done (the replayer's authenticator): the next request is a command, and
    /// <paramref name="capabilities"/> are in force, without compression.
    /// </summary>
    public static MySqlConversation AfterLogin(IConversationSink sink, ConversationLimits limits, MySqlCapabilities capabilities)
    {
        var conversation = new MySqlConversation(sink, limits, fromStart: true);
        conversation._traits.Set(capabilities);
        conversation._authentication = new ByteStore();
        conversation._phase = Phase.Commands;
        conversation.Facts.MySqlCapabilities = (ulong)capabilities;
        conversation.Facts.LoggedIn = true;
        return conversation;
    }

    /// <inheritdoc/>
    public override void Request(ReadOnlySpan<byte> bytes, long atMicroseconds)
    {
        if (_phase == Phase.Ignoring || bytes.IsEmpty || (_requestLost && !TryFindRequest(bytes)))
        {
            return;
        }

        if (_requestFrames is null)
        {
            PlainRequest(bytes, atMicroseconds);
            return;
        }

        while (!bytes.IsEmpty && _phase != Phase.Ignoring && TryUnpack(_requestFrames, ref bytes, isRequest: true, atMicroseconds, out var plain))
        {
            PlainRequest(plain, atMicroseconds);
        }

        _requestFrames.Trim();
    }

    /// <inheritdoc/>
    public override void Response(ReadOnlySpan<byte> bytes, long atMicroseconds)
    {
        if (_phase == Phase.Ignoring || bytes.IsEmpty || (_responseLost && !TryFindResponse(bytes, atMicroseconds)))
        {
            return;
        }

        _lastResponseAt = atMicroseconds;
        if (_responseFrames is null)
        {
            PlainResponse(ref bytes, 0, atMicroseconds);
        }

        // Compression may have begun with the packet that ended the login.
        while (!bytes.IsEmpty && _phase != Phase.Ignoring && _responseFrames is { } frames
            && TryUnpack(frames, ref bytes, isRequest: false, atMicroseconds, out var plain))
        {
            PlainResponse(ref plain, bytes.Length, atMicroseconds);
        }

        _responseFrames?.Trim();
    }

    /// <inheritdoc/>
    public override void Close(long atMicroseconds)
    {
        if (_response.EndsUnlessEofFollows && _headBegun)
        {
            EndHead(0, isComplete: true, _lastResponseAt);
        }

        FlushPending();
        _requestPackets.Reset();
        _responsePackets.Reset();
        _requestFrames?.Reset();
        _responseFrames?.Reset();
        _statements.Clear();
        _phase = Phase.Ignoring;
    }

    private void PlainRequest(ReadOnlySpan<byte> bytes, long at)
    {
        while (_requestPackets.TryNext(ref bytes, out var packet))
        {
            switch (_phase)
            {
                case Phase.Greeting or Phase.Greeted or Phase.Authenticating or Phase.MidStream:
                    LoginRequest(packet, at);
                    break;
                case Phase.Commands:
                    CommandPacket(packet, at);
                    break;
            }
        }
    }

    private void PlainResponse(ref ReadOnlySpan<byte> bytes, int bytesBehind, long at)
    {
        ReadOnlySpan<byte> head = default;
        while (!bytes.IsEmpty && _phase != Phase.Ignoring)
        {
            if (BeginHead(at))
            {
                var known = PassKnownHead(bytes);
                head = known > 0 || _responsePackets.IsInside ? default : bytes;
                bytes = bytes[known..];
            }

            var isLogin = _phase != Phase.Commands;
            if (!_responsePackets.TryNext(ref bytes, out var packet))
            {
                return;
            }

            if (isLogin)
            {
                LoginResponse(packet, at);
                if (_responseFrames is not null)
                {
                    return;
                }
            }
            else
            {
                ResponsePacket(packet, bytes.Length + bytesBehind, at);
                if (_responseLost)
                {
                    return;
                }

                if (!head.IsEmpty && _response.HasReadHead)
                {
                    _response.NoteHead(head[..^bytes.Length], _nextSequence);
                    head = default;
                }
            }
        }
    }

    private bool TryUnpack(CompressedFrames frames, ref ReadOnlySpan<byte> bytes, bool isRequest, long at, out ReadOnlySpan<byte> plain)
    {
        switch (frames.TryNext(ref bytes, out plain))
        {
            case CompressedFrames.Result.Unpacked:
                return true;
            case CompressedFrames.Result.UnknownMethod:
                Abandon(ProtocolFault.UnknownCompression, isRequest, at);
                return false;
            case CompressedFrames.Result.Damaged:
                EmitFault(ProtocolFault.BadFraming, isRequest, at);
                LoseSync(isRequest);
                return false;
            default:
                return false;
        }
    }

    private void Abandon(ProtocolFault fault, bool isRequest, long at)
    {
        FlushPending();
        _phase = Phase.Ignoring;
        GiveUp(fault, isRequest, at);
    }
}
