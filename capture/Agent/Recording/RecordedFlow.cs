using Replay.Network;
using Replay.Protocol;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Agent.Recording;

/// <summary>One connection: hands its bytes to its conversation, and keeps the session's record in the workload up to date.</summary>
internal sealed class RecordedFlow : FlowHandler
{
    private readonly Recorder _recorder;
    private readonly FlowEndpoints _endpoints;
    private readonly bool _fromStart;
    private readonly long _openedAtMicroseconds;
    private readonly SessionSqlMode? _sqlMode;
    private LexerOptions _lexerOptions;
    private bool _looksAtStart = true;
    private bool _isEncrypted;
    private bool _isGivenUp;

    public RecordedFlow(Recorder recorder, int number, Engine engine, in FlowEndpoints endpoints, bool fromStart, long atMicroseconds)
    {
        (_recorder, _endpoints, _fromStart, _openedAtMicroseconds) = (recorder, endpoints, fromStart, atMicroseconds);
        Number = number;
        Engine = engine;
        Conversation = Conversations.Make(engine, recorder, fromStart);
        Conversation.Owner = this;
        _sqlMode = engine == Engine.MySql ? new SessionSqlMode(new ServerSqlMode()) : null;
    }

    /// <summary>The session's number.</summary>
    public int Number { get; }

    /// <summary>The protocol, as <c>--server</c> says.</summary>
    public Engine Engine { get; }

    /// <summary>What decodes it.</summary>
    public Conversation Conversation { get; }

    /// <summary>Both ends.</summary>
    public FlowEndpoints Endpoints => _endpoints;

    /// <summary>Bytes held for it.</summary>
    public long BufferedBytes => _isGivenUp ? 0 : Conversation.BufferedBytes;

    /// <inheritdoc/>
    public override void Data(FlowDirection direction, ReadOnlySpan<byte> bytes, long atMicroseconds)
    {
        if (_looksAtStart)
        {
            LookAtStart(direction, bytes);
        }

        if (_isEncrypted)
        {
            _recorder.Totals.CipherBytes += bytes.Length;
            return;
        }

        _recorder.Totals.ClearBytes += bytes.Length;
        if (_isGivenUp)
        {
            return;
        }

        try
        {
            if (direction == FlowDirection.ToServer)
            {
                Conversation.Request(bytes, atMicroseconds);
            }
            else
            {
                Conversation.Response(bytes, atMicroseconds);
            }
        }
        catch (Exception e) when (IsDecoderError(e))
        {
            Fail(e);
        }
    }

    /// <inheritdoc/>
    public override void Gap(FlowDirection direction, long bytes, long atMicroseconds)
    {
        var isRequest = direction == FlowDirection.ToServer;
        _recorder.OnGap(this, isRequest, bytes, atMicroseconds);
        if (_isEncrypted || _isGivenUp)
        {
            return;
        }

        try
        {
            if (isRequest)
            {
                Conversation.RequestGap(bytes, atMicroseconds);
            }
            else
            {
                Conversation.ResponseGap(bytes, atMicroseconds);
            }
        }
        catch (Exception e) when (IsDecoderError(e))
        {
            Fail(e);
        }
    }

    /// <inheritdoc/>
    public override void Closed(FlowCloseReason reason, long atMicroseconds)
    {
        Close(atMicroseconds);
        _recorder.OnClosed(this, reason == FlowCloseReason.EndOfCapture ? null : atMicroseconds);
    }

    /// <summary>Gives up decoding it, because memory is short. Exchanges that are open become incomplete ones.</summary>
    public void GiveUp(long atMicroseconds)
    {
        Close(atMicroseconds);
        Conversation.Facts.Undecodable ??= nameof(ProtocolFault.OverLimit);
        _isGivenUp = true;
    }

    /// <summary>Facts have changed. True if it is the news that the session is encrypted.</summary>
    public bool TakeFacts()
    {
        var facts = Conversation.Facts;
        if (Engine == Engine.PostgreSql)
        {
            _lexerOptions = facts.ServerParameters.GetValueOrDefault("standard_conforming_strings") == "off" ? LexerOptions.BackslashEscapes : LexerOptions.None;
        }

        var isNews = facts.Encrypted && !_isEncrypted;
        _isEncrypted |= facts.Encrypted;
        return isNews;
    }

