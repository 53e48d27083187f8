using Replay.Protocol.Buffers;

namespace Replay.Protocol.PostgreSql.Messages;

/// <summary>FunctionCall: a call by the function's OID (the "fast path", large objects mostly). <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-FUNCTIONCALL"/></summary>
public readonly ref struct FunctionCallMessage
{
    /// <summary>The function's OID.</summary>
    public required uint Function { get; init; }

    /// <summary>Formats of the arguments.</summary>
    public required FormatCodes Formats { get; init; }

    /// <summary>Number of arguments.</summary>
    public required int ArgumentCount { get; init; }

    /// <summary>The arguments: for each its length (-1 is NULL) and its bytes.</summary>
    public required ReadOnlySpan<byte> Arguments { get; init; }

    /// <summary>Reads a payload; false if it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out FunctionCallMessage message)
    {
        var reader = new SpanReader(payload);
        var function = (uint)reader.ReadInt32();
        var formats = FormatCodes.Read(ref reader);
        int count = (ushort)reader.ReadInt16();
        var start = reader.Position;
        for (var i = 0; i < count && !reader.IsBroken; i++)
        {
            var length = reader.ReadInt32();
            if (length > 0)
            {
                reader.Skip(length);
            }
        }

        var arguments = reader.IsBroken ? default : payload[start..reader.Position];
        reader.ReadInt16();
        message = new FunctionCallMessage { Function = function, Formats = formats, ArgumentCount = count, Arguments = arguments };
        return !reader.IsBroken && reader.IsAtEnd;
    }
}
