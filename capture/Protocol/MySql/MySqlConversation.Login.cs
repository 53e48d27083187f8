using System.Text;
using Replay.Protocol.MySql.Messages;

namespace Replay.Protocol.MySql;

/// <content>From the greeting to the end of the login. What plugins exchange is passed over and kept nowhere.</content>
public sealed partial class MySqlConversation
{
    /// <summary>Connection attributes beyond this number are left out: servers keep no more than 64 KiB of them.</summary>
    private const int MaxAttributes = 256;

    private void LoginResponse(in MySqlPacket packet, long at)
    {
        var payload = packet.FirstPayload;
        if (payload.IsEmpty)
        {
            return;
        }

        if (payload[0] == ErrPacket.Header && ErrPacket.TryParse(payload, out var error) && error.Code != ErrPacket.ProgressReport)
        {
            Facts.ErrorCode = error.Code.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Facts.ErrorMessage = Encoding.UTF8.GetString(error.Message[..Math.Min(error.Message.Length, 1024)]);
            _phase = Phase.Ignoring;
            EmitFacts();
        }
        else if (_phase is Phase.Greeting or Phase.MidStream)
        {
            Greeting(payload, at);
        }
        else if (_phase == Phase.Authenticating && payload[0] == OkPacket.Header)
        {
            LoggedIn();
        }
    }

    private void Greeting(ReadOnlySpan<byte> payload, long at)
    {
        if (!HandshakeV10.TryParse(payload, out var greeting))
        {
            Abandon(ProtocolFault.NotThisProtocol, isRequest: false, at);
            return;
        }

        _serverCapabilities = greeting.Capabilities;
        Facts.ServerVersion = Encoding.UTF8.GetString(greeting.ServerVersion);
        Facts.ServerConnectionId = greeting.ConnectionId;
        _phase = Phase.Greeted;
        _requestLost = false;
        EmitFacts();
    }

    private void LoginRequest(in MySqlPacket packet, long at)
    {
        if (_phase == Phase.Authenticating)
        {
            if (packet.Sequence == 0 && CommandByte.Begins(packet.Raw))
            {
                // The client would not go on without the server's OK: it was not seen, or it is still to come.
                LoggedIn();
                _responseLost = true;
                CommandPacket(packet, at);
            }

            return;
        }

        var payload = packet.FirstPayload;
        if (SslRequest.Is(payload))
        {
            Facts.Encrypted = true;
            _phase = Phase.Ignoring;
            EmitFacts();
            return;
        }

        var server = _phase == Phase.Greeted ? _serverCapabilities : ~MySqlCapabilities.None;
        if (!HandshakeResponse41.TryParse(payload, out var login))
        {
            EmitFault(ProtocolFault.BadMessage, isRequest: true, at);
            _phase = Phase.Authenticating;
            return;
        }

        _traits.Set(login.Capabilities & server);
        Facts.MySqlCapabilities = (ulong)_traits.Capabilities;
        Facts.MySqlCollation = login.Collation;
        SetUser(login.User, login.Database, login.Attributes);
        _phase = Phase.Authenticating;
        _responseLost = false;
        EmitFacts();
    }

    private void LoggedIn()
    {
        _phase = Phase.Commands;
        Facts.LoggedIn = true;
        if (_traits.Has(MySqlCapabilities.Compress | MySqlCapabilities.ZstdCompression))
        {
            _requestFrames = new CompressedFrames();
            _responseFrames = new CompressedFrames();
        }

        EmitFacts();
    }

    private void SetUser(ReadOnlySpan<byte> user, ReadOnlySpan<byte> database, ReadOnlySpan<byte> attributes)
    {
        Facts.User = Encoding.UTF8.GetString(user);
        Facts.Database = database.IsEmpty ? null : Encoding.UTF8.GetString(database);
        Facts.Parameters.Clear();
        while (Facts.Parameters.Count < MaxAttributes && !attributes.IsEmpty && ConnectionAttributes.TryRead(ref attributes, out var name, out var value))
        {
            Facts.Parameters[Encoding.UTF8.GetString(name)] = Encoding.UTF8.GetString(value);
        }
    }
}
