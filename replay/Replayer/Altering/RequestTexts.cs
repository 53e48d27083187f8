using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Requests with another text: framing and everything else stay.</summary>
public static partial class RequestTexts
{
    private const int MySqlHeaderBytes = 4;

    /// <summary>The changed request; null if it has no text to change, or its text is none of that kind.</summary>
    public static byte[]? Change(in Exchange exchange, TextChange change) =>
        exchange.Command is Command.Query or Command.Parse or Command.Execute or Command.Bind or Command.Describe ? ChangePostgres(exchange.Request, change) : ChangeMySql(in exchange, change);

    /// <summary>A changed text; null if it is none of that kind.</summary>
    public static string? Change(string text, TextChange change)
    {
        var changed = change switch
        {
            TextChange.CommitToRollback => CommitMark().Replace(text, "${before}ROLLBACK", 1),
            TextChange.ToRollback => "ROLLBACK",
            TextChange.ToBegin => "BEGIN",
            TextChange.LastToRollback => LastCommitMark().Replace(text, ";ROLLBACK${after}", 1),
            TextChange.AddCommit => $"{text.TrimEnd(' ', ';', '\n', '\r', '\t')}\n;COMMIT",
            TextChange.AutocommitOn => AutocommitOffMark().Replace(text, "${before}1"),
            _ => text,
        };
        return changed == text ? null : changed;
    }

    // The text of a simple query, or of each Parse.
    private static byte[]? ChangePostgres(ReadOnlySpan<byte> request, TextChange change)
    {
        var result = new List<byte>(request.Length + 16);
        var isChanged = false;
        Span<byte> size = stackalloc byte[sizeof(int)];
        while (PostgresMessages.TryNext(ref request, out var message))
        {
            var at = message[0] == 'Q' ? 5 : message[0] == 'P' ? 6 + message[5..].IndexOf((byte)0) : -1;
            var length = at < 0 ? -1 : message[at..].IndexOf((byte)0);
            if (length < 0 || Change(Encoding.Latin1.GetString(message.Slice(at, length)), change) is not { } text)
            {
                result.AddRange(message);
                continue;
            }

            isChanged = true;
            var from = result.Count;
            result.AddRange(message[..at]);
            result.AddRange(Encoding.Latin1.GetBytes(text));
            result.AddRange(message[(at + length)..]);
            BinaryPrimitives.WriteInt32BigEndian(size, result.Count - from - 1);
            for (var i = 0; i < size.Length; i++)
            {
                result[from + 1 + i] = size[i];
            }
        }

        result.AddRange(request);
        return isChanged ? [.. result] : null;
    }

    private static byte[]? ChangeMySql(in Exchange exchange, TextChange change)
    {
        var request = exchange.Request;
        if (exchange.TextOffset < MySqlHeaderBytes || exchange.TextOffset + exchange.Text.Length > request.Length || Change(Encoding.Latin1.GetString(exchange.Text), change) is not { } text)
        {
            return null;
        }

        byte[] changed = [.. request[..exchange.TextOffset], .. Encoding.Latin1.GetBytes(text), .. request[(exchange.TextOffset + exchange.Text.Length)..]];
        var length = changed.Length - MySqlHeaderBytes;
        changed[0] = (byte)length;
        changed[1] = (byte)(length >> 8);
        changed[2] = (byte)(length >> 16);
        return changed;
    }

    // Behind white space and comments.
    [GeneratedRegex(@"^(?<before>(\s|/\*.*?\*/|(--|\#)[^\n]*(\n|$))*)(commit|end)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex CommitMark();

    [GeneratedRegex(@";\s*(commit|end)\b(\s+(work|transaction)\b)?(?<after>[\s;]*)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex LastCommitMark();

    [GeneratedRegex(@"(?<before>\bautocommit\s*(=|:=)\s*)'?(0|off|false)\b'?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex AutocommitOffMark();
}
