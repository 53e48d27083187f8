namespace Replay.Comparator;

/// <summary>By what executions of one shape can differ from each other.</summary>
public enum CauseDimension
{
    /// <summary>The client's address.</summary>
    Client,

    /// <summary>The user.</summary>
    User,

    /// <summary>The database.</summary>
    Database,

    /// <summary>The application by its own name.</summary>
    Application,

    /// <summary>A tag in the statement's comments.</summary>
    Tag,

    /// <summary>The hour of the day in production.</summary>
    Hour,

    /// <summary>How much else was on the wire in production at that moment.</summary>
    Concurrency,

    /// <summary>Rows that production returned or changed.</summary>
    Rows,

    /// <summary>A parameter's value.</summary>
    Parameter,

    /// <summary>How far into a transaction it came.</summary>
    TransactionPosition,

    /// <summary>Whether it was the session's first of this shape.</summary>
    FirstInSession,

    /// <summary>How it was sent: as text or prepared.</summary>
    Command,

    /// <summary>The new server's plan, of executions whose parameters are among those that it explained.</summary>
    Plan,
}

/// <summary>A value of a dimension that sets slow executions apart.</summary>
/// <param name="Dimension">The dimension.</param>
/// <param name="Name">Its name for people: <c>user</c>, <c>tag route</c>, <c>customer (parameter 1)</c>.</param>
/// <param name="Value">The value; null if it is a literal and these are not shown.</param>
/// <param name="Contrast">How the executions with it differ from the rest.</param>
/// <param name="Same">Values of other dimensions that single out the same executions, and are not told by themselves.</param>
public sealed record CauseFinding(CauseDimension Dimension, string Name, string? Value, Statistics.ValueContrast Contrast, IReadOnlyList<CauseFinding> Same)
{
    /// <summary>What it is: <c>user reports</c>, <c>one value of parameter 1</c>.</summary>
    public string What => Value is null ? $"one value of {Name}" : Dimension switch
    {
        CauseDimension.Parameter => $"{Name} = {Value}",
        CauseDimension.Plan => $"the plan \"{Value}\"",
        CauseDimension.Hour or CauseDimension.Concurrency or CauseDimension.Rows or CauseDimension.TransactionPosition or CauseDimension.FirstInSession => Value,
        _ => $"{Name} {Value}",
    };

    /// <summary>The whole of it as a sentence.</summary>
    public string Sentence => $"{char.ToUpperInvariant(What[0])}{What[1..]}: {Sentences.Percent(Contrast.ExecutionShare)} of the executions, {Sentences.Percent(Contrast.ExcessShare)} of the time lost; slow {Sentences.Times(Contrast.RiskRatio.Estimate)} as often as the rest ({Interval})"
        + (Same.Count == 0 ? "." : $". The same executions: {string.Join(", ", Same.Select(same => same.What))}.");

    // Where hardly one of the rest is slow there is no upper bound worth a number.
    private const double NoBound = 1e4;

    private string Interval => Contrast.RiskRatio.High < NoBound ? $"{Sentences.Ratio(Contrast.RiskRatio.Low)} to {Sentences.Ratio(Contrast.RiskRatio.High)}" : $"at least {Sentences.Ratio(Contrast.RiskRatio.Low)}";
}

/// <summary>An execution that became slower.</summary>
/// <param name="Session">Its session.</param>
/// <param name="Ordinal">Its number in the session.</param>
/// <param name="BaselineMicroseconds">What it took on the old server, the mean over the runs.</param>
/// <param name="CandidateMicroseconds">The same on the new server.</param>
public sealed record SlowExecution(int Session, int Ordinal, double BaselineMicroseconds, double CandidateMicroseconds);

/// <summary>What sets the slow executions of a shape apart.</summary>
/// <param name="Executions">Executions that were looked at.</param>
/// <param name="All">Executions that there are.</param>
/// <param name="Slow">Of those that were looked at, the slow ones.</param>
/// <param name="Border">Slow is an execution that took more than this many times its time on the old server.</param>
/// <param name="Findings">What sets them apart, what counts most first.</param>
/// <param name="Slowest">Of the slow ones those that lost most time, the worst first.</param>
/// <param name="SlowInEachRun">Positions in the workload of the slowest hundredth of all executions by their fastest run (<see cref="SlowestExecutions"/>).</param>
public sealed record ShapeCauses(long Executions, long All, long Slow, double Border, IReadOnlyList<CauseFinding> Findings, IReadOnlyList<SlowExecution> Slowest, IReadOnlyList<long> SlowInEachRun)
{
    // So many that there is no rest to tell them from.
    private const double NearlyAll = 0.95;

    /// <summary>Whom it hits, in a sentence; the findings follow.</summary>
    public string Lead
    {
        get
        {
            var share = $"{Slow:N0} of {Sentences.Count(Executions, "execution")}{(Executions < All ? $" (a sample of {All:N0})" : "")} took more than {Sentences.Times(Border)} their time on the old server";
            return Slow == 0 ? "No single execution stands out."
                : Slow >= NearlyAll * Executions ? $"Nearly all executions are slower: {share}."
                : Findings.Count == 0 ? $"{share}; nothing that is known of them sets them apart from the others."
                : $"{share}. What sets them apart:";
        }
    }
}
