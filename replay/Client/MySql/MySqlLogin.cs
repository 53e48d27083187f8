using System.Buffers.Binary;
using System.Text;
using Replay.Client.Transport;
using Replay.Protocol.Buffers;
using Replay.Protocol.MySql;
using Replay.Protocol.MySql.Messages;

namespace Replay.Client.MySql;

/// <summary>Greeting, TLS, handshake response and authentication. Not a hot path.</summary>
internal sealed class MySqlLogin(LoginChannel channel, ConnectionOptions options)
{
    /// <summary>utf8mb4_general_ci: every server since 5.5.3 has it.</summary>
    public const int UsualCollation = 45;

    /// <summary>utf8mb4_0900_ai_ci, the only collation of MySQL 8's that fits the handshake's byte.</summary>
    private const int Collation0900 = 255;

    private byte _sequence;

    /// <summary>The flags in force.</summary>
    public MySqlCapabilities Capabilities { get; private set; }

    /// <summary>The captured session's flags that this server does not have.</summary>
    public MySqlCapabilities Lacking { get; private set; }

    /// <summary>Whether another collation had to be taken than the captured session's.</summary>
    public bool ReplacedCollation { get; private set; }

    /// <summary>The collation asked for.</summary>
    public int Collation { get; private set; }

    /// <summary>What the server said of itself.</summary>
    public string ServerVersion { get; private set; } = "";

    /// <summary>The connection's number there.</summary>
    public uint ConnectionId { get; private set; }

    /// <summary>The account's plugin, as far as the server named it.</summary>
    public string Plugin { get; private set; } = NativePassword.Name;

    /// <summary>Logs in.</summary>
    public async ValueTask RunAsync(CancellationToken cancellation)
    {
        var (plugin, challenge) = ReadGreeting(await ReadPacketAsync(cancellation));
        if ((Capabilities & MySqlCapabilities.Ssl) != 0)
        {
            await WriteAsync(store => HandshakeResponseWriter.WriteFixedPart(store, Capabilities, Collation), cancellation);
            await channel.UpgradeToTlsAsync(cancellation);
        }

        var authenticator = new MySqlAuthenticator(options.EffectiveUser, options.EffectivePassword, channel.IsEncrypted);
        var first = authenticator.Begin(plugin, challenge);
        await WriteAsync(
            store => HandshakeResponseWriter.Write(
                store, Capabilities, Collation, options.EffectiveUser, first, options.EffectiveDatabase, authenticator.Plugin, options.Parameters),
            cancellation);
        while (await ReadPacketAsync(cancellation) is not [OkPacket.Header, ..] and var packet)
        {
            if (ErrPacket.TryParse(packet, out var error))
            {
                throw Refusal(error);
            }

            if (authenticator.Answer(packet) is { } answer)
            {
                await WriteAsync(store => store.Append(answer), cancellation);
            }
        }

        Plugin = authenticator.Plugin;
    }

    private (string Plugin, byte[] Challenge) ReadGreeting(byte[] packet)
    {
        if (ErrPacket.TryParse(packet, out var error))
        {
            throw Refusal(error);
        }

        if (!HandshakeV10.TryParse(packet, out var greeting) || (greeting.Capabilities & MySqlCapabilities.Protocol41) == 0)
        {
            throw new TargetProtocolException($"{options.Url.Host}:{options.Url.Port} does not speak MySQL's protocol");
        }

        ServerVersion = Encoding.UTF8.GetString(greeting.ServerVersion);
        ConnectionId = greeting.ConnectionId;
        var hasTls = (greeting.Capabilities & MySqlCapabilities.Ssl) != 0;
        if (!hasTls && channel.SslMode is not (SslMode.Disable or SslMode.Prefer))
        {
            throw new TargetTlsException($"{options.Url.Host}:{options.Url.Port} has no TLS, which the URL's sslmode asks for");
        }

        var choice = CapabilityChoice.Of(
            (MySqlCapabilities)options.MySqlCapabilities,
            greeting.Capabilities,
            useTls: hasTls && channel.SslMode != SslMode.Disable,
            hasDatabase: options.EffectiveDatabase.Length > 0,
            hasAttributes: options.Parameters.Count > 0);
        Capabilities = choice.InForce;
        Lacking = choice.Lacking;
        ChooseCollation(greeting.Collation);
        return (Encoding.ASCII.GetString(greeting.PluginName), [.. greeting.ChallengeStart, .. greeting.ChallengeEnd]);
    }

    private void ChooseCollation(int serverCollation)
    {
        Collation = options.MySqlCollation switch
        {
            < 0 => serverCollation == 0 ? UsualCollation : serverCollation,
            var captured => captured & 0xFF,
        };
        var version = Workload.ServerVersion.Of(Workload.Engine.MySql, ServerVersion);
        var hasNo0900 = version.IsMariaDb || version.Number.Major == 5;
        if (Collation == Collation0900 && hasNo0900)
        {
            Collation = UsualCollation;
            ReplacedCollation = true;
        }
    }

    private TargetLoginException Refusal(in ErrPacket error) => new(
        error.Code.ToString(System.Globalization.CultureInfo.InvariantCulture),
        $"{options.Url.Host}:{options.Url.Port} refused the login of '{options.EffectiveUser}': {Encoding.UTF8.GetString(error.Message)}");

    private async ValueTask<byte[]> ReadPacketAsync(CancellationToken cancellation)
    {
        var header = new byte[MySqlPacket.HeaderBytes];
        await channel.ReadExactlyAsync(header, cancellation);
        var length = header[0] | (header[1] << 8) | (header[2] << 16);
        if (length is 0 or > 1 << 16)
        {
            throw new TargetProtocolException($"{options.Url.Host}:{options.Url.Port} does not speak MySQL's protocol");
        }

        _sequence = (byte)(header[3] + 1);
        var payload = new byte[length];
        await channel.ReadExactlyAsync(payload, cancellation);
        return payload;
    }

    private async ValueTask WriteAsync(Action<ByteStore> write, CancellationToken cancellation)
    {
        var store = new ByteStore();
        store.Append(new byte[MySqlPacket.HeaderBytes]);
        write(store);
        var packet = store.Written.ToArray();
        store.WrittenMutable.Clear(); // it may hold a password
        store.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(packet, packet.Length - MySqlPacket.HeaderBytes);
        packet[3] = _sequence++;
        await channel.WriteAsync(packet, cancellation);
    }
}
