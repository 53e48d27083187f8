namespace Replay.Statistics;

/// <summary>Plays campaigns whose truth is known through the very code that decides, and counts what it gets right.</summary>
public static class Simulator
{
    /// <summary>Executions from which power is counted in <see cref="SimulationResult.Power"/>.</summary>
    public const int ManyExecutions = 200;

    /// <summary>Plays <paramref name="campaigns"/> campaigns with the seeds <paramref name="seed"/>, seed + 1, ...</summary>
    public static SimulationResult Run(CampaignPlan plan, int campaigns, int seed, DecisionOptions? options = null, Action<int>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        options ??= new DecisionOptions();
        var tallies = new Tally[campaigns];
        var done = 0;
        Parallel.For(0, campaigns, i =>
        {
            var campaign = Campaign.Generate(plan, seed + i);
            tallies[i] = Tally.Of(plan, campaign, Decider.Decide(campaign.Design, campaign.Samples, options), options);
            progress?.Invoke(Interlocked.Increment(ref done));
        });

        return new SimulationResult
        {
            Campaigns = campaigns,
            CampaignsWithFalseRegression = tallies.Count(tally => tally.FalselyRegressed > 0),
            CampaignsInDoubt = tallies.Count(tally => tally.IsInDoubt),
            Regressed = tallies.Sum(tally => tally.Regressed),
            FalselyRegressed = tallies.Sum(tally => tally.FalselyRegressed),
            Planted = tallies.Sum(tally => tally.Planted),
            Found = tallies.Sum(tally => tally.Found),
            PlantedRare = tallies.Sum(tally => tally.PlantedRare),
            FoundRare = tallies.Sum(tally => tally.FoundRare),
            Unchanged = tallies.Sum(tally => tally.Unchanged),
            UnchangedCalledSame = tallies.Sum(tally => tally.UnchangedCalledSame),
            MeanAuditRate = tallies.Length == 0 ? double.NaN : tallies.Average(tally => tally.AuditRate),
        };
    }

    private sealed record Tally(
        long Regressed, long FalselyRegressed, long Planted, long Found, long PlantedRare, long FoundRare, long Unchanged, long UnchangedCalledSame, bool IsInDoubt, double AuditRate)
    {
        public static Tally Of(CampaignPlan plan, Campaign campaign, Decision decision, DecisionOptions options)
        {
            var largest = plan.Changes.Select(change => change.Ratio).DefaultIfEmpty(double.PositiveInfinity).Max();
            long regressed = 0, falsely = 0, planted = 0, found = 0, plantedRare = 0, foundRare = 0, unchanged = 0, same = 0;
            foreach (var shape in decision.Shapes)
            {
                var truth = campaign.Truth[shape.Shape];
                var isRegressed = shape.Verdict == ShapeVerdict.Regressed;
                regressed += isRegressed ? 1 : 0;
                falsely += isRegressed && !(truth?.Ratio > options.MinimumRatio) ? 1 : 0;
                unchanged += truth is null ? 1 : 0;
                same += truth is null && shape.Verdict == ShapeVerdict.Same ? 1 : 0;
                if (truth is not null && truth.Ratio >= largest)
                {
                    var isRare = campaign.Samples[shape.Shape]!.Executions < ManyExecutions;
                    planted += isRare ? 0 : 1;
                    found += isRare || !isRegressed ? 0 : 1;
                    plantedRare += isRare ? 1 : 0;
                    foundRare += isRare && isRegressed ? 1 : 0;
                }
            }

            return new Tally(regressed, falsely, planted, found, plantedRare, foundRare, unchanged, same, decision.Doubts.Count > 0, decision.Audit.FalseAlarmRate);
        }
    }
}
