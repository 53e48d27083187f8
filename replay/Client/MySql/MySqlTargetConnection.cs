using System.Text;
using Replay.Client.Transport;
using Replay.Protocol;
using Replay.Protocol.Buffers;
using Replay.Protocol.MySql;
using Replay.Workload;

namespace Replay.Client.MySql;

/// <summary>A connection to a MySQL or MariaDB server. <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html"/></summary>
public sealed class MySqlTargetConnection : TargetConnection
{
    private readonly StatementIdMap _statements = new();
    private readonly byte[] _answer = new byte[1024];
    private StatementTracker _tracker = null!;
    private MySqlConversation _conversation = null!;
    private MySqlRequestEncoder _encoder = null!;
    private MySqlAuthenticator _authenticator = null!;
    private ConnectionOptions _options = null!;
    private MySqlLogin _login = null!;

    /// <summary>Flags of the captured session's protocol that the target does not have.</summary>
    public MySqlCapabilities Lacking => _login.Lacking;

    /// <summary>Whether the captured session's collation is not known to the target, so that another was taken.</summary>
    public bool ReplacedCollation => _login.ReplacedCollation;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Differences
    {
        get
        {
            var differences = new List<string>();
            if (Lacking != MySqlCapabilities.None)
            {
                differences.Add($"the target lacks {Lacking}");
            }

            if (ReplacedCollation)
            {
                differences.Add($"collation {_options.MySqlCollation} is not known to the target: {_login.Collation} was taken");
            }

            return differences;
        }
    }

    /// <inheritdoc/>
    public override long ReencodedRequests => _encoder.Reencoded;

    /// <inheritdoc/>
    public override bool KnowsLastStatement => _encoder.TargetIsMariaDb;

    /// <inheritdoc/>
    public override long TypesTold => _encoder.TypesTold;

    /// <inheritdoc/>
    protected override bool WantsData => _conversation.WantsFileData || !_conversation.AuthenticationRequest.IsEmpty;

    /// <summary>The answer to a challenge that follows COM_CHANGE_USER; or, to a demand for a file that was not recorded, an empty file.</summary>
    protected override ReadOnlySpan<byte> RefusalOfData
    {
        get
        {
            byte[]? payload = [];
            if (!_conversation.WantsFileData)
            {
                payload = AnswerChallenge();
                if (payload is null || payload.Length > _answer.Length - MySqlPacket.HeaderBytes)
                {
                    return default;
                }
            }

            _answer[0] = (byte)payload.Length;
            _answer[1] = (byte)(payload.Length >> 8);
            _answer[2] = 0;
            _answer[3] = _conversation.NextSequence;
            payload.CopyTo(_answer, MySqlPacket.HeaderBytes);
            return _answer.AsSpan(0, MySqlPacket.HeaderBytes + payload.Length);
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask<Conversation> LoginAsync(LoginChannel channel, ConnectionOptions options, CancellationToken cancellation)
    {
        _options = options;
        _login = new MySqlLogin(channel, options);
        await _login.RunAsync(cancellation);
        _authenticator = new MySqlAuthenticator(options.EffectiveUser, options.EffectivePassword, channel.IsEncrypted);
        _tracker = new StatementTracker(this, _statements);
        _conversation = MySqlConversation.AfterLogin(_tracker, ConversationLimits.ForReplay, _login.Capabilities);
        _encoder = new MySqlRequestEncoder(_statements, (MySqlCapabilities)options.MySqlCapabilities, _login.Capabilities, options.Url.Names);
        var facts = _conversation.Facts;
        facts.User = options.EffectiveUser;
        facts.Database = options.EffectiveDatabase.Length == 0 ? null : options.EffectiveDatabase;
        facts.ServerVersion = _login.ServerVersion;
        facts.ServerConnectionId = _login.ConnectionId;
        facts.MySqlCollation = _login.Collation;
        return _conversation;
    }

    /// <inheritdoc/>
    protected override bool TryEncode(in RecordedRequest request, ByteStore encoded, out string? problem)
    {
        if (request.Command == Command.MySqlChangeUser)
        {
            return TryEncodeChangeUser(request, encoded, out problem);
        }

        if (!_encoder.TryEncode(request, encoded, out problem))
        {
            return false;
        }

        if (request.Command == Command.MySqlStatementPrepare)
        {
            _tracker.Preparing(request.StatementHandle < 0 ? StatementIdMap.Nobody : (uint)request.StatementHandle);
        }

        return true;
    }

    /// <inheritdoc/>
    protected override int NextPiece(Command command, ReadOnlySpan<byte> bytes, bool isData) =>
        isData || command != Command.MySqlQuery ? bytes.Length : PacketWriter.MessageLength(bytes);

    /// <inheritdoc/>
    protected override void BeginRequest(Command command)
    {
        // A command is a message here: the conversation finds its end by itself.
    }

    /// <inheritdoc/>
    protected override void EndRequest()
    {
        // As above.
    }

    /// <inheritdoc/>
    protected override Command EncodeQuery(string sql, ByteStore into)
    {
        _encoder.WriteQuery(into, Encoding.UTF8.GetBytes(sql));
        return Command.MySqlQuery;
    }

    /// <summary>COM_CHANGE_USER, which servers before COM_RESET_CONNECTION have too; that one leaves the database, and forgets the login's collation.</summary>
    protected override Command EncodeReset(ConnectionOptions options, ByteStore into)
    {
        _options = options;
        ChangeUserWriter.Write(into, options.EffectiveUser, Encoding.UTF8.GetBytes(options.EffectiveDatabase), _login.Collation, _login.Plugin, _login.Capabilities, options.Parameters);
        return Command.MySqlChangeUser;
    }

    /// <inheritdoc/>
    protected override IQueryReader NewQueryReader() => new MySqlQueryReader(_login.Capabilities);

    private bool TryEncodeChangeUser(in RecordedRequest request, ByteStore encoded, out string? problem)
    {
        var isWritten = request.Bytes.Length > MySqlPacket.HeaderBytes && ChangeUserWriter.TryWrite(
            encoded,
            request.Bytes[MySqlPacket.HeaderBytes..],
            (MySqlCapabilities)_options.MySqlCapabilities,
            _options.EffectiveUser,
            _options.Url.Names,
            _login.Plugin,
            _login.Capabilities,
            _login.ReplacedCollation ? _login.Collation : null,
            _options.Parameters);
        problem = isWritten ? null : "its bytes are damaged";
        return isWritten;
    }

    private byte[]? AnswerChallenge()
    {
        try
        {
            return _authenticator.Answer(_conversation.AuthenticationRequest);
        }
        catch (TargetLoginException e)
        {
            Abort(e.Message);
            return null;
        }
    }
}
