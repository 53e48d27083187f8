using System.Text;

namespace Replay.Replayer.Tests.Evidence;

/// <summary>Reads texts as test_decoding writes them.</summary>
internal static class DecodedText
{
    /// <summary>What a reader says of a text, a line each.</summary>
    public static List<string> Say(string text) => Say(Encoding.UTF8.GetBytes(text));

    /// <summary>The same of bytes.</summary>
    public static List<string> Say(byte[] text)
    {
        using var bytes = new DecodedBytes(new MemoryStream(text));
        var reader = new DecodedReader(bytes);
        var said = new List<string>();
        while (reader.Read() is var item and not DecodedItem.End)
        {
            said.Add(item switch
            {
                DecodedItem.Begin => $"begin {reader.Xid}",
                DecodedItem.Commit => $"commit {reader.Xid} {reader.CommittedAt}",
                DecodedItem.Change => Say(reader.Change),
                _ => item.ToString().ToLowerInvariant(),
            });
        }

        return said;
    }

    private static string Say(DecodedChange change) =>
        $"{change.Operation} {string.Join(' ', change.Tables.Select(t => $"{t.Schema}.{t.Name}"))}{Say(" was", change, change.Old)}{Say(" is", change, change.New)}";

    private static string Say(string word, DecodedChange change, List<DecodedColumn> columns) => columns.Count == 0 ? "" : word
        + string.Concat(columns.Select(c => $" {c.Name}={c.Value switch { DecodedValue.Null => "NULL", DecodedValue.Unknown => "?", _ => $"<{Encoding.UTF8.GetString(change.Bytes(in c))}>" }}"));
}
