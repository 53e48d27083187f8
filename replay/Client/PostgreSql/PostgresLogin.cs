using System.Buffers.Binary;
using System.Text;
using Replay.Client.Transport;
using Replay.Protocol;
using Replay.Protocol.Buffers;
using Replay.Protocol.PostgreSql;
using Replay.Protocol.PostgreSql.Messages;

namespace Replay.Client.PostgreSql;

/// <summary>
/// From the first byte to the first ReadyForQuery: TLS, start-up, authentication.
/// <see href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP"/>
/// </summary>
internal sealed class PostgresLogin(LoginChannel channel, ConnectionOptions options, SessionFacts facts)
{
    // A login's messages are short; a server that says otherwise is none.
    private const int MaxMessageBytes = 1 << 20;

    private readonly byte[] _header = new byte[MessageKind.HeaderBytes];
    private readonly ByteStore _out = new();
    private ScramClient? _scram;

    private TargetUrl Url => options.Url;

    public async ValueTask RunAsync(CancellationToken cancellation)
    {
        await NegotiateTlsAsync(cancellation);
        WriteStartup();
        await FlushAsync(cancellation);
        while (true)
        {
            var (type, payload) = await ReadAsync(cancellation);
            if (type == BackendMessages.ReadyForQuery)
            {
                facts.User = options.EffectiveUser;
                facts.Database = options.EffectiveDatabase;
                return;
            }

            Take(type, payload);
            if (_out.Length > 0)
            {
                await FlushAsync(cancellation);
            }
        }
    }

