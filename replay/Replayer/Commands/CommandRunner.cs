using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Runs a command's body and turns what can go wrong into one line and an exit status.</summary>
public static class CommandRunner
{
    /// <summary>Runs <paramref name="body"/>.</summary>
    public static async Task<int> RunAsync(Func<Task<int>> body)
    {
        try
        {
            return await body();
        }
        catch (Exception e) when (e is CommandException or WorkloadException or TargetException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"dbreplay: {OneLine(e.Message)}");
            return ExitCode.Impossible;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("dbreplay: interrupted");
            return ExitCode.Interrupted;
        }
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
