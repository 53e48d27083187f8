using Replay.Protocol.Buffers;

namespace Replay.Protocol.PostgreSql.Messages;

/// <summary>Bind: parameter values for a prepared statement, which make a portal. <see href="https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-BIND"/></summary>
public readonly ref struct BindMessage
{
    /// <summary>The portal's name; empty for the unnamed one.</summary>
    public required ReadOnlySpan<byte> Portal { get; init; }

    /// <summary>The prepared statement's name; empty for the unnamed one.</summary>
    public required ReadOnlySpan<byte> Statement { get; init; }

    /// <summary>Formats of the parameters: none (all text), one for all, or one each.</summary>
    public required FormatCodes ParameterFormats { get; init; }

    /// <summary>Number of parameter values.</summary>
    public required int ParameterCount { get; init; }

    /// <summary>The values: for each its length (-1 is NULL) and its bytes.</summary>
    public required ReadOnlySpan<byte> Parameters { get; init; }

    /// <summary>Formats wanted for the result's columns.</summary>
    public required FormatCodes ResultFormats { get; init; }

    /// <summary>Where <see cref="Parameters"/> begins in the payload.</summary>
    public required int ParametersOffset { get; init; }

    /// <summary>Reads a payload; false if it is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out BindMessage message)
    {
        var reader = new SpanReader(payload);
        var portal = reader.ReadZeroTerminated();
        var statement = reader.ReadZeroTerminated();
        var parameterFormats = FormatCodes.Read(ref reader);
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

        var values = reader.IsBroken ? default : payload[start..reader.Position];
        message = new BindMessage
        {
            Portal = portal,
            Statement = statement,
            ParameterFormats = parameterFormats,
            ParameterCount = count,
            Parameters = values,
            ParametersOffset = start,
            ResultFormats = FormatCodes.Read(ref reader),
        };
        return !reader.IsBroken && reader.IsAtEnd;
    }
}
