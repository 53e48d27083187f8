using System.CommandLine;

namespace Replay.Replayer;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        // Before the first socket: completions run on the thread that polls, so that a response's time is not the scheduler's.
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        using var signals = new Interruption();
        var root = new RootCommand("Replays a recorded workload against a database server, and restores its snapshot first.")
        {
            CheckCommand.Create(signals),
            RunCommand.Create(signals),
            RestoreCommand.Create(signals),
            CheckpointCommand.Create(signals),
            UpgradeCommand.Create(signals),
            SweepCommand.Create(signals),
            ConfirmCommand.Create(signals),
            ExecCommand.Create(signals),
            ShowCommand.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync($"dbreplay: {parsed.Errors[0].Message} ('dbreplay {parsed.CommandResult.Command.Name} --help' shows the usage)".Replace("'dbreplay dbreplay ", "'dbreplay ", StringComparison.Ordinal));
            return ExitCode.Impossible;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }
}
