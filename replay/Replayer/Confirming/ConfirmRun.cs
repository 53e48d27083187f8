using System.Diagnostics;
using Replay.Client;
using Replay.Statistics;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What came of a confirmation.</summary>
/// <param name="Trials">The suspects, in the comparison's order.</param>
/// <param name="Writing">Those that cannot be executed again since they may change something.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Document">As it is written for dbcompare.</param>
public sealed record ConfirmResult(IReadOnlyList<SuspectTrial> Trials, IReadOnlyList<Suspect> Writing, TimeSpan Took, ConfirmationDocument Document);

/// <summary>Executes a comparison's suspects again on both servers, a round of each in turn, until all are decided or the time is over.</summary>
public sealed class ConfirmRun(ConfirmOptions options, Progress progress)
{
    private const int Seed = 1;

    // No execution may take more than this share of the time: one that never ends must not keep the others from their turn.
    private const int ExecutionShare = 10;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Does it.</summary>
    public async Task<ConfirmResult> RunAsync(CancellationToken interrupted)
    {
        var comparison = ComparisonFile.Read(options.Comparison);
        using var reader = WorkloadReader.Open(options.Workload ?? comparison.WorkloadFolder);
        if (reader.Manifest.Id != comparison.WorkloadId)
        {
            throw new CommandException($"{options.Comparison} is a comparison of another workload than {reader.Folder}");
        }

        if (options.Baseline.Engine != options.Candidate.Engine)
        {
            throw new CommandException("--target and --against are of different engines");
        }

        var versions = (await CheckAsync(reader, options.Baseline, options.BaselinePasswords, interrupted), await CheckAsync(reader, options.Candidate, options.CandidatePasswords, interrupted));
        var test = new ConfirmationOptions { MinimumRatio = options.MinimumRatio ?? comparison.MinimumRatio };
        var trials = Prepare(reader, comparison, test, interrupted);
        progress.Say($"confirming {trials.Count} suspects on {options.Baseline} ({Named(options.Baseline, versions.Item1)}) and {options.Candidate} ({Named(options.Candidate, versions.Item2)})");
        using var awake = AwakeProcessors.Keep();
        var began = Stopwatch.GetTimestamp();
        await PlayAsync(reader, trials, interrupted);
        progress.Clear();
        var took = Stopwatch.GetElapsedTime(began);
        return new ConfirmResult(trials, comparison.Writing, took, ConfirmationDocument.Of(options, test, reader.Manifest.Id, versions, trials, took));
    }

    private static ServerVersion Named(TargetUrl url, string version) => ServerVersion.Of(url.Engine, version);

    private Task<string> CheckAsync(WorkloadReader reader, TargetUrl url, PasswordFile passwords, CancellationToken interrupted) =>
        ConfirmChecks.CheckAsync(new GuardDemand { Reader = reader, Target = url, Login = options.Login, Passwords = passwords }, options.Force, progress, interrupted);

    private List<SuspectTrial> Prepare(WorkloadReader reader, ComparisonFile comparison, ConfirmationOptions test, CancellationToken interrupted)
    {
        var engine = options.Baseline.Engine;
        var traits = ShapeFacts.Of(reader.Shapes);
        var unsafeShapes = reader.Shapes.Where(s => (traits[s.Number] & ~ShapeTraits.Read) != 0).Select(s => s.Hex).ToHashSet(StringComparer.Ordinal);
        var able = comparison.Suspects.Where(s => !unsafeShapes.Contains(s.Shape)).ToList();
        var positions = ExemplarChooser.Choose(reader, engine, able, interrupted);
        var exemplars = new ExemplarCollector(reader, engine).Collect([.. positions.Values.SelectMany(p => p).Order()], interrupted);
        var random = new Random(Seed);
        // Of what runs that cannot be believed accuse, or do not prove to matter, all may be innocent: the chance of one wrong confirmation is shared among them.
        var unproven = test.Alpha / Math.Max(1, comparison.Suspects.Count(s => s.IsUnproven));
        return
        [
            .. comparison.Suspects.Select(suspect =>
            {
                var own = positions.GetValueOrDefault(suspect, []).Where(exemplars.ContainsKey).Select(p => exemplars[p]).ToArray();
                random.Shuffle(own);
                return new SuspectTrial(suspect, own, test with { Alpha = suspect.IsUnproven ? unproven : test.Alpha, MinimumRatio = Math.Max(suspect.MinimumRatio ?? 1, test.MinimumRatio) }, executionLimit: options.MaxTime / ExecutionShare);
            }),
        ];
    }

    private async Task PlayAsync(WorkloadReader reader, List<SuspectTrial> trials, CancellationToken interrupted)
    {
        var warned = new HashSet<string>(StringComparer.Ordinal);
        var baseline = Opener(options.Baseline, options.BaselinePasswords);
        var candidate = Opener(options.Candidate, options.CandidatePasswords);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        limit.CancelAfter(options.MaxTime);
        var began = Stopwatch.GetTimestamp();
        try
        {
            while (trials.Exists(t => !t.IsOver))
            {
                foreach (var trial in trials.Where(t => !t.IsOver).ToList())
                {
                    await trial.PlayRoundAsync(baseline, candidate, limit.Token);
                    progress.Show(Stopwatch.GetElapsedTime(began) / options.MaxTime, () => $"of the time; {trials.Count(t => t.IsOver)} of {trials.Count} suspects decided");
                }
            }
        }
        catch (OperationCanceledException) when (!interrupted.IsCancellationRequested)
        {
            progress.Clear();
            progress.Say($"the time is over; {trials.Count(t => t.IsOver)} of {trials.Count} suspects are decided");
        }

        TargetLinkOpener Opener(TargetUrl url, PasswordFile passwords) => new(url, options.Login, passwords, reader.Manifest.Snapshot, ConnectTimeout, Warn);

        void Warn(string text)
        {
            lock (warned)
            {
                if (warned.Add(text))
                {
                    progress.Warn(text);
                }
            }
        }
    }
}