    /// <summary>What the session has set that the shape of an exchange's text depends on. What the server's own <c>sql_mode</c> is the wire does not tell: the default is taken.</summary>
    public LexerOptions LexerOptionsOf(in Exchange exchange)
    {
        if (_sqlMode is null)
        {
            return _lexerOptions;
        }

        var isPrepared = exchange.Command is Command.MySqlStatementExecute or Command.MySqlStatementBulkExecute;
        return (isPrepared ? _sqlMode.OfPrepared(exchange.StatementHandle, exchange.Text) : _sqlMode.OfText(exchange.Text)) ?? LexerOptions.None;
    }

    /// <summary>An exchange has ended: what it sets holds for those after it.</summary>
    public void Follow(in Exchange exchange)
    {
        switch (exchange.Command)
        {
            case Command.MySqlQuery or Command.MySqlStatementExecute:
                _sqlMode?.Run(exchange.Text, exchange.Failed);
                break;
            case Command.MySqlStatementPrepare when !exchange.Failed:
                _sqlMode?.Prepare(exchange.StatementHandle);
                break;
            case Command.MySqlStatementClose:
                _sqlMode?.Close(exchange.StatementHandle);
                break;
            case Command.MySqlResetConnection or Command.MySqlChangeUser when !exchange.Failed:
                _sqlMode?.Reset();
                break;
        }
    }

    /// <summary>The session as it is known now.</summary>
    public Session ToSession(SessionPurpose purpose, long? closedAtMicroseconds)
    {
        var facts = Conversation.Facts;
        return new Session
        {
            Number = Number,
            Engine = Engine,
            Client = _endpoints.Client,
            Server = _endpoints.Server,
            User = facts.User,
            Database = facts.Database,
            Parameters = new Dictionary<string, string>(facts.Parameters, StringComparer.Ordinal),
            ServerVersion = facts.ServerVersion,
            ServerConnectionId = facts.ServerConnectionId,
            MySqlCapabilities = facts.MySqlCapabilities,
            MySqlCollation = facts.MySqlCollation,
            OpenedAtMicroseconds = _openedAtMicroseconds,
            ClosedAtMicroseconds = closedAtMicroseconds,
            FromStart = _fromStart,
            Encrypted = _isEncrypted,
            ErrorCode = facts.ErrorCode,
            ErrorMessage = facts.ErrorMessage,
            Undecodable = facts.Undecodable,
            Purpose = purpose,
        };
    }

    /// <summary>
    /// Bytes must never make a decoder throw. Should one do so all the same, then this session is lost and told of, not the capture of all others.
    /// What the writer throws (a full disk) is no decoder's error.
    /// </summary>
    private static bool IsDecoderError(Exception e) => e is not (WorkloadException or IOException or OutOfMemoryException);

    private void Close(long atMicroseconds)
    {
        if (_isGivenUp)
        {
            return;
        }

        try
        {
            Conversation.Close(atMicroseconds);
        }
        catch (Exception e) when (IsDecoderError(e))
        {
            Fail(e);
        }
    }

    private void Fail(Exception error)
    {
        Conversation.Facts.Undecodable ??= $"internal error: {error.GetType().Name}";
        _isGivenUp = true;
        _recorder.OnDecoderError(this, error);
    }

    private void LookAtStart(FlowDirection direction, ReadOnlySpan<byte> bytes)
    {
        _looksAtStart = false;
        if (!_fromStart)
        {
            // a connection that was encrypted before the capture began shows TLS records only
            if (FirstBytes.AreTlsRecord(bytes))
            {
                Conversation.Facts.Encrypted = true;
                _recorder.OnFacts(Conversation);
            }
        }
        else if (FirstBytes.Engine(direction, bytes) is { } spoken && spoken != Engine)
        {
            Conversation.Facts.Undecodable ??= nameof(ProtocolFault.NotThisProtocol);
            _isGivenUp = true;
            _recorder.OnContradiction(this, spoken);
        }
    }
}
