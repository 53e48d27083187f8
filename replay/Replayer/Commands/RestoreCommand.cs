using System.CommandLine;

namespace Replay.Replayer;

/// <summary><c>dbreplay restore</c>.</summary>
internal static class RestoreCommand
{
    public static Command Create(Interruption signals)
    {
        var workload = CommonOptions.Workload();
        var target = new Option<string?>("--target") { Description = CommonOptions.Target().Description, HelpName = "URL" };
        var targetPassword = CommonOptions.TargetPasswordFile();
        var directory = new Option<string?>("--data-directory") { Description = "An empty folder into which a physical snapshot (pg_basebackup, mariadb-backup) is laid; start a server on it, then restore with --target.", HelpName = "DIR" };
        var reset = new Option<bool>("--reset") { Description = "Put back what an earlier restore made: PostgreSQL from the template that it kept, MySQL by loading again." };
        var noPrewarm = new Option<bool>("--no-prewarm") { Description = "Do not read all tables and indexes once at the end." };
        var noTemplate = new Option<bool>("--no-template") { Description = "PostgreSQL: keep no template; a reset then loads the snapshot again." };
        var hook = new Option<string?>("--hook") { Description = "The command that puts the data of a snapshot taken by --snapshot hook:CMD onto the target; REPLAY_SNAPSHOT_FOLDER, REPLAY_HOST, REPLAY_PORT, REPLAY_USER and REPLAY_DATABASE are set.", HelpName = "CMD" };
        var force = CommonOptions.Force();
        var tools = CommonOptions.Tools();
        var quiet = CommonOptions.Quiet();
        var command = new Command("restore", "Loads a workload's snapshot onto an empty server and leaves the mark that 'run' asks for.")
        {
            workload, target, targetPassword, directory, reset, noPrewarm, noTemplate, hook, force, tools, quiet,
        };
        command.SetAction((parsed, _) => CommandRunner.RunAsync(async () =>
        {
            var text = parsed.GetValue(target);
            var options = new RestoreOptions
            {
                Workload = parsed.GetRequiredValue(workload),
                Target = text is null ? null : CommonOptions.WithPassword(text, parsed.GetValue(targetPassword)),
                DataDirectory = parsed.GetValue(directory),
                Reset = parsed.GetValue(reset),
                Prewarm = !parsed.GetValue(noPrewarm),
                KeepTemplate = !parsed.GetValue(noTemplate),
                Hook = parsed.GetValue(hook),
                Force = CommonOptions.ReadForce(parsed, force),
                Tools = parsed.GetValue(tools) ?? [],
            };
            await Restorer.RunAsync(options, CommonOptions.MakeProgress(parsed.GetValue(quiet)), signals.Token);
            return ExitCode.Done;
        }));
        return command;
    }
}