    private async ValueTask NegotiateTlsAsync(CancellationToken cancellation)
    {
        if (channel.SslMode == SslMode.Disable)
        {
            return;
        }

        var request = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(request, 8);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(4), StartupMessage.SslRequestCode);
        await channel.WriteAsync(request, cancellation);
        await channel.ReadExactlyAsync(_header.AsMemory(0, 1), cancellation);
        switch (_header[0])
        {
            case (byte)'S':
                await channel.UpgradeToTlsAsync(cancellation);
                break;
            case (byte)'N' when channel.SslMode == SslMode.Prefer:
                break;
            case (byte)'N':
                throw new TargetTlsException($"{Url.Host}:{Url.Port} offers no TLS (sslmode=prefer does not insist on it)");
            case BackendMessages.ErrorResponse:
                // A pooler that does not know the question.
                throw new TargetTlsException($"{Url.Host}:{Url.Port} answers the question for TLS with an error");
            default:
                throw NotPostgres();
        }
    }

    private void WriteStartup()
    {
        var message = new FrontendWriter(_out);
        message.Begin(0);
        message.WriteInt32(StartupMessage.Version30);
        message.WriteText("user");
        message.WriteText(options.EffectiveUser);
        if (options.EffectiveDatabase.Length > 0)
        {
            message.WriteText("database");
            message.WriteText(options.EffectiveDatabase);
        }

        foreach (var (name, value) in options.Parameters)
        {
            // A replication connection is not replayed; _pq_. options are of protocol versions that are not asked for.
            if (name != "replication" && !name.StartsWith("_pq_.", StringComparison.Ordinal))
            {
                message.WriteText(name);
                message.WriteText(value);
            }
        }

        message.WriteBytes([0]);
        message.End();
    }

    private void Take(byte type, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case BackendMessages.Authentication when AuthenticationRequest.TryParse(payload, out var request):
                Authenticate(request);
                break;
            case BackendMessages.BackendKeyData when BackendKeyData.TryParse(payload, out var processId):
                facts.ServerConnectionId = processId;
                break;
            case BackendMessages.ParameterStatus when ParameterStatus.TryParse(payload, out var status):
                facts.ServerParameters[Encoding.UTF8.GetString(status.Name)] = Encoding.UTF8.GetString(status.Value);
                facts.ServerVersion = facts.ServerParameters.GetValueOrDefault("server_version");
                break;
            case BackendMessages.ErrorResponse when ErrorMessage.TryParse(payload, out var error):
                throw Refused(error);
            case BackendMessages.NoticeResponse or BackendMessages.NegotiateProtocolVersion:
                break;
            default:
                throw NotPostgres();
        }
    }

    private void Authenticate(AuthenticationRequest request)
    {
        switch (request.Kind)
        {
            case AuthenticationRequest.Ok:
                break;
            case AuthenticationRequest.CleartextPassword:
                WritePassword(Encoding.UTF8.GetBytes(Password()), isText: true);
                break;
            case AuthenticationRequest.Md5Password when request.Data.Length == 4:
                WritePassword(Md5Password.Answer(options.EffectiveUser, Password(), request.Data), isText: true);
                break;
            case AuthenticationRequest.Sasl:
                _scram = ScramClient.Choose(request.Data, Password(), channel.ServerCertificate)
                    ?? throw new TargetLoginException("28000", $"{Url.Host}:{Url.Port} asks for a SASL mechanism other than SCRAM-SHA-256");
                WriteSaslInitial(_scram);
                break;
            case AuthenticationRequest.SaslContinue when _scram is not null:
                WritePassword(_scram.Answer(request.Data) ?? throw NotPostgres(), isText: false);
                break;
            case AuthenticationRequest.SaslFinal when _scram is not null:
                if (!_scram.IsServerProven(request.Data))
                {
                    throw new TargetLoginException("28000", $"{Url.Host}:{Url.Port} could not prove that it knows the password itself (SCRAM)");
                }

                break;
            default:
                throw new TargetLoginException("28000", $"{Url.Host}:{Url.Port} asks for an authentication that is not known here (kind {request.Kind}); SCRAM-SHA-256, md5, password and trust are");
        }
    }

    private string Password() =>
        options.EffectivePassword
        ?? throw new TargetLoginException("28P01", $"{Url.Host}:{Url.Port} asks for a password of user '{options.EffectiveUser}', and none was given");

    private void WriteSaslInitial(ScramClient scram)
    {
        var message = new FrontendWriter(_out);
        message.Begin(FrontendMessages.Authentication);
        message.WriteText(scram.Mechanism);
        var first = scram.First();
        message.WriteInt32(first.Length);
        message.WriteBytes(first);
        message.End();
    }

    private void WritePassword(ReadOnlySpan<byte> answer, bool isText)
    {
        var message = new FrontendWriter(_out);
        message.Begin(FrontendMessages.Authentication);
        message.WriteBytes(answer);
        message.WriteBytes(isText ? [0] : default);
        message.End();
    }

    private async ValueTask FlushAsync(CancellationToken cancellation)
    {
        await channel.WriteAsync(_out.WrittenMemory, cancellation);
        _out.WrittenMutable.Clear();
        _out.Clear();
    }

    private async ValueTask<(byte Type, byte[] Payload)> ReadAsync(CancellationToken cancellation)
    {
        await channel.ReadExactlyAsync(_header, cancellation);
        var type = _header[0];
        var length = BinaryPrimitives.ReadInt32BigEndian(_header.AsSpan(1)) - 4;
        if (length is < 0 or > MaxMessageBytes || BackendMessages.Find(type) is null)
        {
            throw NotPostgres();
        }

        var payload = new byte[length];
        await channel.ReadExactlyAsync(payload, cancellation);
        return (type, payload);
    }

    private TargetProtocolException NotPostgres() => new($"what answers at {Url.Host}:{Url.Port} does not speak PostgreSQL's protocol");

    private TargetLoginException Refused(ErrorMessage error)
    {
        var code = Encoding.UTF8.GetString(error.Code);
        var text = Encoding.UTF8.GetString(error.Message).ReplaceLineEndings(" ");
        return new TargetLoginException(code, $"{Url.Host}:{Url.Port} refused user '{options.EffectiveUser}' for database '{options.EffectiveDatabase}': {text} ({code})");
    }
}
