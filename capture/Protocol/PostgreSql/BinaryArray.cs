using System.Text;
using Replay.Protocol.Buffers;

namespace Replay.Protocol.PostgreSql;

/// <summary>Arrays of one dimension in the binary format, as <c>{a,b,NULL}</c>.</summary>
internal static class BinaryArray
{
    // What an array's text quotes: a delimiter, a brace, a quote, a backslash, white space.
    private static readonly System.Buffers.SearchValues<char> Special = System.Buffers.SearchValues.Create(",{}\"\\ \t\r\n");

    public static string? Of(uint element, ReadOnlySpan<byte> value)
    {
        var reader = new SpanReader(value);
        var dimensions = reader.ReadInt32();
        reader.Skip(4);
        var type = (uint)reader.ReadInt32();
        if (dimensions == 0 && reader.IsAtEnd && !reader.IsBroken)
        {
            return "{}";
        }

        var count = reader.ReadInt32();
        reader.Skip(4);
        if (dimensions != 1 || type != element || count < 0 || count > value.Length)
        {
            return null;
        }

        var text = new StringBuilder("{");
        for (var i = 0; i < count; i++)
        {
            text.Append(i == 0 ? "" : ",");
            var length = reader.ReadInt32();
            Append(text, length < 0 ? null : BinaryText.Of(element, reader.ReadBytes(length)));
        }

        return reader.IsBroken || !reader.IsAtEnd ? null : text.Append('}').ToString();
    }

    private static void Append(StringBuilder text, string? value)
    {
        if (value is null)
        {
            text.Append("NULL");
        }
        else if (value.Length == 0 || value.AsSpan().ContainsAny(Special) || value.Equals("null", StringComparison.OrdinalIgnoreCase))
        {
            text.Append('"').Append(value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        }
        else
        {
            text.Append(value);
        }
    }
}
