using System.Text.Json;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// What a run's outcomes do not tell of it, as of some moment while it went on: <c>state.json</c> in its folder, which is there as long as the run has not come to its end. A run that is resumed counts on from it.
/// </summary>
/// <param name="Manifest">The manifest, if the run had ended then.</param>
/// <param name="Certificate">The documents likewise.</param>
/// <param name="Responses">See <see cref="ShapeResponses"/>.</param>
/// <param name="Order">See <see cref="OrderReport"/>; null if no order was kept.</param>
/// <param name="OwnLag">The replayer's own lag.</param>
/// <param name="InheritedLag">Lag from slow predecessors.</param>
/// <param name="Series">Rate and concurrency over time.</param>
/// <param name="Use">What the replayer used.</param>
/// <param name="Stretch">By how much the schedule was stretched.</param>
public sealed record RunState(RunManifest Manifest, string Certificate, string Responses, string? Order, LagCounts OwnLag, LagCounts InheritedLag, RunSeriesState Series, ReplayerUse Use, double Stretch)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "state.json";

    /// <summary>As it lies in the file.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <summary>Reads that of a run; null if it has none, because it was killed in its first second.</summary>
    public static RunState? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<RunState>(File.ReadAllBytes(path));
        }
        catch (JsonException e)
        {
            throw new CommandException($"{path} is damaged ({e.Message}); remove it, and what it says of the run's lag and waits is lost");
        }
    }
}
