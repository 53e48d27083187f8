using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>Tells new errors from known ones, from chance and from mere consequences.</summary>
internal sealed class ErrorJudge
{
    /// <summary>An error that equal runs show too is called new if its number in the candidate would come by chance less often than this.</summary>
    public const double Significance = 0.001;

    private readonly ComparisonInput _input;
    private readonly ScanTotals _totals;
    private readonly ExampleReader _examples;
    private readonly CauseReader _causes;

    public ErrorJudge(ComparisonInput input, ScanTotals totals, ExampleReader examples, CauseReader causes)
    {
        _causes = causes;
        _input = input;
        _totals = totals;
        _examples = examples;
    }

    /// <summary>All errors, new ones first, then by number.</summary>
    public IReadOnlyList<ErrorFinding> Judge()
    {
        // If something untainted is new, then what is new on tainted ground may follow from it. If nothing is, the taint explains nothing.
        var hasRoot = _totals.Errors.Any(error => IsRoot(error.Key, error.Value));
        return _totals.Errors.Select(error => Judge(error.Key, error.Value, hasRoot))
            .OrderBy(finding => finding.Kind).ThenByDescending(finding => finding.NewExchanges).ThenBy(finding => finding.Shape).ThenBy(finding => finding.Code, StringComparer.Ordinal)
            .ToArray();
    }

    private bool IsRoot(ErrorKey key, ErrorTally tally) => tally.FirstNew != long.MaxValue && !ErrorClasses.IsConsequence(_input.Codes.Code(key.Code));

    private ErrorFinding Judge(ErrorKey key, ErrorTally tally, bool hasRoot)
    {
        var code = _input.Codes.Code(key.Code);
        var newest = tally.NewPerRun.Max();
        var kind = Kind(code, tally, newest, hasRoot);
        var at = kind == ErrorKind.New || kind == ErrorKind.Consequence ? Math.Min(tally.FirstNew, tally.FirstNewTainted) : tally.First;
        at = kind == ErrorKind.New && tally.FirstNew != long.MaxValue ? tally.FirstNew : at;
        return new ErrorFinding
        {
            Shape = key.Shape,
            Code = code,
            Kind = kind,
            PerRun = tally.PerRun,
            Production = tally.Production,
            NewExchanges = newest,
            Example = at == long.MaxValue ? null : _examples.Find(at, code),
            Cause = at == long.MaxValue || kind is ErrorKind.Known or ErrorKind.Gone ? null : _causes.Find(at),
        };
    }

    private ErrorKind Kind(string code, ErrorTally tally, long newest, bool hasRoot)
    {
        var baselineRuns = _input.BaselineRuns;
        var inBaseline = tally.PerRun.Take(baselineRuns).Sum();
        if (newest == 0)
        {
            return tally.Gone > 0 && tally.PerRun.Skip(baselineRuns).All(count => count == 0) ? ErrorKind.Gone
                : tally.SelfDifferent > 0 && ErrorClasses.IsByChance(code) ? ErrorKind.Chance
                : ErrorKind.Known;
        }

        if (ErrorClasses.IsConsequence(code) || (tally.FirstNew == long.MaxValue && hasRoot))
        {
            return ErrorKind.Consequence;
        }

        // Where equal runs differ in it too (deadlocks, races), there must be more of it than their difference explains; a code that
        // is by chance in its nature must besides be in every run of the candidate.
        var newInCandidate = tally.NewPerRun.Skip(baselineRuns).ToArray();
        var isByChance = ErrorClasses.IsByChance(code);
        if (!isByChance && inBaseline == 0)
        {
            return ErrorKind.New;
        }

        var expected = Math.Max(isByChance ? 1 : 0, (double)inBaseline / baselineRuns) * newInCandidate.Length;
        var isMore = CountTest.UpperTail(newInCandidate.Sum(), expected) < Significance && (!isByChance || newInCandidate.All(count => count > 0));
        return isMore ? ErrorKind.New : isByChance ? ErrorKind.Chance : tally.SelfDifferent > 0 ? ErrorKind.Chance : ErrorKind.New;
    }
}
