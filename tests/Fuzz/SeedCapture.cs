using System.Text.Json;
using Replay.TestKit;
using Replay.TestKit.Packets;

namespace Replay.Fuzz;

/// <summary>A sound capture to begin with, and the ports that its servers listen at.</summary>
internal sealed record SeedCapture(string Name, byte[] Bytes, bool IsPostgres, IReadOnlyList<int> Ports)
{
    private const int Queries = 60;

    /// <summary>Our own, and those of the shared folder where there is one.</summary>
    public static IReadOnlyList<SeedCapture> All() =>
    [
        new("postgres", PcapWriter.ToBytes(SmallCaptures.Postgres(Queries)), true, [5432]),
        new("mysql", PcapWriter.ToBytes(SmallCaptures.MySql(Queries)), false, [3306]),
        .. Shared(),
    ];

    private static IEnumerable<SeedCapture> Shared()
    {
        if (!SharedFolder.TryFind("pcaps/MANIFEST.json", out var manifest))
        {
            yield break;
        }

        using var entries = JsonDocument.Parse(File.ReadAllText(manifest));
        foreach (var entry in entries.RootElement.EnumerateArray())
        {
            var protocol = entry.GetProperty("protocol").GetString();
            var file = Path.Combine(Path.GetDirectoryName(manifest)!, "pcap", entry.GetProperty("file").GetString()!);
            if (protocol != "redis" && File.Exists(file))
            {
                yield return new SeedCapture(Path.GetFileName(file), File.ReadAllBytes(file), protocol != "mysql", [.. entry.GetProperty("server_ports").EnumerateArray().Select(p => p.GetInt32())]);
            }
        }
    }
}
