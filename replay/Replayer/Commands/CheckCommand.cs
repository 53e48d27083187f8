using System.CommandLine;
using Replay.Workload;
using Command = System.CommandLine.Command;

namespace Replay.Replayer;

/// <summary><c>dbreplay check</c>.</summary>
internal static class CheckCommand
{
    public static Command Create(Interruption signals)
    {
        var workload = CommonOptions.Workload();
        var target = CommonOptions.Target();
        var targetPassword = CommonOptions.TargetPasswordFile();
        var login = CommonOptions.Login();
        var passwords = CommonOptions.PasswordFile();
        var maps = new MapOptions();
        var output = new Option<string?>("--out") { Description = "Where the run would be written: is there room?", HelpName = "NAME.run" };
        var command = new Command("check", "Says whether a workload can be replayed on a target, and what would have to be done for it. Executes nothing of it. Exit status 1 if not.")
        {
            workload, target, targetPassword, login, passwords, output,
        };
        maps.AddTo(command);
        var selection = new SelectionArguments();
        selection.AddTo(command);
        var sharing = new SharingArguments();
        sharing.AddTo(command);
        command.SetAction((parsed, _) => CommandRunner.RunAsync(async () =>
        {
            using var reader = WorkloadReader.Open(parsed.GetRequiredValue(workload));
            using var played = Selection.Of(selection.Read(parsed), reader, Selection.OriginOf(reader), TimeSpan.Zero, signals.Token);
            var (_, guards) = await TargetGuards.CheckAsync(
                new GuardDemand
                {
                    Reader = reader,
                    Selection = played,
                    Target = CommonOptions.ReadTarget(parsed, target, targetPassword) with { Names = maps.Read(parsed) },
                    Login = CommonOptions.ReadLogin(parsed, login),
                    Passwords = CommonOptions.ReadPasswordFile(parsed, passwords),
                    MostConnections = sharing.Read(parsed),
                    Out = parsed.GetValue(output),
                },
                signals.Token);
            foreach (var guard in guards)
            {
                Console.Out.WriteLine($"{Word(guard.Level),-8} {guard.Name,-12} {guard.Text}");
            }

            return guards.Any(g => g.Level == GuardLevel.Refused) ? ExitCode.No : ExitCode.Done;
        }));
        return command;
    }

    private static string Word(GuardLevel level) => level switch
    {
        GuardLevel.Passed => "ok",
        GuardLevel.Warning => "warning",
        _ => "refused",
    };
}
