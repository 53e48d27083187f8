using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Replay.Workload;
using Command = System.CommandLine.Command;

namespace Replay.Replayer;

/// <summary><c>dbreplay run</c>.</summary>
internal static class RunCommand
{
    public static Command Create(Interruption signals)
    {
        var workload = CommonOptions.Workload();
        workload.Arity = ArgumentArity.ZeroOrOne;
        workload.Description += " With --resume only if it is not where it was.";
        var target = CommonOptions.Target();
        target.Required = false;
        var targetPassword = CommonOptions.TargetPasswordFile();
        var force = CommonOptions.Force();
        var tools = CommonOptions.Tools();
        var quiet = CommonOptions.Quiet();
        var output = new Option<string>("--out") { Description = "The run's folder (NAME.run); it must not exist or be empty.", HelpName = "NAME.run" };
        var speed = new Option<string>("--speed")
        {
            Description = "How fast: 1 as recorded, 2 twice as fast, max as fast as the order allows.",
            HelpName = "R|max",
            DefaultValueFactory = static _ => "1",
        };
        var schedule = new ScheduleArguments();
        var selection = new SelectionArguments();
        var order = new Option<string>("--order")
        {
            Description = "Which order is kept. key: what touches the same rows runs as production ran it; table: what touches the same tables; commit: what came after a commit comes after it; "
                + "session: each exchange waits for its session's response before it, unless the client had not waited either (the others keep that too); none: each is sent when it is due.",
            HelpName = "key|table|commit|session|none",
            DefaultValueFactory = static _ => "key",
        };
        var orderFrom = new Option<string?>("--order-from")
        {
            Description = "An earlier run of the workload: its tables' keys decide the order instead of this target's, so that all runs of a comparison have one order.",
            HelpName = "NAME.run",
        };
        var binaryLog = new Option<string[]>("--binary-log")
        {
            Description = "Files of the captured MySQL or MariaDB server's binary log of the captured time: its order of commits decides where packets' times do not.",
            HelpName = "FILE",
            AllowMultipleArgumentsPerToken = true,
        };
        var logicalDecoding = new Option<string[]>("--logical-decoding")
        {
            Description = "PostgreSQL: what pg_recvlogical wrote of a captured database in the captured time (plugin test_decoding, include-timestamp=on): its order of commits decides where packets' times do not. "
                + "With the database's name before it if there are several.",
            HelpName = "[DATABASE=]FILE",
            AllowMultipleArgumentsPerToken = true,
        };
        order.AcceptOnlyFromAmong("key", "table", "commit", "session", "none");
        var values = new Option<string>("--values")
        {
            Description = "exact: the server's clock, generated ids and seeds are set as they were, sequences follow production's, and values that it makes anew (UUIDs) replace the captured ones in later requests; "
                + "as-recorded: requests are sent as they were, and nothing else.",
            HelpName = "exact|as-recorded",
            DefaultValueFactory = static _ => "exact",
        };
        values.AcceptOnlyFromAmong("exact", "as-recorded");
        var retryVictims = CommonOptions.RetryVictims();
        var login = CommonOptions.Login();
        var passwords = CommonOptions.PasswordFile();
        var maps = new MapOptions();
        var wire = new Option<string?>("--wire") { Description = "Measure by packets on this interface (starts dbcapture, which needs the right to capture).", HelpName = "IF" };
        var timeout = new Option<string>("--timeout")
        {
            Description = "The longest wait for a response (ten times the captured latency if that is longer); then the session's connection is ended.",
            HelpName = "D",
            DefaultValueFactory = static _ => "10m",
        };
        var turns = new Option<string?>("--turns")
        {
            Description = "Play slices in turn with another run, as whoever listens on this Unix socket says: 'dbreplay upgrade' with 'design: interleaved' does. Not with --speed max.",
            HelpName = "SOCKET",
        };
        var explain = new Option<int>("--explain") { Description = "How many of the shapes that took most time are explained at the end.", HelpName = "N", DefaultValueFactory = static _ => 1000 };
        var remark = new Option<string?>("--remark") { Description = "A line that the run and the reports made of it show.", HelpName = "TEXT" };
        var requireFit = new Option<bool>("--require-fit") { Description = "Exit with 3 if the run's certificate calls it unfit." };
        var command = new Command("run", "Replays a workload and records every exchange's new outcome.")
        {
            workload, target, targetPassword, output, speed, order, orderFrom, binaryLog, logicalDecoding, values, retryVictims, login, passwords, wire, timeout, turns, explain, remark, requireFit, force, tools, quiet,
        };
        schedule.AddTo(command);
        selection.AddTo(command);
        var knobs = new KnobOptions();
        knobs.AddTo(command);
        var sharing = new SharingArguments();
        sharing.AddTo(command);
        maps.AddTo(command);
        var endurance = new EnduranceOptions();
        endurance.AddTo(command);
        command.Validators.Add(result =>
        {
            // With --resume the run has them.
            if (!endurance.IsResumed(result) && Missing(result) is { } missing)
            {
                result.AddError(missing);
            }
        });
        command.SetAction((parsed, _) => CommandRunner.RunAsync(async () =>
        {
            var quietly = parsed.GetValue(quiet);
            if (endurance.Resumed(parsed) is not { } folder)
            {
                endurance.Check(parsed);
                var options = Read(parsed) with { Arguments = RunArguments.Of(parsed) };
                var progress = CommonOptions.MakeProgress(quietly, options.Turns is null ? null : Path.GetFileName(options.Out)); // the other run has the same terminal
                return Say(options, await RunAsync(options, progress, signals.Token), parsed.GetValue(requireFit));
            }

            var manifest = Resumption.Open(folder);
            var merged = RunArguments.Merge(command, parsed, manifest.Arguments!, parsed.GetValue(workload) ?? manifest.WorkloadFolder, folder);
            var resumed = Read(merged) with { Arguments = manifest.Arguments };
            var reset = endurance.Resets(parsed) ? new RestoreOptions
            {
                Workload = resumed.Workload,
                Target = resumed.Target,
                Reset = true,
                Hook = endurance.Hook(parsed),
                Force = resumed.Force,
                Tools = resumed.Tools,
            } : null;
            return Say(resumed, await ResumeAsync(resumed, manifest, reset, CommonOptions.MakeProgress(quietly), signals.Token), parsed.GetValue(requireFit));
        }));
        return command;

        string? Missing(CommandResult result) =>
            result.GetResult(workload) is not { Tokens.Count: > 0 } ? $"Required argument missing for command: '{command.Name}'."
            : ((Option[])[target, output]).FirstOrDefault(option => result.GetResult(option) is null) is { } option ? $"Option '{option.Name}' is required."
            : null;

        RunOptions Read(ParseResult parsed)
        {
            if (!Speed.TryParse(parsed.GetRequiredValue(speed), out var factor))
            {
                throw new CommandException($"--speed {parsed.GetValue(speed)}: expected a factor like 1, 0.5 or 10, or max");
            }

            if (factor.IsMax && parsed.GetValue(turns) is not null)
            {
                throw new CommandException("--turns needs due times, and --speed max has none: give a factor");
            }

            return sharing.Read(parsed, endurance.Read(parsed, knobs.Read(parsed, new RunOptions
            {
                Workload = parsed.GetRequiredValue(workload),
                Target = CommonOptions.ReadTarget(parsed, target, targetPassword) with { Names = maps.Read(parsed) },
                Out = parsed.GetRequiredValue(output),
                Speed = factor,
                Selection = selection.Read(parsed),
                Schedule = schedule.Read(parsed, factor, inTurns: parsed.GetValue(turns) is not null),
                Order = Enum.Parse<OrderMode>(parsed.GetRequiredValue(order), ignoreCase: true),
                OrderFrom = parsed.GetValue(orderFrom),
                BinaryLog = parsed.GetValue(binaryLog) ?? [],
                LogicalDecoding = parsed.GetValue(logicalDecoding) ?? [],
                Values = parsed.GetValue(values) == "as-recorded" ? ValueMode.AsRecorded : ValueMode.Exact,
                RetryVictims = CommonOptions.ReadRetryVictims(parsed, retryVictims),
                Login = CommonOptions.ReadLogin(parsed, login),
                Passwords = CommonOptions.ReadPasswordFile(parsed, passwords),
                Force = CommonOptions.ReadForce(parsed, force),
                Wire = parsed.GetValue(wire),
                Tools = parsed.GetValue(tools) ?? [],
                Timeout = Durations.Parse(parsed.GetRequiredValue(timeout), "--timeout"),
                Turns = parsed.GetValue(turns),
                ExplainShapes = parsed.GetValue(explain),
                Remark = parsed.GetValue(remark),
            })));
        }
    }

