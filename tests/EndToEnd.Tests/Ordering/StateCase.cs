using System.Globalization;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Ordering;

/// <summary>How much <see cref="StateTests"/> does: a few seconds, or what <c>Soak/state.sh</c> says by environment.</summary>
internal static class StateCase
{
    private static readonly string? FactsFile = Setting("REPLAY_SOAK_FACTS");

    public static bool IsSoak => FactsFile is not null && Setting("REPLAY_STATE_SERVER") is not null;

    public static IEnumerable<string> Servers => IsSoak ? [Setting("REPLAY_STATE_SERVER")!] : ["postgres 18", "mysql 9.7"];

    public static TrafficOptions Traffic => IsSoak
        ? new(Setting("REPLAY_STATE_PROFILE")!, Number("REPLAY_STATE_SEED"), Number("REPLAY_STATE_SESSIONS"), Number("REPLAY_STATE_TRANSACTIONS"), Number("REPLAY_STATE_PAUSE"))
        : new("keyed", Seed: 1, Sessions: 8, Transactions: 40, PauseMilliseconds: 15);

    /// <summary>Orders and speeds, as <c>order:speed</c>.</summary>
    public static IEnumerable<(string Order, string Speed)> Replays =>
        (IsSoak ? Setting("REPLAY_STATE_REPLAYS")! : "none:max key:1 key:max").Split(' ').Select(r => r.Split(':')).Select(r => (r[0], r[1]));

    /// <summary>A line for the soak's table, and the rows that differ into a file beside it.</summary>
    public static async Task TellAsync(ServerKind kind, StateCapture capture, StateReplay replay)
    {
        var statements = capture.Counts.Statements.ToString(CultureInfo.InvariantCulture);
        await File.AppendAllTextAsync(FactsFile!, $"{statements}\t{replay.Facts()}\n");
        await File.AppendAllTextAsync($"{FactsFile}.rows", $"{kind}, {Traffic}, {replay.Order}, {replay.Speed}: {replay.Difference}\n");
    }

    private static string? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static int Number(string name) => int.Parse(Setting(name)!, CultureInfo.InvariantCulture);
}
