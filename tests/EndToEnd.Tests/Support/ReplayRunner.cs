using System.Globalization;
using System.Text.RegularExpressions;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Support;

/// <summary>Runs dbreplay as a user would, with the vendor's tools for a kind of server in the PATH.</summary>
internal static partial class ReplayRunner
{
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(2);

    /// <summary>Runs it to its end, which has to be a good one.</summary>
    public static async Task<ProcessResult> RunAsync(ServerKind kind, params string[] arguments) => (await TryAsync(kind, arguments)).Expect();

    /// <summary>Runs it to its end.</summary>
    public static async Task<ProcessResult> TryAsync(ServerKind kind, params string[] arguments) =>
        await ProcessRunner.RunAsync(ProjectPrograms.Replay, arguments, await OptionsAsync(kind));

    /// <summary>Starts it.</summary>
    public static async Task<RunningProcess> StartAsync(ServerKind kind, params string[] arguments) =>
        RunningProcess.Start(ProjectPrograms.Replay, arguments, await OptionsAsync(kind));

    /// <summary>How many transactions a run called ambiguous: whether the snapshot has them, nothing tells.</summary>
    public static int Ambiguous(ProcessResult run) =>
        AmbiguousCount().Match(run.Error) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;

    private static async Task<ProcessOptions> OptionsAsync(ServerKind kind)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["PATH"] = await VendorTools.PathAsync(kind) };
        return new ProcessOptions { Environment = environment, Timeout = Within };
    }

    [GeneratedRegex("straddle the cut, .*, ([0-9]+) are ambiguous")]
    private static partial Regex AmbiguousCount();
}
