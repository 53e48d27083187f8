using System.Text.Json;
using Replay.TestKit;

namespace Replay.Network.Tests;

/// <summary>Captures made by others, against what another program found in them.</summary>
public sealed class SharedCapturesTests
{
    [SharedFact("pcaps/MANIFEST.json")]
    public void PacketsConnectionsAndWholeStreamsAreAsTheManifestSays()
    {
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Find("pcaps/MANIFEST.json")));
        foreach (var entry in manifest.RootElement.EnumerateArray())
        {
            string name = entry.GetProperty("file").GetString()!;
            string[] ports = [.. entry.GetProperty("server_ports").EnumerateArray().Select(port => port.ToString())];
            if (ports.Length == 0)
            {
                continue;
            }

            var tap = new Tap(null, ports);
            using var source = PcapFile.Open(SharedFolder.Find($"pcaps/pcap/{name}"));
            while (source.TryNext(out var packet))
            {
                tap.Feed(packet);
            }

            tap.Finish();
            Assert.True(source.Problem is null, $"{name}: {source.Problem}");
            Assert.True(entry.GetProperty("packets").GetInt64() == source.Counters.Delivered, $"{name}: {source.Counters.Delivered} packets");
            CheckStreams(name, entry.GetProperty("streams"), tap);
        }
    }

    private static void CheckStreams(string name, JsonElement streams, Tap tap)
    {
        var expected = new List<string>();
        foreach (var stream in streams.EnumerateObject())
        {
            // A connection that was refused, or never said anything, is none to us.
            if (stream.Value.GetProperty("data_packets").GetInt32() > 0)
            {
                expected.Add($"{stream.Value.GetProperty("client").GetString()} {stream.Value.GetProperty("server").GetString()}");
            }
        }

        var actual = tap.Flows.Where(flow => flow.ToServer.Length + flow.ToClient.Length + flow.MissingBytes > 0)
            .Select(flow => $"{flow.Endpoints.Client} {flow.Endpoints.Server}");
        Assert.Equal($"{name}\n{string.Join('\n', expected.Order())}", $"{name}\n{string.Join('\n', actual.Order())}");
    }
}
