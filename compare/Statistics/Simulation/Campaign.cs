namespace Replay.Statistics;

/// <summary>A generated campaign: samples as the comparator would make them, and the truth.</summary>
/// <param name="Design">The runs.</param>
/// <param name="Samples">Samples by shape.</param>
/// <param name="Truth">The planted change by shape; null where nothing changed.</param>
public sealed record Campaign(RunDesign Design, ShapeSample?[] Samples, PlannedChange?[] Truth)
{
    // Of what all shapes have in common, from one time block of a run to the next.
    private const double BlockCorrelation = 0.8;

    /// <summary>Generates one; the same seed gives the same campaign.</summary>
    public static Campaign Generate(CampaignPlan plan, int seed)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var design = new RunDesign(plan.BaselineRuns, plan.CandidateRuns, plan.IsInterleaved);
        var noise = new GaussianNoise(seed);
        var accumulator = new PairAccumulator(design, plan.Shapes);
        var common = new double[design.Runs];
        var blocks = new double[design.Runs][];
        for (var k = 0; k < design.Runs && !plan.IsInterleaved; k++)
        {
            common[k] = plan.CommonDeviation * noise.Next();
            blocks[k] = CorrelatedBlocks(plan, noise);
        }

        for (var pair = 0; pair < design.BaselineRuns && plan.IsInterleaved; pair++)
        {
            (blocks[pair], blocks[design.BaselineRuns + pair]) = InTurn(plan, noise);
        }

        if (plan.IsInterleaved)
        {
            PerRun(design, noise, plan.CommonDeviation, plan.CommonStartDeviation, common);
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
        PerRun(design, noise, deviation, plan.ShapeDeviation > 0 ? deviation * plan.StartDeviation / plan.ShapeDeviation : 0, runs);
        for (var k = 0; k < runs.Length; k++)
        {
            runs[k] += median + common[k];
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

    // Deviations of the runs; of interleaved ones all but what the start makes is one draw for both of a pair.
    private static void PerRun(RunDesign design, GaussianNoise noise, double deviation, double ofStart, double[] perRun)
    {
        ofStart = design.IsInterleaved ? Math.Min(ofStart, deviation) : deviation;
        for (var k = 0; k < perRun.Length; k++)
        {
            perRun[k] = ofStart * noise.Next();
        }

        var ofDrift = Math.Sqrt((deviation * deviation) - (ofStart * ofStart));
        for (var pair = 0; ofDrift > 0 && pair < design.BaselineRuns; pair++)
        {
            var shared = ofDrift * noise.Next();
            perRun[pair] += shared;
            perRun[design.BaselineRuns + pair] += shared;
        }
    }

    // Two runs in turn: half as far apart in time as a run's own blocks, and who is first is swapped.
    private static (double[] Baseline, double[] Candidate) InTurn(CampaignPlan plan, GaussianNoise noise)
    {
        var correlation = Math.Sqrt(BlockCorrelation);
        double[] baseline = new double[PairAccumulator.Blocks], candidate = new double[PairAccumulator.Blocks];
        var state = noise.Next();
        for (var i = 0; i < 2 * baseline.Length; i++)
        {
            state = (correlation * state) + (Math.Sqrt(1 - BlockCorrelation) * noise.Next());
            var block = i / 2;
            ((i % 2 == 0) == (block % 2 == 0) ? baseline : candidate)[block] = plan.BlockDeviation * state;
        }

        return (baseline, candidate);
    }

    private static double[] CorrelatedBlocks(CampaignPlan plan, GaussianNoise noise)
    {
        var blocks = new double[PairAccumulator.Blocks];
        var state = noise.Next();
        for (var i = 0; i < blocks.Length; i++)
        {
            state = (BlockCorrelation * state) + (Math.Sqrt(1 - (BlockCorrelation * BlockCorrelation)) * noise.Next());
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
