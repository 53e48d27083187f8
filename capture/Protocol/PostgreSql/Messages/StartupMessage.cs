using Replay.Protocol.Buffers;

namespace Replay.Protocol.PostgreSql.Messages;

/// <summary>
/// StartupMessage, and the requests that take its place: SSLRequest, GSSENCRequest, CancelRequest. They have no type byte: length, code, rest.
/// <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-STARTUPMESSAGE"/>
/// </summary>
public readonly ref struct StartupMessage
{
    /// <summary>Code of CancelRequest.</summary>
    public const int CancelRequestCode = 80877102;

    /// <summary>Code of SSLRequest.</summary>
    public const int SslRequestCode = 80877103;

    /// <summary>Code of GSSENCRequest.</summary>
    public const int GssEncRequestCode = 80877104;

    /// <summary>Protocol 3.0.</summary>
    public const int Version30 = 3 << 16;

    /// <summary>Protocol 3.2: longer cancel keys.</summary>
    public const int Version32 = (3 << 16) + 2;

    /// <summary>The server takes none longer (<c>MAX_STARTUP_PACKET_LENGTH</c>).</summary>
    public const int MaxBytes = 10_000;

    private StartupMessage(int code, ReadOnlySpan<byte> rest)
    {
        Code = code;
        Rest = rest;
    }

    /// <summary>The protocol version, or one of the request codes.</summary>
    public int Code { get; }

    /// <summary>What follows the code: parameters, or a cancel request's process id and key.</summary>
    public ReadOnlySpan<byte> Rest { get; }

    /// <summary>Whether it opens a session of protocol 3.</summary>
    public bool IsVersion3 => Code >> 16 == 3;

    /// <summary>Reads <paramref name="message"/>, which begins with its length; false if it cannot be one.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out StartupMessage startup)
    {
        var reader = new SpanReader(message);
        var length = reader.ReadInt32();
        var code = reader.ReadInt32();
        startup = new StartupMessage(code, reader.ReadRest());
        return !reader.IsBroken && length == message.Length;
    }

    /// <summary>Reads the next parameter from <paramref name="rest"/> and moves it on; false at the end.</summary>
    public static bool TryReadParameter(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var reader = new SpanReader(rest);
        name = reader.ReadZeroTerminated();
        value = name.IsEmpty ? default : reader.ReadZeroTerminated();
        rest = reader.Rest;
        return !reader.IsBroken && !name.IsEmpty;
    }
}
