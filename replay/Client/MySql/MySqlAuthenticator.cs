using System.Text;
using Replay.Protocol.Buffers;

namespace Replay.Client.MySql;

/// <summary>
/// Answers the server's authentication packets, at login and after COM_CHANGE_USER. Sans-I/O: a packet in, the answer's payload out.
/// <see href="https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html"/>.
/// </summary>
internal sealed class MySqlAuthenticator(string user, string? password, bool isEncrypted)
{
    /// <summary>Header of a packet that names another plugin and brings its challenge.</summary>
    public const byte SwitchRequest = 0xFE;

    /// <summary>Header of a packet with a plugin's own data.</summary>
    public const byte MoreData = 0x01;

    private readonly byte[] _password = Encoding.UTF8.GetBytes(password ?? "");
    private byte[] _challenge = [];

    /// <summary>The plugin in force.</summary>
    public string Plugin { get; private set; } = NativePassword.Name;

    /// <summary>
    /// The first answer, for the plugin that the greeting names. A plugin that is not known here is answered as if it were the native one: the server then
    /// names the one that the account really has.
    /// </summary>
    public byte[] Begin(string plugin, ReadOnlySpan<byte> challenge)
    {
        Plugin = plugin is CachingSha2Password.Name or CachingSha2Password.OlderName ? plugin : NativePassword.Name;
        _challenge = challenge.ToArray();
        return FirstAnswer();
    }

    /// <summary>The answer to a packet; null if none is to be sent. A <see cref="TargetLoginException"/> if the server asks for what is not known here.</summary>
    public byte[]? Answer(ReadOnlySpan<byte> payload)
    {
        if (payload is [SwitchRequest, ..])
        {
            var reader = new SpanReader(payload[1..]);
            Plugin = Encoding.ASCII.GetString(reader.ReadZeroTerminated());
            var challenge = reader.ReadRest();
            _challenge = (challenge is [.., 0] ? challenge[..^1] : challenge).ToArray();
            if (payload.Length == 1)
            {
                Plugin = "mysql_old_password";
            }

            return FirstAnswer();
        }

        return payload is [MoreData, ..] ? AnswerData(payload[1..]) : null;
    }

    private byte[] FirstAnswer() => Plugin switch
    {
        NativePassword.Name => NativePassword.Answer(_password, _challenge),
        CachingSha2Password.Name => CachingSha2Password.Answer(_password, _challenge),
        CachingSha2Password.OlderName when _password.Length == 0 => [],
        CachingSha2Password.OlderName => isEncrypted ? [.. _password, 0] : [CachingSha2Password.OlderRequestKey],
        "mysql_clear_password" when isEncrypted => [.. _password, 0],
        _ => throw new TargetLoginException(
            TargetErrorCodes.Protocol,
            $"user '{user}' logs in by '{Plugin}', which is not known here{(Plugin == "mysql_clear_password" ? " without TLS" : "")}: "
            + $"use an account with {CachingSha2Password.Name} or {NativePassword.Name}"),
    };

    private byte[]? AnswerData(ReadOnlySpan<byte> data)
    {
        switch (data)
        {
            case [CachingSha2Password.FastSucceeded] when Plugin == CachingSha2Password.Name:
                return null;
            case [CachingSha2Password.FullNeeded] when Plugin == CachingSha2Password.Name:
                return isEncrypted ? [.. _password, 0] : [CachingSha2Password.RequestKey];
            case [(byte)'-', ..] when Plugin is CachingSha2Password.Name or CachingSha2Password.OlderName && !isEncrypted:
                return CachingSha2Password.Encrypt(_password, _challenge, data)
                    ?? throw new TargetLoginException(TargetErrorCodes.Protocol, "the server's public key for the password cannot be read: use TLS (sslmode=require)");
            default:
                throw new TargetLoginException(TargetErrorCodes.Protocol, $"the server's plugin '{Plugin}' asks for something that is not known here");
        }
    }
}
