using System.Text.Json;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Support;

/// <summary>What <c>show --format ndjson</c> prints of a workload or a run.</summary>
internal sealed record ShownWorkload(IReadOnlyList<JsonElement> Sessions, IReadOnlyList<ShownExchange> Exchanges, IReadOnlyList<JsonElement> Gaps)
{
    public IEnumerable<ShownExchange> Statements => Exchanges.Where(e => e.IsStatement);

    /// <summary>A workload, read by dbcapture.</summary>
    public static Task<ShownWorkload> OfWorkloadAsync(string folder) => ReadAsync(ProjectPrograms.Capture, folder);

    /// <summary>A run, read by dbreplay.</summary>
    public static Task<ShownWorkload> OfRunAsync(string folder) => ReadAsync(ProjectPrograms.Replay, folder);

    private static async Task<ShownWorkload> ReadAsync(string program, string folder)
    {
        var result = await ProcessRunner.RunAsync(program, ["show", folder, "--format", "ndjson"], new ProcessOptions { Timeout = TimeSpan.FromMinutes(2) });
        result.Expect();
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        List<JsonElement> OfType(string type) => [.. lines.Where(l => l.GetProperty("type").GetString() == type)];
        return new ShownWorkload(OfType("session"), [.. OfType("exchange").Select(ShownExchange.From)], OfType("gap"));
    }
}