    private static int Say(RunOptions options, RunResult result, bool requireFit)
    {
        RunSummary.Print(Console.Out, options.Out, result);
        return Status(result, requireFit);
    }

    /// <summary>Checks the target and replays.</summary>
    public static async Task<RunResult> RunAsync(RunOptions options, Progress progress, CancellationToken interrupted)
    {
        using var reader = WorkloadReader.Open(options.Workload);
        if (reader.TornTail is { } torn)
        {
            progress.Warn(torn);
        }

        return await RunAsync(options, reader, resumed: null, progress, interrupted);
    }

    // Whatever can be refused is refused before the target is touched.
    private static async Task<RunResult> ResumeAsync(RunOptions options, RunManifest manifest, RestoreOptions? reset, Progress progress, CancellationToken interrupted)
    {
        using var reader = WorkloadReader.Open(options.Workload);
        Resumption.Check(options.Out, manifest, options, reader);
        if (reset is not null)
        {
            Resumption.CheckReset(options.Out, options, reader);
        }

        using (var run = RunReader.Open(options.Out))
        {
            if (run.TornTail is { } torn)
            {
                progress.Warn(torn);
            }
        }

        var resumed = Resumption.Find(options.Out, manifest, options, reader, interrupted);
        using var played = Selection.Of(options.Selection, reader, Selection.OriginOf(reader), options.Schedule.WarmUp, interrupted);
        var (facts, guards) = await TargetGuards.CheckAsync(DemandOf(options, reader, played), interrupted);
        if (facts.ServerVersion != manifest.ServerVersion)
        {
            throw new CommandException($"{options.Out} was begun on {manifest.ServerVersion}, and {options.Target} is {facts.ServerVersion}: a run has one version, begin it anew");
        }

        // Sessions of a replayer whose host is gone may have locks there still.
        TargetGuards.Enforce([.. guards.Where(static guard => guard.Name is "engine" or "others")], options.Force);
        if (facts.SystemIdentifier != manifest.SystemIdentifier)
        {
            progress.Warn($"{options.Target} is not the server that the run was begun on, by its identifier");
        }

        if (reset is not null)
        {
            await Restorer.RunAsync(reset, progress, interrupted);
        }

        return await RunAsync(options, reader, resumed, progress, interrupted);
    }

