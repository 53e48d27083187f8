using Replay.Client;

namespace Replay.Replayer;

/// <summary>Puts a side's data back to the snapshot before each of its runs, the same way every time.</summary>
public sealed record FreshData
{
    /// <summary>The workload's folder.</summary>
    public required string Workload { get; init; }

    /// <summary>The side's server.</summary>
    public required TargetUrl Target { get; init; }

    /// <summary>As <see cref="RestoreOptions.Hook"/>.</summary>
    public string? Hook { get; init; }

    /// <summary>A command that puts the data back instead, from the second time on: a cold copy with stop, copy and start of the server.</summary>
    public string? Reset { get; init; }

    /// <summary>Whether every table and index is read once.</summary>
    public bool Prewarm { get; init; } = true;

    /// <summary>Checks to ignore.</summary>
    public IReadOnlySet<string> Force { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Folders in which programs are looked for before PATH.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>Puts it back; the first time it is restored if it has not been.</summary>
    public async Task PutBackAsync(UpgradeHooks hooks, bool isFirst, Progress progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(hooks);
        var options = new RestoreOptions { Workload = Workload, Target = Target, Reset = true, Prewarm = Prewarm, Force = Force, Tools = Tools, Hook = Hook };
        if (!isFirst && Reset is { } command)
        {
            await hooks.RunAsync([command], cancellation);
            await Restorer.SettleAsync(options, progress, cancellation);
            return;
        }

        await Restorer.RunAsync(options, progress, cancellation);
    }
}
