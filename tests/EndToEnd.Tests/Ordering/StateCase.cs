using System.Globalization;

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

    /// <summary>Replays, and adds a line to the soak's table, and the rows that differ to a file beside it. A replay that does not end is told too.</summary>
    public static async Task TellAsync(StateCapture capture, string order, string speed)
    {
        string facts;
        try
        {
            var replay = await capture.ReplayAsync(order, speed);
            facts = replay.Facts();
            await File.AppendAllTextAsync($"{FactsFile}.rows", $"{capture.Kind}, {Traffic}, {order}, {speed}: {replay}\n");
        }
        catch (TimeoutException)
        {
            facts = string.Join('\t', [order, speed, "did not end", .. Enumerable.Repeat("-", StateReplay.FactsAfterReplayed)]);
        }

        await File.AppendAllTextAsync(FactsFile!, $"{capture.Counts.Statements.ToString(CultureInfo.InvariantCulture)}\t{facts}\n");
    }

    private static string? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static int Number(string name) => int.Parse(Setting(name)!, CultureInfo.InvariantCulture);
}
