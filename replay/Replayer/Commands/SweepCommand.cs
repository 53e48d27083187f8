using System.CommandLine;
using Command = System.CommandLine.Command;

namespace Replay.Replayer;

/// <summary><c>dbreplay sweep</c>.</summary>
internal sealed class SweepCommand
{
    private const string Description =
        """
        Plays a workload at rising rates, or with more and more transactions in flight, each time on data put back to the snapshot, and tells throughput and latency of each step, and the highest that meets an objective. With --against the new server stands beside the old one.

        Exit status with --objective: 0 a step meets it (with --against: the new server wherever the old one does), 1 not, 3 undecided because a run that would tell is unfit.
        """;

    private readonly Argument<string> _workload = CommonOptions.Workload();
    private readonly Argument<string[]> _run = new("run options") { Description = "Behind --: options of 'dbreplay run', the same for all steps, like -- --peak 10m --warm-up 30s.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string> _target = CommonOptions.Target();
    private readonly Option<string?> _targetPassword = CommonOptions.TargetPasswordFile();
    private readonly Option<string?> _against = new("--against") { Description = $"The new server, as --target; its password may also be in {CommonOptions.AgainstPasswordVariable}.", HelpName = "URL" };
    private readonly Option<string?> _againstPassword = new("--against-password-file") { Description = "A file whose first line is the password of that URL's user.", HelpName = "F" };
    private readonly Option<string> _output = new("--out") { Description = "An empty or new folder for the runs and sweep.json.", HelpName = "DIR", Required = true };
    private readonly Option<string?> _rates = new("--rates") { Description = "Multiples of the recorded rate, rising; max is as fast as the order allows.", HelpName = "R,..." };
    private readonly Option<string?> _concurrency = new("--concurrency") { Description = "Transactions in flight at a time, rising; at full speed, unless -- --speed R is given.", HelpName = "N,..." };
    private readonly Option<string?> _objective = new("--objective")
    {
        Description = "What a step has to keep: p50, p95, p99 ... of the time from due to the last byte, and the share of errors that production had not: p99<20ms,errors<0.1%. A step that falls behind its schedule does not.",
        HelpName = "TERM,...",
    };

    private readonly Option<bool> _noRestore = new("--no-restore") { Description = "The data are there, and stay as each run leaves them: for workloads that only read, or -- --writes skip." };
    private readonly Option<bool> _noPrewarm = new("--no-prewarm") { Description = "Do not read all tables and indexes once after each restore." };
    private readonly Option<string?> _hook = new("--hook") { Description = "As 'restore --hook'.", HelpName = "CMD" };
    private readonly Option<string?> _reset = new("--reset") { Description = "A shell command that puts the data back from the second run of a server on (REPLAY_URL and REPLAY_SIDE are set), instead of 'restore --reset'.", HelpName = "CMD" };
    private readonly Option<string[]> _afterRestore = new("--after-restore") { Description = "A file *.sql or a shell command, after each restore; may be given several times.", HelpName = "STEP" };
    private readonly Option<int> _playAgain = new("--play-again") { Description = "How many runs, in all, are played again if nothing but the replayer's own lag makes them unfit.", HelpName = "N", DefaultValueFactory = static _ => 2 };
    private readonly Option<string> _format = new Option<string>("--format") { Description = "text or json.", HelpName = "text|json", DefaultValueFactory = static _ => "text" }.AcceptOnlyFromAmong("text", "json");
    private readonly Option<string[]> _force = CommonOptions.Force();
    private readonly Option<string[]> _tools = CommonOptions.Tools();
    private readonly Option<bool> _quiet = CommonOptions.Quiet();

    public static Command Create(Interruption signals)
    {
        var self = new SweepCommand();
        var command = new Command("sweep", Description)
        {
            self._workload, self._target, self._targetPassword, self._against, self._againstPassword, self._output, self._rates, self._concurrency, self._objective, self._noRestore, self._noPrewarm, self._hook, self._reset,
            self._afterRestore, self._playAgain, self._format, self._force, self._tools, self._quiet, self._run,
        };
        command.SetAction((parsed, _) => CommandRunner.RunAsync(async () =>
        {
            var options = self.Read(parsed);
            CheckRun(options, signals);
            var status = await new SweepRunner(options, CommonOptions.MakeProgress(options.Quiet)).RunAsync(signals.Token);
            if (options.Sides.All(static side => side.Steps.Count == 0))
            {
                return status;
            }

            var json = SweepDocument.Write(options);
            await File.WriteAllTextAsync(Path.Combine(options.Out, SweepDocument.Name), json, CancellationToken.None);
            if (parsed.GetValue(self._format) == "json")
            {
                Console.Out.WriteLine(json);
            }
            else
            {
                SweepReport.Print(Console.Out, options);
            }

            return status == ExitCode.Done ? SweepVerdict.ExitStatus(options) : status;
        }));
        return command;
    }

    private SweepOptions Read(ParseResult parsed)
    {
        var against = parsed.GetValue(_against);
        var data = new FreshData
        {
            Workload = parsed.GetRequiredValue(_workload),
            Target = CommonOptions.ReadTarget(parsed, _target, _targetPassword),
            Hook = parsed.GetValue(_hook),
            Reset = parsed.GetValue(_reset),
            Prewarm = !parsed.GetValue(_noPrewarm),
            Force = CommonOptions.ReadForce(parsed, _force),
            Tools = parsed.GetValue(_tools) ?? [],
        };
        return new SweepOptions
        {
            Workload = data.Workload,
            Sides = against is null
                ? [new SweepSide("target", 'A', data)]
                : [
                    new SweepSide("baseline", 'A', data),
                    new SweepSide("candidate", 'B', data with { Target = CommonOptions.WithPassword(against, parsed.GetValue(_againstPassword), CommonOptions.AgainstPasswordVariable) }),
                ],
            Out = parsed.GetRequiredValue(_output),
            Steps = (parsed.GetValue(_rates), parsed.GetValue(_concurrency)) switch
            {
                ({ } rates, null) => SweepStep.Parse(SweepKind.Rate, rates),
                (null, { } concurrency) => SweepStep.Parse(SweepKind.Concurrency, concurrency),
                _ => throw new CommandException("say what is raised: --rates 1,2,4,max or --concurrency 1,2,4,8"),
            },
            Objective = parsed.GetValue(_objective) is { } objective ? SweepObjective.Parse(objective) : null,
            Restore = !parsed.GetValue(_noRestore),
            AfterRestore = parsed.GetValue(_afterRestore) ?? [],
            PlayAgain = parsed.GetValue(_playAgain),
            RunArguments = parsed.GetValue(_run) ?? [],
            Quiet = parsed.GetValue(_quiet),
        };
    }

    // Before hours of work, not after the first of them.
    private static void CheckRun(SweepOptions options, Interruption signals)
    {
        foreach (var step in options.Steps)
        {
            var arguments = SweepRunner.ArgumentsOf(options, options.Sides[0], step, Path.Combine(options.Out, "A.run"));
            if (RunCommand.Create(signals).Parse([.. arguments.Skip(1)]).Errors is [var error, ..])
            {
                throw new CommandException($"'dbreplay run {string.Join(' ', options.RunArguments)}' at {step.Text}: {error.Message}");
            }
        }
    }
}
