namespace Replay.Replayer;

/// <summary>
/// What each execution says by itself, beside what all say together: a statement that is slower for one value of a parameter in twenty is as fast as ever in the middle.
/// </summary>
public sealed class ExemplarTimes
{
    /// <summary>An execution that is slower by more than this, in the middle of its rounds, is slower whatever the others are.</summary>
    public const double SlowerRatio = 1.25;

    private readonly Dictionary<long, List<double>> _rounds = [];

    /// <summary>Executions that have had a round.</summary>
    public int Seen => _rounds.Count;

    /// <summary>How many of them are slower by themselves.</summary>
    public int Slower => _rounds.Values.Count(rounds => Middle(rounds) > Math.Log(SlowerRatio));

    /// <summary>The largest ratio of one of them; NaN if there is none.</summary>
    public double Worst => _rounds.Count == 0 ? double.NaN : Math.Exp(_rounds.Values.Max(Middle));

    /// <summary>Takes in what a round's contrasts of one execution say.</summary>
    public void Add(long position, List<double> contrasts)
    {
        if (!_rounds.TryGetValue(position, out var rounds))
        {
            _rounds[position] = rounds = [];
        }

        rounds.Add(Middle(contrasts));
    }

    /// <summary>Forgets one that is left out.</summary>
    public void Remove(long position) => _rounds.Remove(position);

    private static double Middle(List<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
