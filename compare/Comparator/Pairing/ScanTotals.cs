using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>All that one pass over the paired exchanges adds up to. Workers fill one each; merging them gives the same whatever the order.</summary>
internal sealed class ScanTotals
{
    private readonly ShapeTally?[] _shapes;
    private readonly int _runs;

    public ScanTotals(RunDesign design, int shapes)
    {
        _runs = design.Runs;
        _shapes = new ShapeTally?[shapes];
        Times = new PairAccumulator(design, shapes);
        Accounts = Enumerable.Range(0, design.Runs).Select(_ => new RunAccount()).ToArray();
    }

    /// <summary>Paired times.</summary>
    public PairAccumulator Times { get; }

    /// <summary>Per run, what became of the exchanges; complete after <see cref="Finish"/>.</summary>
    public RunAccount[] Accounts { get; }

    /// <summary>Exchanges answered without error in production and in all runs, counted once instead of once a run.</summary>
    public long AnsweredEverywhere { get; set; }

    /// <summary>Errors by shape and code.</summary>
    public Dictionary<ErrorKey, ErrorTally> Errors { get; } = [];

    /// <summary>Errors in production.</summary>
    public long FailedInProduction { get; set; }

    /// <summary>The tally of a shape; null if it does not occur.</summary>
    public ShapeTally? Shape(int number) => _shapes[number];

    /// <summary>The tally of a shape, made if there is none yet.</summary>
    public ShapeTally ShapeOrNew(int number) => _shapes[number] ??= new ShapeTally(_runs);

    /// <summary>The tally of an error, made if there is none yet.</summary>
    public ErrorTally ErrorOrNew(int shape, int code)
    {
        var key = new ErrorKey(shape, code);
        if (!Errors.TryGetValue(key, out var tally))
        {
            Errors[key] = tally = new ErrorTally(_runs);
        }

        return tally;
    }

    /// <summary>Puts the exchanges that were counted once into the counts per run.</summary>
    public void Finish()
    {
        foreach (var account in Accounts)
        {
            account.AddReplayed(AnsweredEverywhere);
        }

        foreach (var shape in _shapes)
        {
            for (var k = 0; k < _runs && shape is not null; k++)
            {
                shape.Replayed[k] += shape.AnsweredEverywhere;
            }
        }
    }

    public void Add(ScanTotals other)
    {
        AnsweredEverywhere += other.AnsweredEverywhere;
        Times.Add(other.Times);
        FailedInProduction += other.FailedInProduction;
        for (var i = 0; i < _shapes.Length; i++)
        {
            if (other._shapes[i] is { } theirs)
            {
                ShapeOrNew(i).Add(theirs);
            }
        }

        for (var k = 0; k < Accounts.Length; k++)
        {
            Accounts[k].Add(other.Accounts[k]);
        }

        foreach (var (key, tally) in other.Errors)
        {
            ErrorOrNew(key.Shape, key.Code).Add(tally);
        }
    }
}
