using System.Text.Json;
using Replay.Network;
using Replay.TestKit;
using Replay.Workload;
using Xunit.Abstractions;

namespace Replay.Protocol.Tests.PostgreSql;

/// <summary>Captures made by others, against what an independent dissector says of them.</summary>
public sealed class CaptureOracleTests(ITestOutputHelper output)
{
    [SharedFact("pcaps/MANIFEST.json")]
    public void Statements_errors_and_rows_agree()
    {
        var folder = SharedFolder.Find("pcaps");
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "MANIFEST.json")));
        int files = 0, statements = 0;
        foreach (var entry in manifest.RootElement.EnumerateArray().Where(e => e.GetProperty("protocol").GetString() is "pgsql" or "postgres" or "postgresql"))
        {
            var name = entry.GetProperty("file").GetString()!;
            var ports = entry.GetProperty("server_ports").EnumerateArray().Select(p => p.GetInt32());
            var expected = Expected(File.ReadLines(Path.Combine(folder, "oracle", name + ".jsonl")));
            var talk = Decode(Path.Combine(folder, "pcap", name), ports);
            var found = talk.Where(e => e.Command is Command.Query or Command.Execute && !e.Has(ExchangeFlags.SkippedAfterError))
                .Select(e => $"{e.Command} '{e.Text.Trim()}' error '{e.Error}'{(e.Rows > 0 && !e.Has(ExchangeFlags.CopyOut) ? $" rows {e.Rows}" : "")}");
            Assert.Equal((name, string.Join('\n', expected)), (name, string.Join('\n', found.Order(StringComparer.Ordinal))));
            files++;
            statements += expected.Count;
        }

        output.WriteLine($"{files} files, {statements} statements");
        Assert.True(files >= 20, $"the manifest has {files} files, fewer than it should");
    }

    private static List<string> Expected(IEnumerable<string> lines)
    {
        var expected = new List<string>();
        foreach (var line in lines.Select(l => JsonDocument.Parse(l).RootElement))
        {
            if (line.GetProperty("kind").GetString() is not ("Simple query" or "Execute") || line.TryGetProperty("skipped_after_error", out _))
            {
                continue;
            }

            var isQuery = line.GetProperty("kind").GetString() == "Simple query";
            var text = (Text(line, "query") ?? Text(line, "derived_query") ?? "").Trim();
            var rows = line.TryGetProperty("rows", out var count) && count.GetInt64() > 0 ? $" rows {count.GetInt64()}" : "";
            expected.Add($"{(isQuery ? Command.Query : Command.Execute)} '{text}' error '{Text(line, "sqlstate")}'{rows}");
        }

        expected.Sort(StringComparer.Ordinal);
        return expected;
    }

    private static string? Text(JsonElement line, string name) => line.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static List<SeenExchange> Decode(string path, IEnumerable<int> ports)
    {
        var factory = new Factory();
        var pipeline = new CapturePipeline(new ServerPorts(ports.Select(p => new ServerAddress(null, p))), factory);
        using var source = PcapFile.Open(path);
        while (source.TryNext(out var packet))
        {
            pipeline.Packet(packet);
        }

        pipeline.Finish();
        return [.. factory.Talks.SelectMany(t => t.Seen)];
    }

    private sealed class Factory : IFlowFactory
    {
        public List<Talk> Talks { get; } = [];

        public FlowHandler Open(in FlowEndpoints endpoints, bool fromStart, long atMicroseconds)
        {
            var talk = new Talk(fromStart);
            Talks.Add(talk);
            return new ConversationFlow(talk.Conversation);
        }
    }
}
