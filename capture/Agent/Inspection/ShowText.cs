using System.Globalization;
using System.Text;
using Replay.Protocol;
using Replay.Workload;

namespace Replay.Agent.Inspection;

/// <summary>Lines for people: time, session, what was asked, how long it took, what came of it, the statement on one line.</summary>
internal sealed class ShowText : IShowWriter
{
    private const int MostCharacters = 400;

    /// <inheritdoc/>
    public byte[] Session(Session session)
    {
        var facts = new List<string>
        {
            WireText.Name(session.Engine),
            $"{session.Client} -> {session.Server}",
            $"user {session.User ?? "?"}",
            $"database {session.Database ?? "?"}",
        };
        AddIf(facts, !session.FromStart, "joined later");
        AddIf(facts, session.Encrypted, "encrypted");
        AddIf(facts, session.Undecodable is not null, $"undecodable ({session.Undecodable})");
        AddIf(facts, session.Purpose == SessionPurpose.SnapshotTool, "snapshot tool");
        AddIf(facts, session.Purpose == SessionPurpose.Replication, "replication");
        AddIf(facts, session.ErrorCode is not null, $"refused: {session.ErrorCode} {session.ErrorMessage}");
        AddIf(facts, session.ClosedAtMicroseconds is not null, $"until {WireText.Time(session.ClosedAtMicroseconds ?? 0)}");
        return Line($"{WireText.Time(session.OpenedAtMicroseconds)}  s{session.Number,-6} session: {string.Join(", ", facts)}");
    }

    /// <inheritdoc/>
    public byte[] Exchange(Engine engine, in Exchange exchange, string? shape)
    {
        var line = new StringBuilder();
        var latency = exchange.LatencyMicroseconds is { } us ? (us / 1000.0).ToString("0.000 ms", CultureInfo.InvariantCulture) : "-";
        line.Append(CultureInfo.InvariantCulture, $"{WireText.Time(exchange.StartedAtMicroseconds)}  s{exchange.Session,-6} #{exchange.Ordinal,-5} {exchange.Command.Name(),-12} {latency,12}");
        Append(line, exchange.Rows >= 0, $"  {exchange.Rows} rows");
        Append(line, exchange.Affected >= 0, $"  {exchange.Affected} affected");
        Append(line, (exchange.Flags & ExchangeFlags.Complete) == ExchangeFlags.None, "  incomplete");
        Append(line, exchange.Failed, $"  ERROR {WireText.Of(exchange.ErrorCode)}: {WireText.Of(exchange.ErrorMessage)}");
        if (!exchange.Text.IsEmpty)
        {
            line.Append("  ").Append(OneLine(WireText.Of(exchange.Text)));
        }

        if (PreparedParameters.Of(engine, exchange) is { Count: > 0 } parameters)
        {
            line.Append("  [").AppendJoin(", ", parameters.Select(p => p is null ? "NULL" : OneLine(p))).Append(']');
        }

        return Line(line.ToString());
    }

    /// <inheritdoc/>
    public byte[] Gap(in Gap gap) => Line(
        $"{WireText.Time(gap.AtMicroseconds)}  s{gap.Session,-6} gap: {(gap.Bytes > 0 ? $"{gap.Bytes} bytes" : "some bytes")} of the {(gap.IsRequest ? "client's" : "server's")} half are missing");

    private static void AddIf(List<string> facts, bool condition, string fact)
    {
        if (condition)
        {
            facts.Add(fact);
        }
    }

    private static void Append(StringBuilder line, bool condition, string text)
    {
        if (condition)
        {
            line.Append(text);
        }
    }

    private static string OneLine(string text)
    {
        var line = string.Join(' ', text.Split((char[])['\r', '\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MostCharacters ? line : line[..MostCharacters] + "...";
    }

    private static byte[] Line(string line) => Encoding.UTF8.GetBytes(line + "\n");
}
