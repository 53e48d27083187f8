namespace Replay.TestKit;

/// <summary>Runs programs to their end, never longer than their time.</summary>
public static class ProcessRunner
{
    /// <summary>Runs <paramref name="program"/>; the result holds all that it wrote.</summary>
    public static async Task<ProcessResult> RunAsync(string program, IEnumerable<string> arguments, ProcessOptions? options = null)
    {
        await using var running = RunningProcess.Start(program, arguments, options);
        return await running.WaitAsync().ConfigureAwait(false);
    }

    /// <summary>Runs a line of bash.</summary>
    public static Task<ProcessResult> ShellAsync(string line, ProcessOptions? options = null) => RunAsync("bash", ["-c", line], options);
}
