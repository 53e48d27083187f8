using Replay.Protocol.Buffers;

namespace Replay.Protocol.PostgreSql.Messages;

/// <summary>
/// ErrorResponse and NoticeResponse, which look alike: fields, each a letter and a text.
/// <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-ERRORRESPONSE"/>, <see href="https://www.postgresql.org/docs/current/protocol-error-fields.html"/>
/// </summary>
public readonly ref struct ErrorMessage
{
    /// <summary>The severity, never translated: ERROR, FATAL, PANIC, WARNING, NOTICE, ...; the translated one before PostgreSQL 9.6.</summary>
    public required ReadOnlySpan<byte> Severity { get; init; }

    /// <summary>The SQLSTATE.</summary>
    public required ReadOnlySpan<byte> Code { get; init; }

    /// <summary>The primary message.</summary>
    public required ReadOnlySpan<byte> Message { get; init; }

    /// <summary>Whether the session ends with it.</summary>
    public bool IsFatal => Severity.SequenceEqual("FATAL"u8) || Severity.SequenceEqual("PANIC"u8);

    /// <summary>Reads a payload; false if it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out ErrorMessage message)
    {
        var reader = new SpanReader(payload);
        ReadOnlySpan<byte> severity = default, translated = default, code = default, text = default;
        for (var field = reader.ReadByte(); field != 0; field = reader.ReadByte())
        {
            var value = reader.ReadZeroTerminated();
            switch (field)
            {
                case (byte)'V': severity = value; break;
                case (byte)'S': translated = value; break;
                case (byte)'C': code = value; break;
                case (byte)'M': text = value; break;
            }
        }

        message = new ErrorMessage { Severity = severity.IsEmpty ? translated : severity, Code = code, Message = text };
        return !reader.IsBroken;
    }
}
