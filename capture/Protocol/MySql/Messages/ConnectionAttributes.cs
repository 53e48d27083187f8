using Replay.Protocol.Buffers;

namespace Replay.Protocol.MySql.Messages;

/// <summary>
/// The names and values that a client tells of itself at login.
/// <see href="https://dev.mysql.com/doc/refman/en/performance-schema-connection-attribute-tables.html"/>.
/// </summary>
public static class ConnectionAttributes
{
    /// <summary>Takes the next pair from the front of <paramref name="attributes"/>; false at the end or where it is damaged.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> attributes, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var reader = new SpanReader(attributes);
        name = reader.ReadLengthEncodedString();
        value = reader.ReadLengthEncodedString();
        attributes = reader.IsBroken ? default : reader.Rest;
        return !reader.IsBroken;
    }
}
