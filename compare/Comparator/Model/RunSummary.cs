using Replay.Workload;

namespace Replay.Comparator;

/// <summary>A run in the report.</summary>
/// <param name="Label">A1, B2 ...</param>
/// <param name="Name">The folder's name.</param>
/// <param name="Folder">The folder.</param>
/// <param name="IsCandidate">Whether it is of the new side.</param>
/// <param name="Manifest">Its manifest.</param>
/// <param name="Account">What became of its exchanges.</param>
/// <param name="Distrust">Why it cannot be trusted, a line each; empty if it can.</param>
/// <param name="Certificate">How it kept the schedule; null if it does not tell.</param>
public sealed record RunSummary(string Label, string Name, string Folder, bool IsCandidate, RunManifest Manifest, RunAccount Account, IReadOnlyList<string> Distrust, RunCertificate? Certificate);
