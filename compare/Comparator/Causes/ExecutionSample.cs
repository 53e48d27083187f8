using Replay.Sql;
using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>One execution that is looked at.</summary>
/// <param name="Session">Its session.</param>
/// <param name="Ordinal">Its number in the session.</param>
/// <param name="Block">Its block of time.</param>
/// <param name="RequestedAt">When production asked for it, microseconds.</param>
/// <param name="LogRatio">Logarithm of new by old, means over the runs.</param>
/// <param name="Old">Its latency on the old server, the mean over the runs, microseconds.</param>
/// <param name="Excess">That on the new one less that, microseconds.</param>
/// <param name="IsPrepared">Whether its values were bound to a prepared statement.</param>
/// <param name="Values">Numbers of its values, by the shape's dimensions.</param>
/// <param name="Parameters">Tells it by its parameters (<see cref="ExplainedParameters.KeyOf"/>); null if they are not known, or not asked for.</param>
internal readonly record struct SampledExecution(int Session, int Ordinal, int Block, long RequestedAt, double LogRatio, double Old, double Excess, bool IsPrepared, int[] Values, ulong? Parameters = null);

/// <summary>A shape's executions: all if they are few, else an even sample (reservoir, Vitter 1985's algorithm R), and what their values are called.</summary>
/// <param name="seed">Decides which are kept.</param>
/// <param name="most">How many.</param>
internal sealed class ExecutionSample(int seed, int most = ExecutionSample.MostExecutions)
{
    /// <summary>Executions of a shape that are looked at, if there are few shapes to look at: 20,000.</summary>
    public const int MostExecutions = 20_000;

    /// <summary>Parameters that are looked at: the first 8.</summary>
    public const int MostParameters = 8;

    /// <summary>Tags of comments that are looked at: 6.</summary>
    public const int MostTags = 6;

    private readonly Random _random = new(seed);
    private readonly List<(CauseDimension Dimension, string Name, ValueTable Values)> _dimensions = [];
    private readonly Dictionary<(CauseDimension, string), int> _places = [];

    /// <summary>What the new server explained of them; null if that says nothing.</summary>
    public ExplainedParameters? Explained { get; init; }

    /// <summary>Of all, not only of those that are kept.</summary>
    public SlowestExecutions SlowInEachRun { get; } = new();

    /// <summary>Those that are kept.</summary>
    public List<SampledExecution> Kept { get; } = [];

    /// <summary>How many there were.</summary>
    public long All { get; private set; }

    public IReadOnlyList<(CauseDimension Dimension, string Name, ValueTable Values)> Dimensions => _dimensions;

    /// <summary>The place that the next one takes; below 0 if it is not kept, so that its values need not be read.</summary>
    public int NextPlace()
    {
        var number = All++;
        if (number < most)
        {
            return (int)number;
        }

        var place = _random.NextInt64(number + 1);
        return place < most ? (int)place : -1;
    }

    public void Put(int place, in SampledExecution execution)
    {
        if (place == Kept.Count)
        {
            Kept.Add(execution);
        }
        else
        {
            Kept[place] = execution;
        }
    }

    /// <summary>Notes what was bound to a prepared statement for an execution that is kept: its parameters, in the place of the text's literals.</summary>
    public void Bind(int place, IReadOnlyList<string?> parameters)
    {
        List<int> values = [.. Kept[place].Values.Select((value, dimension) => _dimensions[dimension].Dimension == CauseDimension.Parameter ? -1 : value)];
        for (var i = 0; i < Math.Min(parameters.Count, MostParameters); i++)
        {
            Note(values, CauseDimension.Parameter, CauseWords.Parameter(i), parameters[i] ?? CauseWords.Null);
        }

        Kept[place] = Kept[place] with { Values = [.. values], Parameters = Kept[place].Parameters is { } key ? parameters.Aggregate(key, ParameterKey.With) : null };
    }

    /// <summary>What was bound is not known.</summary>
    public void ForgetPrepared()
    {
        Explained?.ForgetPrepared();
        for (var place = 0; place < Kept.Count; place++)
        {
            Kept[place] = Kept[place].IsPrepared ? Kept[place] with { Parameters = null } : Kept[place];
        }
    }

    /// <summary>Notes a value of an execution.</summary>
    public void Note(List<int> values, CauseDimension dimension, string name, string? value)
    {
        if (!_places.TryGetValue((dimension, name), out var place))
        {
            if (dimension == CauseDimension.Tag && _dimensions.Count(one => one.Dimension == CauseDimension.Tag) == MostTags)
            {
                return;
            }

            _places[(dimension, name)] = place = _dimensions.Count;
            _dimensions.Add((dimension, name, new ValueTable()));
        }

        while (values.Count <= place)
        {
            values.Add(-1);
        }

        values[place] = _dimensions[place].Values.NumberOf(value);
    }

    /// <summary>The block of time that a position lies in.</summary>
    public static int BlockOf(long position, long count) => PairAccumulator.BlockOf(position, count);
}
