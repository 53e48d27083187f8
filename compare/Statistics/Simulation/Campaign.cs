namespace Replay.Statistics;

/// <summary>A generated campaign: samples as the comparator would make them, and the truth.</summary>
/// <param name="Design">The runs.</param>
/// <param name="Samples">Samples by shape.</param>
/// <param name="Truth">The planted change by shape; null where nothing changed.</param>
public sealed record Campaign(RunDesign Design, ShapeSample?[] Samples, PlannedChange?[] Truth)
{
    /// <summary>Generates one; the same seed gives the same campaign.</summary>
    public static Campaign Generate(CampaignPlan plan, int seed)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var design = new RunDesign(plan.BaselineRuns, plan.CandidateRuns);
        var noise = new GaussianNoise(seed);
        var accumulator = new PairAccumulator(design, plan.Shapes);
        var common = new double[design.Runs];
        var blocks = new double[design.Runs][];
        for (var k = 0; k < design.Runs; k++)
        {
            common[k] = plan.CommonDeviation * noise.Next();
            blocks[k] = CorrelatedBlocks(plan, noise);
        }

        var truth = new PlannedChange?[plan.Shapes];
        for (var shape = 0; shape < plan.Shapes; shape++)
        {
            truth[shape] = Draw(plan, noise.NextUniform());
            GenerateShape(plan, design, noise, accumulator, shape, truth[shape], common, blocks);
        }

        return new Campaign(design, accumulator.Samples(), truth);
    }

    private static void GenerateShape(
        CampaignPlan plan, RunDesign design, GaussianNoise noise, PairAccumulator accumulator, int shape, PlannedChange? change, double[] common, double[][] blocks)
    {
        // Medians from 500 us to 50 ms: a quarter more always matters in absolute terms too.
        var median = Math.Log(500) + (noise.NextUniform() * Math.Log(100));
        var n = (int)Math.Exp(Math.Log(plan.LeastExecutions) + (noise.NextUniform() * Math.Log((double)plan.MostExecutions / plan.LeastExecutions)));
        var deviation = plan.ShapeDeviation * Math.Exp(0.4 * noise.Next());
        var runs = new double[design.Runs];
        var ofBlock = new double[design.Runs * PairAccumulator.Blocks];
        for (var k = 0; k < runs.Length; k++)
        {
            runs[k] = median + common[k] + (deviation * noise.Next());
        }

        for (var i = 0; i < ofBlock.Length; i++)
        {
            ofBlock[i] = plan.BlockDeviation * noise.Next();
        }

        var limit = change is null ? double.PositiveInfinity : noise.Quantile(1 - change.SlowestShare);
        Span<float> latencies = stackalloc float[design.Runs];
        for (var i = 0; i < n; i++)
        {
            var block = PairAccumulator.BlockOf(i, n);
            var parameter = noise.Next();
            for (var k = 0; k < runs.Length; k++)
            {
                var log = runs[k] + blocks[k][block] + ofBlock[(k * PairAccumulator.Blocks) + block] + (plan.ParameterDeviation * parameter) + (plan.ExecutionDeviation * noise.Next());
                log += noise.NextUniform() < plan.OutlierShare ? -Math.Log(1 - noise.NextUniform()) : 0;
                log += k >= design.BaselineRuns && parameter >= limit ? Math.Log(change!.Ratio) : 0;
                latencies[k] = (float)Math.Exp(log);
            }

            accumulator.Add(shape, block, latencies);
        }
    }

    private static double[] CorrelatedBlocks(CampaignPlan plan, GaussianNoise noise)
    {
        const double Correlation = 0.8;
        var blocks = new double[PairAccumulator.Blocks];
        var state = noise.Next();
        for (var i = 0; i < blocks.Length; i++)
        {
            state = (Correlation * state) + (Math.Sqrt(1 - (Correlation * Correlation)) * noise.Next());
            blocks[i] = plan.BlockDeviation * state;
        }

        return blocks;
    }

    private static PlannedChange? Draw(CampaignPlan plan, double uniform)
    {
        foreach (var change in plan.Changes)
        {
            if (uniform < change.Share)
            {
                return change;
            }

            uniform -= change.Share;
        }

        return null;
    }
}
