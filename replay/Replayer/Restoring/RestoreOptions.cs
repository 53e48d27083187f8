using Replay.Client;

namespace Replay.Replayer;

/// <summary>What <c>dbreplay restore</c> was asked for.</summary>
public sealed record RestoreOptions
{
    /// <summary>The workload's folder.</summary>
    public required string Workload { get; init; }

    /// <summary>Where to restore; null for <see cref="DataDirectory"/>.</summary>
    public TargetUrl? Target { get; init; }

    /// <summary>An empty folder that a physical copy is laid into; null for <see cref="Target"/>.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Whether the data of an earlier restore are put back to how they were then.</summary>
    public bool Reset { get; init; }

    /// <summary>Whether all tables and indexes are read once at the end.</summary>
    public bool Prewarm { get; init; } = true;

    /// <summary>PostgreSQL: whether a template is kept, from which a reset is quick; it takes the data's size again.</summary>
    public bool KeepTemplate { get; init; } = true;

    /// <summary>The command that puts the data of a snapshot taken by a hook onto the target; null for all others.</summary>
    public string? Hook { get; init; }

    /// <summary>The checkpoint that is kept or put back, workload clock, microseconds since 1970; null: the snapshot.</summary>
    public long? CheckpointMicroseconds { get; init; }

    /// <summary>Names of checks whose refusal is ignored.</summary>
    public IReadOnlySet<string> Force { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Folders in which programs are looked for before PATH.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];
}
