namespace Replay.Statistics;

/// <summary>How the executions that have one value of a dimension differ from those that have not.</summary>
/// <param name="Value">The value's number.</param>
/// <param name="Executions">Executions with it.</param>
/// <param name="Slow">Those of them that are slow.</param>
/// <param name="ExecutionShare">Their share of all executions.</param>
/// <param name="ExcessShare">Their share of the time that was lost.</param>
/// <param name="RiskRatio">How many times as often they are slow as the rest, with an interval.</param>
public sealed record ValueContrast(int Value, long Executions, long Slow, double ExecutionShare, double ExcessShare, RatioInterval RiskRatio)
{
    /// <summary>What it counts for: much of the time lost, and that for certain not by chance.</summary>
    public double Weight => ExcessShare * Math.Log2(Math.Max(1, RiskRatio.Low));
}

/// <summary>The executions of a shape in which values of dimensions are looked for.</summary>
/// <param name="Slow">Whether each is slow.</param>
/// <param name="Excess">How much longer each took, in any unit; negative ones count as 0.</param>
/// <param name="Clusters">For each way in which executions hang together (sessions, blocks of time) the number of the cluster that each belongs to, from 0.</param>
public sealed record SlowExecutions(bool[] Slow, double[] Excess, IReadOnlyList<int[]> Clusters);
