using System.Text;
using System.Text.Json;
using Replay.Agent.Inspection;
using Replay.Workload;

namespace Replay.Agent.Tests.Support;

/// <summary>What info and show tell of a workload.</summary>
internal static class Inspected
{
    public static string Info(string folder)
    {
        using var reader = WorkloadReader.Open(folder);
        using var output = new MemoryStream();
        InfoJson.Write(output, reader, WorkloadSummary.Of(reader, CancellationToken.None), 10);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    public static string Text(string folder)
    {
        using var reader = WorkloadReader.Open(folder);
        return InfoText.Make(reader, WorkloadSummary.Of(reader, CancellationToken.None), 10);
    }

    public static List<JsonElement> Show(string folder, ShowFilter? filter = null)
    {
        using var ndjson = new ShowNdjson();
        return [.. Lines(folder, ndjson, filter).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    public static string[] ShowText(string folder, ShowFilter? filter = null) => Lines(folder, new ShowText(), filter);

    private static string[] Lines(string folder, IShowWriter writer, ShowFilter? filter)
    {
        using var reader = WorkloadReader.Open(folder);
        using var output = new MemoryStream();
        new Show(reader, filter ?? new ShowFilter(), writer, output).Run(CancellationToken.None);
        return Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
