using System.Globalization;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Comparing;

/// <summary>One campaign, written down for the soak's table: a line for each fault, or one if none is planted.</summary>
internal static class CampaignFacts
{
    public static async Task TellAsync(ServerKind kind, CampaignCase what)
    {
        await using var campaign = await Campaign.CaptureAsync(kind, what);
        var planted = what.IsPlanted ? campaign.Faults : [];
        var compared = await campaign.UpgradeAsync(planted);
        // Of times in runs that are not trusted no shape is judged: what was not found there says nothing of the statistics.
        var distrust = planted.Count == 0 ? [] : compared.Reasons.Where(r => r.Contains("cannot be trusted", StringComparison.Ordinal));
        string[] common = [campaign.Pace, Text(what.Burners), string.Join("; ", distrust.Prepend(compared.Verdict)), Text(compared.Shapes.Count)];
        var beside = string.Join("; ", compared.FlaggedBeside(planted).Select(s => $"{s.Sql}: {s.Told} {s.Ratio}"));
        if (planted.Count == 0)
        {
            await AddAsync([.. common, Text(compared.Shapes.Count(s => s.Verdict == "same")), beside, compared.Verdict == "pass" ? "" : string.Join(" ", compared.Reasons)]);
        }

        foreach (var fault in planted)
        {
            var shape = compared.ShapeOf(fault);
            await AddAsync([.. common, fault.Name, fault.Effect.ToString().ToLowerInvariant(), Text(shape.Executions), shape.Told, shape.Ratio, fault.IsFoundIn(shape) ? "found" : "not found", beside]);
            beside = "as above";
        }
    }

    private static Task AddAsync(IEnumerable<string> facts) =>
        File.AppendAllTextAsync(CampaignCase.FactsFile!, string.Join('\t', facts.Select(f => f.Length == 0 ? "none" : f.ReplaceLineEndings(" ").Replace('|', '/'))) + "\n");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
