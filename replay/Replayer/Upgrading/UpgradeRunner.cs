using System.Globalization;
using Replay.Client;

namespace Replay.Replayer;

/// <summary>
/// Restores, plays the sides in the plan's order, each run from freshly put back data and in a process of its own so that all begin alike, and
/// compares.
/// </summary>
/// <param name="plan">What is done.</param>
/// <param name="progress">Tells the user.</param>
/// <param name="quiet">Whether only verdicts are told.</param>
/// <param name="isRestored">Whether the sides have had the snapshot's data before, so that it is only put back.</param>
public sealed partial class UpgradeRunner(UpgradePlan plan, Progress progress, bool quiet, bool isRestored = false)
{
    private readonly VendorTools _tools = new(plan.Tools);

    private readonly LateRuns _late = new(plan.PlayAgain, progress);

    // Its catalogues decide the order of all others.
    private string? _firstRun;

    /// <summary>Does it all; the exit status is the comparison's.</summary>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        if (Directory.Exists(plan.Out) && Directory.EnumerateFileSystemEntries(plan.Out).Any())
        {
            throw new CommandException($"{plan.Out} is not empty; give an empty or new folder as 'out'");
        }

        // Before hours of work, not after them.
        var compare = _tools.Find("dbcompare");
        await CheckStoreAsync(cancellation);
        Directory.CreateDirectory(plan.Out, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var runs = new Dictionary<char, List<string>> { ['A'] = [], ['B'] = [] };
        var status = await (plan.IsInterleaved ? PlayInPairsAsync(runs, cancellation) : PlayInSequenceAsync(runs, cancellation));
        if (status != ExitCode.Done)
        {
            return status;
        }

        return await DecideAsync(compare, runs['A'], runs['B'], cancellation);
    }

    // Without a password dbcompare may find one where libpq's programs do.
    private async Task CheckStoreAsync(CancellationToken cancellation)
    {
        if (plan.StoreTarget is { Password: not null } store)
        {
            try
            {
                await (await TargetControl.OpenAsync(store, cancellation: cancellation)).DisposeAsync();
            }
            catch (CommandException e)
            {
                throw new CommandException($"the comparison could not be stored: {e.Message}");
            }
        }
    }

    private async Task<int> PlayInSequenceAsync(Dictionary<char, List<string>> runs, CancellationToken cancellation)
    {
        for (var i = 0; i < plan.Order.Length;)
        {
            var letter = plan.Order[i];
            var folder = NextFolder(runs, letter);
            progress.Say(string.Create(CultureInfo.InvariantCulture, $"run {i + 1} of {plan.Order.Length}: {SideName(letter)}, {Path.GetFileName(folder)}"));
            await PrepareAsync(letter, isFirst: !isRestored && runs[letter].Count == 0 && !_late.IsRepeating, cancellation);
            var status = await PlayAsync(letter, folder, turns: null, keepOutput: null, cancellation);
            if (status != ExitCode.Done)
            {
                return status;
            }

            if (_late.IsToRepeat(folder))
            {
                continue;
            }

            runs[letter].Add(folder);
            _firstRun ??= folder;
            i++;
        }

        return ExitCode.Done;
    }

    private string NextFolder(Dictionary<char, List<string>> runs, char letter) =>
        Path.Combine(plan.Out, string.Create(CultureInfo.InvariantCulture, $"{letter}{runs[letter].Count + 1}.run"));

    private static string SideName(char letter) => letter == 'A' ? "baseline" : "candidate";

    private UpgradeSide SideOf(char letter) => letter == 'A' ? plan.Baseline : plan.Candidate;

    private async Task PrepareAsync(char letter, bool isFirst, CancellationToken cancellation)
    {
        var side = SideOf(letter);
        var url = CommonOptions.WithPassword(side.Url, side.TargetPasswordFile);
        var hooks = new UpgradeHooks(_tools, SideName(letter), url);
        if (plan.Restore)
        {
            await PutBackAsync(side, hooks, url, isFirst, cancellation);
            await hooks.RunAsync(side.AfterRestore, cancellation);
        }

        await hooks.RunAsync(side.BeforeRun, cancellation);
    }

    private async Task<int> PlayAsync(char letter, string folder, string? turns, Action<string>? keepOutput, CancellationToken cancellation)
    {
        var side = SideOf(letter);
        var url = CommonOptions.WithPassword(side.Url, side.TargetPasswordFile);
        List<string> arguments =
        [
            "run", plan.Workload, "--target", url.ToString(), "--out", folder, "--speed", plan.Speed, "--order", plan.ExchangeOrder, "--values", plan.Values, "--login", plan.Login, "--timeout", plan.Timeout,
        ];
        arguments.AddRange(plan.PartArguments());
        arguments.AddRange(plan.KnobArguments());
        arguments.AddRange(side.MapArguments());
        Add(arguments, "--order-from", plan.ExchangeOrder is "session" or "none" ? null : _firstRun);
        Add(arguments, "--turns", turns);
        Add(arguments, "--remark", _late.Remark);
        Add(arguments, "--retry-victims", plan.RetryVictims == 0 ? null : plan.RetryVictims.ToString(CultureInfo.InvariantCulture));
        Add(arguments, "--wire", plan.Wire);
        Add(arguments, "--explain", plan.Explain.ToString(CultureInfo.InvariantCulture));
        Add(arguments, "--password-file", side.PasswordFile);
        Add(arguments, "--force", plan.Force.Count == 0 ? null : string.Join(',', plan.Force));
        // Not their texts: a command may hold what a run ought not to keep.
        Add(arguments, "--prepared-by", plan.Restore && side.AfterRestore.Count > 0 ? "after_restore" : null);
        Add(arguments, "--prepared-by", side.BeforeRun.Count > 0 ? "before_run" : null);

        foreach (var tool in plan.Tools)
        {
            Add(arguments, "--tools", tool);
        }

        foreach (var file in plan.BinaryLog)
        {
            Add(arguments, "--binary-log", file);
        }

        foreach (var file in plan.LogicalDecoding)
        {
            Add(arguments, "--logical-decoding", file);
        }

        if (quiet)
        {
            arguments.Add("--quiet");
        }

        var (program, first) = ChildProgram.Self();
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { [CommonOptions.PasswordVariable] = url.Password };
        return await ChildProgram.RunAsync(program, [.. first, .. arguments], environment, keepOutput, cancellation);
    }

    private Task PutBackAsync(UpgradeSide side, UpgradeHooks hooks, TargetUrl url, bool isFirst, CancellationToken cancellation)
    {
        var data = new FreshData
        {
            Workload = plan.Workload,
            Target = url,
            Hook = side.RestoreHook,
            Reset = side.Reset,
            Prewarm = plan.Prewarm,
            Force = plan.Force.ToHashSet(StringComparer.Ordinal),
            Tools = plan.Tools,
        };
        return data.PutBackAsync(hooks, isFirst, progress, cancellation);
    }

    private static void Add(List<string> arguments, string name, string? value)
    {
        if (value is not null)
        {
            arguments.Add(name);
            arguments.Add(value);
        }
    }
}
