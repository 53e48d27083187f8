namespace Replay.Comparator;

/// <summary>A setting that the two servers have differently.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Baseline">The old server's value; null if it has no such setting.</param>
/// <param name="Candidate">The new server's value; null if it has no such setting.</param>
public sealed record SettingDifference(string Name, string? Baseline, string? Candidate);
