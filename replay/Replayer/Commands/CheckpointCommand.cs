using System.CommandLine;
using System.Globalization;
using Replay.Workload;
using Command = System.CommandLine.Command;

namespace Replay.Replayer;

/// <summary><c>dbreplay checkpoint</c>.</summary>
internal static class CheckpointCommand
{
    public static Command Create(Interruption signals)
    {
        var workload = CommonOptions.Workload();
        var target = CommonOptions.Target();
        var targetPassword = CommonOptions.TargetPasswordFile();
        var from = new Option<string>("--from") { Description = "The moment, as 'run --from' has it.", HelpName = "T", Required = true };
        var warmUp = new Option<string?>("--warm-up") { Description = "The runs' --warm-up, which begins so much before T.", HelpName = "D" };
        var login = CommonOptions.Login();
        var passwords = new Option<string?>("--password-file") { Description = "Passwords of captured users, lines of user:password.", HelpName = "F" };
        var maps = new MapOptions();
        var hook = new Option<string?>("--hook") { Description = "As 'restore --hook'.", HelpName = "CMD" };
        var noPrewarm = new Option<bool>("--no-prewarm") { Description = "Do not read all tables and indexes once at the end." };
        var force = CommonOptions.Force();
        var tools = CommonOptions.Tools();
        var quiet = CommonOptions.Quiet();
        var command = new Command(
            "checkpoint",
            "Brings a target to where its data stood at a moment of the workload: puts the snapshot back and applies what changed anything until then, untimed. Runs from that moment begin there. PostgreSQL keeps a template of it, from which the next time is quick.")
        {
            workload, target, targetPassword, from, warmUp, login, passwords, hook, noPrewarm, force, tools, quiet,
        };
        maps.AddUsersTo(command);
        command.SetAction((parsed, _) => CommandRunner.RunAsync(async () =>
        {
            var passwordFile = parsed.GetValue(passwords);
            var run = new RunOptions
            {
                Workload = parsed.GetRequiredValue(workload),
                Target = CommonOptions.ReadTarget(parsed, target, targetPassword) with { Names = maps.Read(parsed) },
                Out = Path.Combine(Directory.CreateTempSubdirectory("dbreplay-checkpoint-").FullName, "checkpoint.run"),
                Selection = new SelectionOptions { From = parsed.GetRequiredValue(from) },
                Schedule = new ScheduleOptions { WarmUp = parsed.GetValue(warmUp) is { } warm ? Durations.Parse(warm, warmUp.Name) : TimeSpan.Zero },
                IsCheckpoint = true,
                Login = CommonOptions.ReadLogin(parsed, login),
                Passwords = passwordFile is null ? PasswordFile.Empty : PasswordFile.Read(passwordFile),
                Force = CommonOptions.ReadForce(parsed, force),
            };
            var restore = new RestoreOptions
            {
                Workload = run.Workload,
                Target = run.Target,
                Reset = true,
                Prewarm = !parsed.GetValue(noPrewarm),
                Hook = parsed.GetValue(hook),
                Force = run.Force,
                Tools = parsed.GetValue(tools) ?? [],
            };
            try
            {
                return await MakeAsync(run, restore, CommonOptions.MakeProgress(parsed.GetValue(quiet)), signals.Token);
            }
            finally
            {
                Directory.Delete(Path.GetDirectoryName(run.Out)!, recursive: true);
            }
        }));
        return command;
    }

    private static async Task<int> MakeAsync(RunOptions run, RestoreOptions restore, Progress progress, CancellationToken interrupted)
    {
        var moment = MomentOf(run);
        var checkpoint = restore with { CheckpointMicroseconds = moment };
        if (await Restorer.TryPutBackAsync(checkpoint, progress, interrupted))
        {
            Console.Out.WriteLine($"checkpoint {WireText.Time(moment)}: put back");
            return ExitCode.Done;
        }

        await Restorer.RunAsync(restore, progress, interrupted);
        var result = await RunCommand.RunAsync(run, progress, interrupted);
        if (result.End != RunEnd.Complete)
        {
            return result.End == RunEnd.Interrupted ? ExitCode.Interrupted : throw new CommandException($"the checkpoint was not reached: {result.Problem}");
        }

        foreach (var warning in result.Manifest.Warnings)
        {
            progress.Warn(warning);
        }

        await Restorer.KeepAsync(checkpoint, progress, interrupted);
        var counts = result.Counts;
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"checkpoint {WireText.Time(moment)}: {counts.Replayed} exchanges sent, {counts.Failed} without a response; against the capture {counts.NewErrors} new errors, {counts.GoneErrors} errors gone, {counts.CountDifferences} other row counts"));
        return ExitCode.Done;
    }

    // Before the target is touched.
    private static long MomentOf(RunOptions run)
    {
        using var reader = WorkloadReader.Open(run.Workload);
        if (reader.Manifest.Snapshot is null)
        {
            throw new CommandException($"{run.Workload} has no snapshot to begin with; capture with --snapshot");
        }

        using var selection = Selection.Of(run.Selection, reader, Selection.OriginOf(reader), run.Schedule.WarmUp);
        selection.BeginAt(checkpointMicroseconds: null, endsThere: true);
        return selection.FromMicroseconds;
    }
}
