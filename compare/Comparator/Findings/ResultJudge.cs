using Replay.Sql;
using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>
/// Tells result differences from what a shape does by itself. How often equal runs differ in a shape, at a level, is learned from the runs; a
/// difference between the sides is believed if it would come by that rate less often than <see cref="Significance"/>.
/// </summary>
internal sealed class ResultJudge
{
    /// <summary>See the summary.</summary>
    public const double Significance = 0.001;

    /// <summary>A shape that equal runs contradict in more than this share of exchanges is not compared at that level at all.</summary>
    public const double UnstableShare = 0.05;

    // A shape's own rate is drawn to that of all shapes as if it had been seen this many times more: one exchange cannot tell a rate.
    private const double BorrowedExchanges = 20;

    private readonly double[] _commonRate = new double[ResultTally.Levels];
    private readonly ExemplarReader _exemplars;
    private readonly bool _hasReplicates;

    public ResultJudge(IEnumerable<ResultTally> tallies, bool hasReplicates, ExemplarReader exemplars)
    {
        _exemplars = exemplars;
        _hasReplicates = hasReplicates;
        var all = new ResultTally();
        foreach (var tally in tallies)
        {
            all.Add(tally);
        }

        for (var level = 0; level < _commonRate.Length; level++)
        {
            // Of nothing seen in n exchanges a rate of 1 in 1,000 n is still assumed.
            _commonRate[level] = (all.SelfDifferent[level] + 0.001) / (all.Compared + 1);
        }
    }

    public ResultFinding Judge(ResultTally tally, StatementFlags flags, string sql)
    {
        var stable = StableLevel(tally, flags);
        var kind = tally.Compared == 0 ? ResultKind.NotCompared : ResultKind.Equal;
        var at = -1;
        for (var level = 0; level < ResultTally.Levels && at < 0; level++)
        {
            if (tally.Consistent[level] > 0)
            {
                at = (level <= (int)stable || level == (int)ResultLevel.Form) && IsBelieved(tally, level) ? level : at;
                kind = at == level ? Kind((ResultLevel)level, flags) : ResultKind.Unstable;
            }
        }

        if (kind == ResultKind.Equal && tally.SelfDifferent.Sum() > 0)
        {
            kind = ResultKind.Unstable;
        }

        ResultExemplar[] exemplars = at < 0 || kind is ResultKind.OrderDifferent ? [] : [.. tally.First[at].Positions.Select(position => _exemplars.Find(position, sql)).OfType<ResultExemplar>()];
        if (kind == ResultKind.ValueDifferent && !_exemplars.HasNormalHashes && exemplars.Length > 0 && exemplars.All(exemplar => exemplar.IsFormatOnly))
        {
            kind = ResultKind.FormatDifferent;
        }

        const StatementFlags Limited = StatementFlags.Limit | StatementFlags.OrderBy;
        if (kind == ResultKind.ValueDifferent && (flags & Limited) == Limited && exemplars.Length > 0 && exemplars.All(exemplar => exemplar.IsLimitTie == true))
        {
            kind = ResultKind.LimitTie;
        }

        return new ResultFinding
        {
            Kind = kind,
            Compared = tally.Compared,
            ComparedByValue = tally.ComparedByValue,
            Different = at < 0 ? 0 : tally.Consistent[at],
            SelfDifferent = tally.SelfDifferent.Sum(),
            CandidateIsProduction = tally.CandidateIsProduction.Sum(),
            StableLevel = stable,
            Exemplars = exemplars,
            ProductionCompared = tally.ProductionCompared,
            BaselineIsNotProduction = tally.BaselineIsNotProduction,
            CandidateIsNotProduction = tally.CandidateIsNotProduction,
        };
    }

    /// <summary>The deepest level at which the shape agrees with itself; with one run a side, at which its text lets expect that.</summary>
    private ResultLevel StableLevel(ResultTally tally, StatementFlags flags)
    {
        var isVolatile = (flags & (StatementFlags.Volatile | StatementFlags.SkipsLocks)) != 0;
        if (!_hasReplicates && isVolatile)
        {
            return ResultLevel.Count;
        }

        for (var level = ResultLevel.Count; level <= ResultLevel.Order; level++)
        {
            if (tally.SelfDifferent[(int)level] > UnstableShare * tally.Compared)
            {
                return level == ResultLevel.Count ? ResultLevel.Count : level - 1;
            }
        }

        return isVolatile && tally.SelfDifferent[(int)ResultLevel.Value] > 0 ? ResultLevel.Count : ResultLevel.Order;
    }

    private bool IsBelieved(ResultTally tally, int level)
    {
        if (tally.SelfDifferent[level] > UnstableShare * tally.Compared)
        {
            return false;
        }

        var rate = (tally.SelfDifferent[level] + (BorrowedExchanges * _commonRate[level])) / (tally.Compared + BorrowedExchanges);
        return CountTest.UpperTail(tally.Consistent[level], rate * tally.Compared) < Significance;
    }

    private static ResultKind Kind(ResultLevel level, StatementFlags flags) => level switch
    {
        ResultLevel.Count => ResultKind.CountDifferent,
        ResultLevel.Value => (flags & (StatementFlags.Limit | StatementFlags.OrderBy)) == StatementFlags.Limit ? ResultKind.Arbitrary : ResultKind.ValueDifferent,
        ResultLevel.Form => ResultKind.FormatDifferent,
        _ => (flags & StatementFlags.OrderBy) != 0 ? ResultKind.OrderDifferentWithOrderBy : ResultKind.OrderDifferent,
    };
}
