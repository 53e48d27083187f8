using System.Globalization;

namespace Replay.Replayer;

/// <summary>What is raised from step to step.</summary>
public enum SweepKind
{
    /// <summary>The rate: a multiple of the recorded one.</summary>
    Rate,

    /// <summary>The transactions in flight at a time.</summary>
    Concurrency,
}

/// <summary>One step of a sweep.</summary>
/// <param name="Kind">What is raised.</param>
/// <param name="Text">How far, as it was given: <c>2</c>, <c>max</c>, <c>8</c>.</param>
/// <param name="Level">The same as a number; infinity is <c>max</c>.</param>
public sealed record SweepStep(SweepKind Kind, string Text, double Level)
{
    /// <summary>The option of <c>run</c> that it is.</summary>
    public string Option => Kind == SweepKind.Rate ? "--speed" : "--concurrency";

    /// <summary>Reads <c>1,2,4,max</c> or <c>1,2,4,8</c>; a <see cref="CommandException"/> unless each is higher than the one before.</summary>
    public static IReadOnlyList<SweepStep> Parse(SweepKind kind, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var steps = text.Split(',', StringSplitOptions.TrimEntries).Select(word => new SweepStep(kind, word, LevelOf(kind, word))).ToList();
        var isRising = steps.Zip(steps.Skip(1)).All(static pair => pair.First.Level < pair.Second.Level);
        return isRising ? steps : throw new CommandException($"{NameOf(kind)} {text}: each step has to be higher than the one before");
    }

    private static double LevelOf(SweepKind kind, string word) => kind switch
    {
        SweepKind.Rate when Speed.TryParse(word, out var speed) => speed.Factor,
        SweepKind.Concurrency when int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0 => limit,
        SweepKind.Rate => throw new CommandException($"--rates {word}: expected multiples of the recorded rate like 1,2,4,max"),
        _ => throw new CommandException($"--concurrency {word}: expected numbers of transactions in flight like 1,2,4,8"),
    };

    private static string NameOf(SweepKind kind) => kind == SweepKind.Rate ? "--rates" : "--concurrency";
}
