using System.Text.Json;
using Replay.Network;
using Replay.Protocol.MySql;
using Replay.TestKit;
using Replay.Workload;
using Xunit.Abstractions;

namespace Replay.Protocol.Tests.MySql;

/// <summary>Captures made by others, against what an independent dissector says of them.</summary>
public sealed class CaptureOracleTests(ITestOutputHelper output)
{
    private static readonly Dictionary<int, string> Compared = new()
    {
        [2] = "init_db",
        [3] = "query",
        [4] = "field_list",
        [14] = "ping",
        [22] = "stmt_prepare",
        [23] = "stmt_execute",
    };

    [SharedFact("pcaps/MANIFEST.json")]
    public void AgreesWithTheOracle()
    {
        var folder = SharedFolder.Find("pcaps");
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "MANIFEST.json")));
        var wrong = new List<string>();
        var files = 0;
        var statements = 0;
        foreach (var entry in manifest.RootElement.EnumerateArray().Where(e => e.GetProperty("protocol").GetString() == "mysql"))
        {
            var name = entry.GetProperty("file").GetString()!;
            var ports = entry.GetProperty("server_ports").EnumerateArray().Select(p => p.GetInt32());
            var oracle = File.ReadLines(Path.Combine(folder, "oracle", name + ".jsonl")).Select(l => JsonDocument.Parse(l).RootElement).ToList();
            var found = Decode(Path.Combine(folder, "pcap", name), ports);
            var problem = Compare(oracle, found, entry.GetProperty("oracle_quality").GetString()!.StartsWith("full", StringComparison.Ordinal), ref statements);
            files++;
            if (problem.Length > 0)
            {
                wrong.Add($"{name}: {problem}");
            }
        }

        output.WriteLine($"{files} files, {statements} statements");
        Assert.True(files >= 50, "the manifest has fewer files than it should");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static List<RecordedExchange> Decode(string path, IEnumerable<int> ports)
    {
        var factory = new Factory();
        var pipeline = new CapturePipeline(new ServerPorts(ports.Select(p => new ServerAddress(null, p))), factory);
        using var source = PcapFile.Open(path);
        while (source.TryNext(out var packet))
        {
            pipeline.Packet(packet);
        }

        pipeline.Finish();
        return factory.Sink.Exchanges;
    }

    private static string Compare(List<JsonElement> oracle, List<RecordedExchange> found, bool isFull, ref int statements)
    {
        var expected = new Dictionary<string, int>(StringComparer.Ordinal);
        var rows = new Dictionary<string, long>(StringComparer.Ordinal);
        var unsure = new HashSet<string>(StringComparer.Ordinal);
        var errors = new List<string>();
        var unknownTexts = 0;
        foreach (var line in oracle.Where(l => l.GetProperty("kind").GetString() == "command" && Compared.ContainsKey(l.GetProperty("cmd").GetInt32())))
        {
            statements++;
            var command = Compared[line.GetProperty("cmd").GetInt32()];
            var text = (Text(line, "query") ?? Text(line, "derived_query"))?.Trim();
            var key = Key(command, text ?? "");
            if (string.IsNullOrEmpty(text) && command is "query" or "stmt_prepare" or "stmt_execute")
            {
                unknownTexts++;
                continue;
            }

            expected[key] = expected.GetValueOrDefault(key) + 1;
            if (line.TryGetProperty("err", out var error))
            {
                errors.Add(error.ToString());
            }

            if (line.TryGetProperty("resp_suspect", out _) || !line.TryGetProperty("resp_frame", out _))
            {
                unsure.Add(key);
            }
            else if (line.TryGetProperty("rows", out var counts))
            {
                rows[key] = rows.GetValueOrDefault(key) + (counts.ValueKind == JsonValueKind.Array ? counts.EnumerateArray().Sum(c => c.GetInt64()) : counts.GetInt64());
            }
        }

        var seen = found.Where(e => Compared.ContainsValue(e.Command.Name())).GroupBy(e => Key(e.Command.Name(), e.Text.Trim()), StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        var problems = expected.Where(x => (seen.GetValueOrDefault(x.Key)?.Count ?? 0) != x.Value)
            .Select(x => $"{x.Value} of {x.Key} expected, {seen.GetValueOrDefault(x.Key)?.Count ?? 0} found").ToList();
        var surplus = seen.Where(x => !expected.ContainsKey(x.Key)).Sum(x => x.Value.Count);
        if (surplus != unknownTexts)
        {
            problems.Add($"{surplus} beyond the oracle's, of which {unknownTexts} have no text there, e.g. {seen.Keys.FirstOrDefault(k => !expected.ContainsKey(k))}");
        }

        if (isFull)
        {
            problems.AddRange(rows.Where(x => !unsure.Contains(x.Key)).Select(x => (x.Key, x.Value, Found: seen.GetValueOrDefault(x.Key)?.Sum(e => Math.Max(e.Rows, 0)) ?? -1))
                .Where(x => x.Value != x.Found).Select(x => $"{x.Key}: {x.Value} rows, {x.Found} found"));
            var foundErrors = found.Where(e => e.ErrorCode.Length > 0).Select(e => e.ErrorCode).Order(StringComparer.Ordinal);
            if (!foundErrors.SequenceEqual(errors.Order(StringComparer.Ordinal), StringComparer.Ordinal))
            {
                problems.Add($"errors {string.Join(' ', errors)}, found {string.Join(' ', foundErrors)}");
            }
        }

        return string.Join("; ", problems.Select(p => p[..Math.Min(p.Length, 250)]));
    }

    private static string Key(string command, string text) => command is "query" or "stmt_prepare" or "stmt_execute" ? $"{command} {text}" : command;

    private static string? Text(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.ToString() : null;

    private sealed class Factory : IFlowFactory
    {
        public RecordingSink Sink { get; } = new();

        public FlowHandler Open(in FlowEndpoints endpoints, bool fromStart, long atMicroseconds) => new ConversationFlow(new MySqlConversation(Sink, ConversationLimits.Default, fromStart));
    }
}
