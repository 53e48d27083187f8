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
        var command = new Command("check", "Says whether a workload can be replayed on a target. Executes nothing of it. Exit status 1 if not.") { workload, target, targetPassword };
        command.SetAction((parsed, _) => CommandRunner.RunAsync(async () =>
        {
            var url = CommonOptions.ReadTarget(parsed, target, targetPassword);
            using var reader = WorkloadReader.Open(parsed.GetRequiredValue(workload));
            await using var control = await TargetControl.OpenAsync(url, cancellation: signals.Token);
            var guards = TargetGuards.Check(reader, url, await control.ReadFactsAsync());
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
