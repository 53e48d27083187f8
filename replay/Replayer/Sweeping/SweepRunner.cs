using System.Globalization;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Plays a workload step by step, each run on fresh data and in a process of its own; of two servers by turns, and the one that was second goes first next.</summary>
public sealed class SweepRunner(SweepOptions options, Progress progress)
{
    private readonly VendorTools _tools = new(options.Sides[0].Data.Tools);
    private readonly LateRuns _late = new(options.PlayAgain, progress);

    // Its catalogues decide the order of all others.
    private string? _firstRun;

    /// <summary>Plays all steps; <see cref="ExitCode.Done"/>, or the status of the run that did not go to its end.</summary>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        if (Directory.Exists(options.Out) && Directory.EnumerateFileSystemEntries(options.Out).Any())
        {
            throw new CommandException($"{options.Out} is not empty; give an empty or new folder as --out");
        }

        Directory.CreateDirectory(options.Out, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var workload = WorkloadReader.Open(options.Workload);
        for (var i = 0; i < options.Steps.Count; i++)
        {
            foreach (var side in i % 2 == 0 ? options.Sides : options.Sides.Reverse())
            {
                var step = options.Steps[i];
                progress.Say(string.Create(CultureInfo.InvariantCulture, $"step {i + 1} of {options.Steps.Count}: {step.Option} {step.Text}, {side.Name}"));
                var folder = Path.Combine(options.Out, $"{side.Letter}-{step.Text}.run");
                if (await PlayUntilOnTimeAsync(side, step, folder, cancellation) is var status && status != ExitCode.Done)
                {
                    return status;
                }

                side.Steps.Add((step, SweepMeasure.Read(folder, workload)));
                _firstRun ??= HasCatalog(folder) ? folder : null;
            }
        }

        return ExitCode.Done;
    }

    private async Task<int> PlayUntilOnTimeAsync(SweepSide side, SweepStep step, string folder, CancellationToken cancellation)
    {
        do
        {
            if (options.Restore)
            {
                var hooks = new UpgradeHooks(_tools, side.Name, side.Data.Target);
                await side.Data.PutBackAsync(hooks, isFirst: side.Steps.Count == 0 && !_late.IsRepeating, progress, cancellation);
                await hooks.RunAsync(options.AfterRestore, cancellation);
            }

            if (await PlayAsync(side, step, folder, cancellation) is var status && status != ExitCode.Done)
            {
                return status;
            }
        }
        while (_late.IsToRepeat(folder));
        return ExitCode.Done;
    }

    private async Task<int> PlayAsync(SweepSide side, SweepStep step, string folder, CancellationToken cancellation)
    {
        List<string> arguments = [.. ArgumentsOf(options, side, step, folder)];
        Add("--order-from", arguments.Contains("--order-from") ? null : _firstRun);
        Add("--remark", _late.Remark);
        var (program, first) = ChildProgram.Self();
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { [CommonOptions.PasswordVariable] = side.Data.Target.Password };
        var shown = "";
        var status = await ChildProgram.RunAsync(program, [.. first, .. arguments], environment, output => shown = output, cancellation);
        await File.WriteAllTextAsync(Path.ChangeExtension(folder, ".txt"), shown, CancellationToken.None);
        return status;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                arguments.Add(name);
                arguments.Add(value);
            }
        }
    }

    // Runs that keep no order between sessions have none.
    private static bool HasCatalog(string folder)
    {
        using var run = RunReader.Open(folder);
        return run.Documents.Any(static name => CatalogReader.DatabaseOf(name) is not null);
    }

    /// <summary>A step's <c>dbreplay run</c>, without what depends on the runs before it. Transactions in flight are counted at full speed, unless a speed was given.</summary>
    public static IReadOnlyList<string> ArgumentsOf(SweepOptions options, SweepSide side, SweepStep step, string folder)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(side);
        ArgumentNullException.ThrowIfNull(step);
        List<string> arguments = ["run", options.Workload, "--target", side.Data.Target.ToString(), "--out", folder, step.Option, step.Text];
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("--speed", "max"), ("--explain", "0")])
        {
            if (step.Option != name && !options.RunArguments.Any(a => a == name || a.StartsWith($"{name}=", StringComparison.Ordinal)))
            {
                arguments.AddRange([name, value]);
            }
        }

        arguments.AddRange(options.RunArguments);
        arguments.AddRange(side.Data.Force.Count == 0 ? [] : ["--force", string.Join(',', side.Data.Force)]);
        arguments.AddRange(side.Data.Tools.SelectMany(static tool => (string[])["--tools", tool]));
        arguments.AddRange(options.Quiet ? ["--quiet"] : []);
        return arguments;
    }
}
