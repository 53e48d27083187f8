namespace Replay.Statistics;

/// <summary>
/// A comparison of equal runs: coefficients per run that sum to zero within each side, so that no difference between the sides enters.
/// </summary>
/// <param name="Name">What is compared, for the report: <c>A1 - A2</c>.</param>
/// <param name="Coefficients">Per run; their squares sum to 1, so that the contrast has the variance of one run.</param>
public sealed record NullContrast(string Name, double[] Coefficients)
{
    /// <summary>
    /// All that the design has: within each side every run against those before it (Helmert), and for two runs a side also the
    /// balanced ones, (A1 + B1) - (A2 + B2) and (A1 + B2) - (A2 + B1). Interleaved: every pair's difference against those before it, in which drift cancels as it does in the comparison.
    /// </summary>
    public static IReadOnlyList<NullContrast> Of(RunDesign design)
    {
        ArgumentNullException.ThrowIfNull(design);
        var contrasts = new List<NullContrast>();
        if (design.IsInterleaved)
        {
            AddPairs(contrasts, design);
            return contrasts;
        }

        AddSide(contrasts, design, 'A', 0, design.BaselineRuns);
        AddSide(contrasts, design, 'B', design.BaselineRuns, design.CandidateRuns);
        if (design is { BaselineRuns: 2, CandidateRuns: 2 })
        {
            contrasts.Add(new NullContrast("(A1 + B1) - (A2 + B2)", [0.5, -0.5, 0.5, -0.5]));
            contrasts.Add(new NullContrast("(A1 + B2) - (A2 + B1)", [0.5, -0.5, -0.5, 0.5]));
        }

        return contrasts;
    }

    /// <summary>The contrast's value.</summary>
    public double Of(ReadOnlySpan<double> perRun)
    {
        double sum = 0;
        for (var k = 0; k < Coefficients.Length; k++)
        {
            sum += Coefficients[k] * perRun[k];
        }

        return sum;
    }

    private static void AddPairs(List<NullContrast> contrasts, RunDesign design)
    {
        for (var j = 1; j < design.BaselineRuns; j++)
        {
            var coefficients = new double[design.Runs];
            for (var pair = 0; pair <= j; pair++)
            {
                var coefficient = (pair < j ? 1 : -j) / Math.Sqrt(j * (j + 1.0) * 2);
                (coefficients[pair], coefficients[design.BaselineRuns + pair]) = (-coefficient, coefficient);
            }

            var others = string.Join(", ", Enumerable.Range(1, j).Select(pair => $"(B{pair} - A{pair})"));
            contrasts.Add(new NullContrast($"{others} - (B{j + 1} - A{j + 1})", coefficients));
        }
    }

    private static void AddSide(List<NullContrast> contrasts, RunDesign design, char side, int first, int count)
    {
        for (var j = 1; j < count; j++)
        {
            var coefficients = new double[design.Runs];
            for (var k = 0; k < j; k++)
            {
                coefficients[first + k] = 1 / Math.Sqrt(j * (j + 1.0));
            }

            coefficients[first + j] = -j / Math.Sqrt(j * (j + 1.0));
            var others = string.Join(", ", Enumerable.Range(1, j).Select(k => $"{side}{k}"));
            contrasts.Add(new NullContrast($"{others} - {side}{j + 1}", coefficients));
        }
    }
}
