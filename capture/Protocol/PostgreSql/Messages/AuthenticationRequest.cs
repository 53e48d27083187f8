using Replay.Protocol.Buffers;

namespace Replay.Protocol.PostgreSql.Messages;

/// <summary>
/// The Authentication messages: which proof of identity the server wants, or that it has it. <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-AUTHENTICATIONOK"/>
/// </summary>
public readonly ref struct AuthenticationRequest
{
    /// <summary>AuthenticationOk.</summary>
    public const int Ok = 0;

    /// <summary>AuthenticationCleartextPassword.</summary>
    public const int CleartextPassword = 3;

    /// <summary>AuthenticationMD5Password.</summary>
    public const int Md5Password = 5;

    /// <summary>AuthenticationSASL.</summary>
    public const int Sasl = 10;

    /// <summary>AuthenticationSASLContinue.</summary>
    public const int SaslContinue = 11;

    /// <summary>AuthenticationSASLFinal.</summary>
    public const int SaslFinal = 12;

    /// <summary>One of the constants, or another kind (GSSAPI, SSPI, Kerberos).</summary>
    public required int Kind { get; init; }

    /// <summary>What follows: salt, mechanisms, SASL data.</summary>
    public required ReadOnlySpan<byte> Data { get; init; }

    /// <summary>Reads a payload; false if it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out AuthenticationRequest message)
    {
        var reader = new SpanReader(payload);
        message = new AuthenticationRequest { Kind = reader.ReadInt32(), Data = reader.ReadRest() };
        return !reader.IsBroken;
    }
}
