using System.Reflection;
using Replay.Statistics;

namespace Replay.Comparator;

/// <summary>Pairs, estimates, decides, explains: makes the <see cref="Comparison"/> from opened inputs.</summary>
public static class ComparisonMaker
{
    /// <summary>Compares.</summary>
    /// <param name="input">Runs and workload.</param>
    /// <param name="options">Thresholds.</param>
    /// <param name="comparedAt">The moment that the report shows.</param>
    /// <param name="progress">Called with the number of exchanges done.</param>
    /// <param name="showValues">Whether values of rows that differ may be shown: they are production's data.</param>
    /// <param name="showLiterals">Whether literals and parameters of statements may be shown: they are production's data too.</param>
    /// <param name="confirmation">What came of suspects that were executed again; null if none were.</param>
    /// <param name="waivers">Differences that are accepted for a while; null if none are.</param>
    /// <param name="objectives">What the new server has to keep to besides; null if nothing.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static Comparison Compare(
        ComparisonInput input, DecisionOptions options, DateTimeOffset comparedAt, Action<long>? progress = null, bool showValues = false, bool showLiterals = false, ConfirmationFile? confirmation = null, IReadOnlyList<Waiver>? waivers = null, IReadOnlyList<Objective>? objectives = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        var design = new RunDesign(input.BaselineRuns, input.Runs.Count - input.BaselineRuns, input.IsInterleaved);
        var confirmed = confirmation?.Of(input, options);
        var warnings = new List<string>();
        var straddling = StraddlerFinder.Find(input, warnings, cancellation);
        var totals = PairScan.Run(input, design, straddling, progress, cancellation);
        var samples = totals.Times.Samples();
        var runs = input.Runs.Select((run, k) =>
            new RunSummary(
                run.Label, run.Name, run.Folder, run.IsCandidate, run.Manifest, totals.Accounts[k], RunTrust.Distrust(run, totals.Accounts[k], input.Runs.Where(other => other.IsCandidate == run.IsCandidate)),
                RunCertificate.Of(run, warnings))).ToArray();
        var decision = Decider.Decide(design, samples, options, areTrusted: runs.All(run => run.Distrust.Count == 0));
        decision = confirmed is null ? decision : ShapeConfirmation.TakeIn(decision, confirmed);
        var examples = new ExampleReader(input, showValues);
        var accepted = new WaiverBook(waivers ?? [], comparedAt);
        ErrorFinding[] errors =
        [
            .. new ErrorJudge(input, totals, examples, new CauseReader(input.Runs, warnings)).Judge()
                .Select(error => error.Kind == ErrorKind.New ? error with { Waiver = accepted.OfError(input.Shapes.Hex(error.Shape), input.Shapes.Text(error.Shape), error.Code) } : error),
        ];
        var settings = RunDocuments.SettingDifferences(input.Runs, warnings);
        var differences = ServerDiffer.Compare(
            RunDocuments.FactsOf(input.Runs, isCandidate: false, warnings), RunDocuments.FactsOf(input.Runs, isCandidate: true, warnings), settings, Version(runs, isCandidate: false), Version(runs, isCandidate: true));
        var plans = new PlanComparer(input, RunDocuments.PlansOf(input.Runs, isCandidate: false, warnings), RunDocuments.PlansOf(input.Runs, isCandidate: true, warnings));
        var judged = Shapes(input, design, totals, samples, decision, errors, accepted, new ExemplarReader(input, examples, showValues), plans, warnings);
        var causes = CauseScan.Run(input, CauseScan.Asked(judged), shape => plans.Explained(input.Shapes.Hex(shape), input.Shapes.Text(shape)), straddling, showLiterals, warnings, cancellation);
        var grid = LatencyScan.GridOf(input);
        var latencies = LatencyScan.Run(input, grid, [.. judged.Where(shape => shape.IsComparable).Select(shape => shape.Number)], straddling, cancellation);
        ShapeComparison[] all = [.. new ShapeExplainer(plans, differences).Explain([.. judged.Select(shape => shape with { Causes = causes.GetValueOrDefault(shape.Number), Latencies = latencies.GetValueOrDefault(shape.Number) })])];
        var firstErrors = errors.Where(error => error is { Kind: ErrorKind.New, Example: not null }).DistinctBy(error => error.Shape).ToDictionary(error => error.Shape, error => error.Example!);
        var shapes = all.Where(shape => shape.IsComparable).Select(shape => shape with { Reproductions = Reproductions.Of(shape, runs, input.Workload.Folder, firstErrors) }).ToArray();
        var outcomes = new ObjectiveJudge(input, samples, shapes, straddling).Judge(objectives ?? [], errors, cancellation);
        var (verdict, reasons) = WholeJudge.Judge(decision, shapes, errors, runs, outcomes);
        warnings.AddRange(shapes.Where(shape => shape.Decision.Confirmation is { Outcome: ConfirmationOutcome.Refuted, Suspected: ShapeVerdict.Regressed }).Select(ConfirmationWords.Refuted));
        warnings.AddRange(CaptureCertificate.Warnings(input.Workload.Manifest));
        warnings.AddRange(ComparisonWarnings.Of(decision, runs, shapes));
        warnings.AddRange(options.IgnoresDoubts ? WholeJudge.Doubts(decision) : []);
        warnings.AddRange(accepted.Warnings());
        return new Comparison
        {
            Verdict = verdict,
            Reasons = reasons,
            Warnings = warnings,
            Runs = runs,
            Workload = input.Workload.Manifest,
            WorkloadFolder = input.Workload.Folder,
            Exchanges = input.Count,
            FailedInProduction = totals.FailedInProduction,
            ByEligibility = Enumerable.Range(0, EligibilityRule.Reasons).Select(reason => all.Sum(shape => shape.ByEligibility[reason])).ToArray(),
            Decision = decision,
            Shapes = shapes,
            NotCompared = all.Where(shape => !shape.IsComparable).ToArray(),
            Classes = ClassSummary.Of(all),
            Errors = errors,
            Settings = settings,
            Differences = differences,
            Objectives = outcomes,
            Grid = grid,
            ShowsLiterals = showLiterals,
            ComparedAt = comparedAt,
            ToolVersion = typeof(ComparisonMaker).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0",
        };
    }

    private static ShapeComparison[] Shapes(
        ComparisonInput input,
        RunDesign design,
        ScanTotals totals,
        ShapeSample?[] samples,
        Decision decision,
        IReadOnlyList<ErrorFinding> errors,
        WaiverBook accepted,
        ExemplarReader exemplars,
        PlanComparer plans,
        List<string> warnings)
    {
        var decisions = decision.Shapes.ToDictionary(shape => shape.Shape);
        var newErrors = errors.Where(error => error.Kind == ErrorKind.New).ToLookup(error => error.Shape);
        var occurring = Enumerable.Range(0, input.Shapes.Count).Where(number => totals.Shape(number) is not null).ToArray();
        var results = new ResultJudge(occurring.Select(number => totals.Shape(number)!.Results), design.DegreesOfFreedom > 0, exemplars);
        var responses = new ResponseReader(input.Runs, warnings);
        var shapes = new List<ShapeComparison>();
        foreach (var number in occurring)
        {
            var tally = totals.Shape(number)!;
            var hex = input.Shapes.Hex(number);
            var sample = samples[number];
            var response = input.Shapes.Exclusion(number) == Eligibility.Compared ? responses.Find(hex) : ResponseDifference.None;
            var text = input.Shapes.Text(number);
            var result = results.Judge(tally.Results, input.Shapes.Flags(number), text);
            result = result with { Waiver = accepted.OfResults(hex, text, result.Kind) };
            var time = decisions.GetValueOrDefault(number) ?? new ShapeDecision { Shape = number, Verdict = ShapeVerdict.NotEnoughData };
            shapes.Add(new ShapeComparison
            {
                Number = number,
                Hex = hex,
                Sql = text,
                Class = input.Shapes.Class(number),
                Exclusion = input.Shapes.Exclusion(number),
                Captured = tally.Captured,
                Executions = (long)Math.Round(tally.Replayed.Average()),
                IsComparable = tally.Replayed.Sum() + tally.Failed.Sum() + tally.Errors.Sum() > 0 && !(input.Shapes.IsCommand(number) && tally.ByEligibility[(int)Eligibility.NotTimed] == tally.Captured && tally.Errors.Sum() == 0),
                Paired = sample?.Executions ?? 0,
                ByEligibility = tally.ByEligibility,
                Decision = time,
                Baseline = Side(tally, sample, 0, design.BaselineRuns),
                Candidate = Side(tally, sample, design.BaselineRuns, design.Runs),
                RunLatencies = [.. Enumerable.Range(0, design.Runs).Select(k => OfRun(tally, sample, k))],
                RunMeansMicroseconds = sample is null ? [] : sample.TotalMicroseconds.Select(total => total / sample.Executions).ToArray(),
                BaselineErrors = (long)Math.Ceiling(tally.Errors.Take(design.BaselineRuns).Average()),
                CandidateErrors = (long)Math.Ceiling(tally.Errors.Skip(design.BaselineRuns).Average()),
                NewErrors = [.. newErrors[number].Where(error => error.IsFailure).Select(error => error.Code)],
                Waivers = [.. newErrors[number].Select(error => error.Waiver).Append(result.Waiver).Append(accepted.OfTime(hex, text, time)).OfType<Waiver>()],
                Results = result.Kind == ResultKind.Equal && response.Columns.Count > 0 ? result with { Kind = ResultKind.MetadataDifferent } : result,
                Responses = response,
                BaselinePlan = plans.Baseline(hex),
                CandidatePlan = plans.Candidate(hex),
            });
        }

        return [.. shapes.OrderBy(Rank).ThenByDescending(shape => shape.Decision.TimeShare).ThenBy(shape => shape.Number)];
    }

    private static string Version(IEnumerable<RunSummary> runs, bool isCandidate) => ReportRows.Server(runs.First(run => run.IsCandidate == isCandidate).Manifest);

    /// <summary>Regressed shapes first, then other failures, then by how much a reader has to look at them.</summary>
    private static int Rank(ShapeComparison shape) => shape.IsSlowerThanAccepted ? 0 : shape.IsFailure ? 1 : shape.Waivers.Count > 0 ? 2 : shape.Decision.Verdict switch
    {
        ShapeVerdict.Slower => 2,
        ShapeVerdict.NotEnoughData => shape.Exclusion == Eligibility.Compared ? 3 : 6,
        ShapeVerdict.Improved => 4,
        _ => 5,
    };

    private static LogHistogram OfRun(ShapeTally tally, ShapeSample? sample, int run) =>
        (sample?.Histograms[run], tally.Unpaired(run)) switch
        {
            ({ } paired, null) => paired,
            (null, { } unpaired) => unpaired,
            ({ } paired, { } unpaired) => LogHistogram.Sum([paired, unpaired]),
            _ => new LogHistogram(),
        };

    private static SideStatistics Side(ShapeTally tally, ShapeSample? sample, int from, int to)
    {
        var parts = new List<LogHistogram>();
        double total = 0;
        for (var k = from; k < to; k++)
        {
            total += sample?.TotalMicroseconds[k] ?? 0;
            if (sample is not null)
            {
                parts.Add(sample.Histograms[k]);
            }

            if (tally.Unpaired(k) is { } unpaired)
            {
                parts.Add(unpaired);
                total += unpaired.SumOfValues();
            }
        }

        return new SideStatistics(LogHistogram.Sum(parts), to - from, total);
    }
}