    private static async Task<RunResult> RunAsync(RunOptions options, WorkloadReader reader, Resumption? resumed, Progress progress, CancellationToken interrupted)
    {
        CheckBinaryLog(options, reader);
        LogicalDecodingFiles.Check(options, reader);
        using var played = Selection.Of(options.Selection, reader, Selection.OriginOf(reader), options.Schedule.WarmUp, interrupted);
        var (facts, guards) = await TargetGuards.CheckAsync(DemandOf(options, reader, played), interrupted);
        TargetGuards.Enforce(guards, options.Force);
        foreach (var guard in guards.Where(g => g.Level != GuardLevel.Passed))
        {
            progress.Warn(guard.Level == GuardLevel.Refused ? $"--force {guard.Name}: {guard.Text}" : guard.Text);
        }

        progress.Say(string.Create(CultureInfo.InvariantCulture, $"replaying {reader.ExchangeCount} exchanges against {options.Target} ({Workload.ServerVersion.Of(options.Target.Engine, facts.ServerVersion)}) at speed {options.Speed}"));
        var checkpoint = facts.CheckpointOf(reader.Manifest.Id);
        var cut = await CutProbe.PlanAsync(reader, options.Target, mayAsk: checkpoint is null, options.BinaryLog, interrupted);
        var selection = Selection.Of(options.Selection, reader, cut.OriginMicroseconds, options.Schedule.WarmUp, interrupted);
        selection.BeginAt(checkpoint, endsThere: options.IsCheckpoint);
        using var run = new ReplayRun(options, reader, facts, cut, selection, progress, resumed);
        return await run.PlayAsync(interrupted);
    }

    private static GuardDemand DemandOf(RunOptions options, WorkloadReader reader, Selection played) => new()
    {
        Reader = reader,
        Selection = played,
        Target = options.Target,
        Login = options.Login,
        Passwords = options.Passwords,
        MostConnections = options.Connections ?? (options.Clones is { Count: var clones } ? SessionPeak.Of(reader.Sessions, SessionPlayer.OpenAheadMicroseconds) * (1 + clones) : null),
        Out = options.Out,
        CapturesPackets = options.Wire is not null,
    };

    // Before anything is begun.
    private static void CheckBinaryLog(RunOptions options, WorkloadReader reader)
    {
        if (options.BinaryLog.Count == 0)
        {
            return;
        }

        if (options.Target.Engine != Engine.MySql)
        {
            throw new CommandException("--binary-log: PostgreSQL has none");
        }

        if (reader.Manifest.Servers.Count(s => s.Engine == Engine.MySql) > 1)
        {
            throw new CommandException("--binary-log: the workload holds traffic of several servers, whose connections have the same numbers");
        }

        BinaryLog.Open(options.BinaryLog).Dispose();
    }

    private static int Status(RunResult result, bool requireFit) => result.End switch
    {
        RunEnd.Interrupted => ExitCode.Interrupted,
        RunEnd.TargetLost => ExitCode.Impossible,
        _ when requireFit && !result.Manifest.Fitness.Fit => ExitCode.Undecided,
        _ => ExitCode.Done,
    };
}
