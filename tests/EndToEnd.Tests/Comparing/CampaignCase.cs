using System.Globalization;

namespace Replay.EndToEnd.Tests.Comparing;

/// <summary>How much a campaign does: a few seconds of traffic at full speed, or what <c>Soak/planted.sh</c> and <c>Soak/same.sh</c> say by environment.</summary>
/// <param name="Seed">Decides what the clients send when.</param>
/// <param name="Seconds">Of traffic.</param>
/// <param name="Scale">How often each shape is sent, by <c>TestKit/planted/shapes.cjs</c>.</param>
/// <param name="Load">The share of the old server's full speed at which it is replayed; null: at full speed.</param>
/// <param name="IsPlanted">Whether the new side has the faults.</param>
/// <param name="Burners">Processes that burn a core each during one run of the new side.</param>
internal sealed record CampaignCase(int Seed, double Seconds, double Scale, double? Load, bool IsPlanted, int Burners)
{
    /// <summary>The soak's file of facts; null in a test.</summary>
    public static string? FactsFile { get; } = Setting("REPLAY_SOAK_FACTS");

    /// <summary>The soak's server; null in a test.</summary>
    public static string? Server { get; } = FactsFile is null ? null : Setting("REPLAY_CAMPAIGN_SERVER");

    /// <summary>The soak's campaign.</summary>
    public static CampaignCase Soak => new(
        (int)Number("REPLAY_CAMPAIGN_SEED", 1), Number("REPLAY_CAMPAIGN_SECONDS", 20), Number("REPLAY_CAMPAIGN_SCALE", 1), Number("REPLAY_CAMPAIGN_LOAD", 1.0 / 3), Setting("REPLAY_CAMPAIGN_FAULTS") != "none", (int)Number("REPLAY_CAMPAIGN_BURNERS", 0));

    /// <summary>The plan's design: <c>sequential</c> or <c>interleaved</c>.</summary>
    public static string Design { get; } = Setting("REPLAY_CAMPAIGN_DESIGN") ?? "sequential";

    /// <summary>A folder in which the workload, the runs and the reports of a campaign are left; null: nowhere.</summary>
    public static string? Keep { get; } = Setting("REPLAY_CAMPAIGN_KEEP");

    private static double Number(string name, double otherwise) => Setting(name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static string? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
