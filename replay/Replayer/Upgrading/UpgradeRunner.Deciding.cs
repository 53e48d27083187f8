using System.Collections.Frozen;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <content>After the runs: compares, has suspects executed again, and compares with what came of that.</content>
public sealed partial class UpgradeRunner
{
    // What may change data; the snapshot tool's own statements are among the shapes too, so some workloads that only read count as writing.
    private static readonly FrozenSet<string> Harmless = FrozenSet.Create(StringComparer.Ordinal, "read", "transaction", "session", "empty", "cursor", "utility");

    private string ComparisonPath => Path.Combine(plan.Out, "comparison.json");

    private string ConfirmationPath => Path.Combine(plan.Out, "confirmation.json");

    private async Task<int> DecideAsync(string compare, List<string> baseline, List<string> candidate, CancellationToken cancellation)
    {
        if (!plan.Confirm)
        {
            return await CompareAsync(compare, baseline, candidate, confirmation: null, keepOutput: null, isLast: true, cancellation);
        }

        // Shown only if it is the last word.
        var shown = "";
        var status = await CompareAsync(compare, baseline, candidate, confirmation: null, output => shown = output, isLast: false, cancellation);
        var isCompared = status is ExitCode.Done or ExitCode.No or ExitCode.Undecided;
        var isConfirmed = isCompared && ComparisonFile.Read(ComparisonPath).Suspects.Count > 0 && await ConfirmAsync(cancellation);
        if (!isConfirmed && (plan.Store is null || !isCompared || cancellation.IsCancellationRequested))
        {
            Console.Out.Write(shown);
            return cancellation.IsCancellationRequested ? ExitCode.Interrupted : status;
        }

        return await CompareAsync(compare, baseline, candidate, isConfirmed ? ConfirmationPath : null, keepOutput: null, isLast: true, cancellation);
    }

    private async Task<int> CompareAsync(string program, List<string> baseline, List<string> candidate, string? confirmation, Action<string>? keepOutput, bool isLast, CancellationToken cancellation)
    {
        // Once, since it takes longer than comparing.
        var (store, environment) = isLast ? plan.StoreArguments() : ([], FrozenDictionary<string, string?>.Empty);
        List<string> arguments = [.. baseline, "--against", .. candidate, "--html", Path.Combine(plan.Out, "report.html"), "--json", ComparisonPath, .. plan.Compare, .. store];
        Add(arguments, "--confirmation", confirmation);
        Add(arguments, "--waivers", plan.Waivers);
        Add(arguments, "--slo", plan.Slo);
        if (quiet)
        {
            arguments.Add("--quiet");
        }

        return await ChildProgram.RunAsync(program, arguments, environment, keepOutput, cancellation);
    }

    // Whether it went well. Hours of runs are not lost because it does not: the comparison stands without it.
    private async Task<bool> ConfirmAsync(CancellationToken cancellation)
    {
        try
        {
            progress.Say("executing what looks slower again on both servers");
            return await PlayAgainAsync(cancellation) is ExitCode.Done or ExitCode.No or ExitCode.Undecided;
        }
        catch (Exception e) when (e is CommandException or TargetException)
        {
            progress.Warn($"what looks slower was not executed again: {e.Message}");
            return false;
        }
    }

    private async Task<int> PlayAgainAsync(CancellationToken cancellation)
    {
        var baseline = await PutBackForConfirmationAsync(plan.Baseline, "baseline", cancellation);
        var candidate = await PutBackForConfirmationAsync(plan.Candidate, "candidate", cancellation);
        List<string> arguments =
        [
            "confirm", ComparisonPath, "--workload", plan.Workload, "--target", baseline.ToString(), "--against", candidate.ToString(), "--login", plan.Login,
            "--max-time", plan.ConfirmTime, "--out", ConfirmationPath,
        ];
        arguments.AddRange(plan.Baseline.MapArguments());
        arguments.AddRange(plan.Candidate.MapArguments("--against-"));
        Add(arguments, "--password-file", plan.Baseline.PasswordFile);
        Add(arguments, "--against-passwords", plan.Candidate.PasswordFile);
        Add(arguments, "--force", plan.Force.Count == 0 ? null : string.Join(',', plan.Force));
        if (quiet)
        {
            arguments.Add("--quiet");
        }

        var (program, first) = ChildProgram.Self();
        var passwords = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            [CommonOptions.PasswordVariable] = baseline.Password,
            [CommonOptions.AgainstPasswordVariable] = candidate.Password,
        };
        return await ChildProgram.RunAsync(program, [.. first, .. arguments], passwords, keepOutput: null, cancellation);
    }

    // The runs have left each server as production's clients left theirs; the two may differ by then.
    private async Task<TargetUrl> PutBackForConfirmationAsync(UpgradeSide side, string name, CancellationToken cancellation)
    {
        var url = CommonOptions.WithPassword(side.Url, side.TargetPasswordFile);
        if (plan.Restore && Writes())
        {
            var hooks = new UpgradeHooks(_tools, name, url);
            await PutBackAsync(side, hooks, url, isFirst: false, cancellation);
            await hooks.RunAsync(side.AfterRestore, cancellation);
            await hooks.RunAsync(side.BeforeRun, cancellation);
        }

        return url;
    }

    private bool Writes()
    {
        using var reader = WorkloadReader.Open(plan.Workload);
        return reader.Shapes.Any(s => !Harmless.Contains(s.Class));
    }
}
