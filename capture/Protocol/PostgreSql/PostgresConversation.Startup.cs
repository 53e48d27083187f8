using System.Buffers.Binary;
using System.Text;
using Replay.Protocol.PostgreSql.Messages;
using Replay.Workload;

namespace Replay.Protocol.PostgreSql;

/// <content>From the connection's first byte to the first ReadyForQuery.</content>
public sealed partial class PostgresConversation
{
    private const byte TlsHandshakeRecord = 0x16;

    private bool ReadStartup()
    {
        var bytes = Unparsed;
        if (bytes.Length > 0 && bytes[0] == TlsHandshakeRecord)
        {
            GoEncrypted();
            return false;
        }

        if (bytes.Length < 8)
        {
            // A length's first two bytes are zero; anything else need not be waited for.
            return bytes.Length >= 2 && BinaryPrimitives.ReadUInt16BigEndian(bytes) != 0 && FailStartup();
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(bytes);
        if (length is < 8 or > StartupMessage.MaxBytes)
        {
            return FailStartup();
        }

        if (bytes.Length < length)
        {
            return false;
        }

        if (!StartupMessage.TryParse(bytes[..length], out var startup))
        {
            return FailStartup();
        }

        OnStartup(startup, bytes[..length]);
        if (_phase == Phase.Over)
        {
            return false;
        }

        _parsed += length;
        return true;
    }

    private bool FailStartup()
    {
        Fail(ProtocolFault.NotThisProtocol, isRequest: true);
        return false;
    }

    private void OnStartup(StartupMessage startup, ReadOnlySpan<byte> bytes)
    {
        switch (startup.Code)
        {
            case StartupMessage.SslRequestCode or StartupMessage.GssEncRequestCode:
                _phase = Phase.EncryptionAnswer;
                break;
            case StartupMessage.CancelRequestCode:
                EmitCancel(bytes);
                _phase = Phase.Over;
                break;
            default:
                if (startup.IsVersion3)
                {
                    ReadStartupParameters(startup.Rest);
                    BeginLogin();
                }
                else
                {
                    FailStartup();
                }

                break;
        }
    }

    private void ReadStartupParameters(ReadOnlySpan<byte> rest)
    {
        while (StartupMessage.TryReadParameter(ref rest, out var name, out var value))
        {
            var text = Encoding.UTF8.GetString(value);
            if (name.SequenceEqual("user"u8))
            {
                Facts.User = text;
            }
            else if (name.SequenceEqual("database"u8))
            {
                Facts.Database = text;
            }
            else
            {
                Facts.Parameters[Encoding.UTF8.GetString(name)] = text;
                Facts.Replication |= name.SequenceEqual("replication"u8) && text is not ("false" or "off" or "no" or "0");
            }
        }

        // The protocol's own default: the database is named as the user.
        Facts.Database ??= Facts.User;
        EmitFacts();
    }

    private void BeginLogin()
    {
        _phase = Phase.Ready;
        AddSlot(RequestSlot.Login, 0, isCut: false, out _);
    }

    /// <summary>The one byte that answers SSLRequest or GSSENCRequest; an ErrorResponse from servers that know neither.</summary>
    private void OnEncryptionAnswer(byte answer)
    {
        switch (answer)
        {
            case (byte)'S' or (byte)'G':
                GoEncrypted();
                break;
            case (byte)'N':
                _phase = Phase.Startup;
                while (_phase != Phase.Over && ReadRequestMessage())
                {
                }

                break;
            default:
                Fail(ProtocolFault.NotThisProtocol, isRequest: false);
                break;
        }
    }

    private void GoEncrypted()
    {
        Facts.Encrypted = true;
        End();
        EmitFacts();
    }

    /// <summary>A message of the server while the login's slot is first in the queue.</summary>
    private void OnLoginMessage(byte type, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case BackendMessages.Authentication or BackendMessages.NegotiateProtocolVersion:
                break;
            case BackendMessages.BackendKeyData:
                if (BackendKeyData.TryParse(payload, out var processId))
                {
                    Facts.ServerConnectionId = processId;
                }

                break;
            case BackendMessages.ReadyForQuery:
                Facts.LoggedIn = true;
                _isJoining = false;
                CompleteSlot();
                EmitFacts();
                break;
            case BackendMessages.ErrorResponse:
                if (ErrorMessage.TryParse(payload, out var error))
                {
                    Facts.ErrorCode = Encoding.UTF8.GetString(error.Code);
                    Facts.ErrorMessage = Encoding.UTF8.GetString(error.Message[..Math.Min(error.Message.Length, MaxErrorMessageBytes)]);
                }

                EmitFacts();
                break;
            default:
                OnUnexpected(type, payload);
                break;
        }
    }

    /// <summary>A cancel request comes on a connection of its own and has no response; process id and key are its bytes.</summary>
    private void EmitCancel(ReadOnlySpan<byte> bytes)
    {
        var exchange = Exchange.Empty;
        exchange.Command = Command.Cancel;
        exchange.Flags = ExchangeFlags.Complete | ExchangeFlags.RequestComplete | ExchangeFlags.NoResponse;
        exchange.RequestedAtMicroseconds = exchange.StartedAtMicroseconds = _at;
        exchange.FirstByteAtMicroseconds = exchange.EndedAtMicroseconds = _at;
        exchange.Request = bytes;
        Emit(ref exchange);
    }
}
