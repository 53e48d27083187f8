using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Comparing;

/// <summary>
/// Two servers of one version, some 80 shapes, and faults planted on the new one: they are found, and nothing else is. <c>build.sh soak planted</c> and <c>soak same</c> run the same at a third of the server's
/// capacity, with all faults or none, and write down what came of it instead of judging; here is what a few seconds show on any machine.
/// </summary>
public sealed class PlantedTests
{
    private static readonly CampaignCase Quick = new(Seed: 1, Seconds: 2, Scale: 0.1, Load: null, IsPlanted: true, Burners: 0);

    public static TheoryData<string> Servers() => new(CampaignCase.Server ?? "postgres 18");

    [ServerTheory("node", "npm", Live = true)]
    [MemberData(nameof(Servers))]
    public async Task WhatIsPlantedIsFoundAndNothingElse(string kind)
    {
        if (CampaignCase.Server is not null)
        {
            await CampaignFacts.TellAsync(ServerKind.Parse(kind), CampaignCase.Soak);
            return;
        }

        await using var campaign = await Campaign.CaptureAsync(ServerKind.Parse(kind), Quick);
        var planted = campaign.Faults.Where(f => f.Effect is not (PlantedEffect.Tenth or PlantedEffect.Quarter)).ToList();
        var compared = await campaign.UpgradeAsync(planted);
        Assert.Equal("fail", compared.Verdict);
        // Their times are not judged here: a machine with many times more to do than it can shows next to nothing of times.
        foreach (var fault in planted.Where(f => f.Effect != PlantedEffect.Large))
        {
            Assert.True(fault.IsFoundIn(compared.ShapeOf(fault)), $"{fault.Name}: {compared.ShapeOf(fault).Told}");
        }

        Assert.All(compared.FlaggedBeside(planted), shape => Assert.True(shape.NewErrors.Count == 0 && shape.DifferentResults == 0, $"{shape.Sql}: {shape.Told}"));
    }
}
