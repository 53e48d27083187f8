namespace Replay.TestKit;

/// <summary>How a program ended.</summary>
/// <param name="Command">What was run, for messages.</param>
/// <param name="ExitCode">Its exit status.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
/// <param name="Elapsed">How long it ran.</param>
public sealed record ProcessResult(string Command, int ExitCode, string Output, string Error, TimeSpan Elapsed)
{
    /// <summary>This result if the program ended with one of these statuses (0 if none are named), else an exception that shows all it said.</summary>
    public ProcessResult Expect(params ReadOnlySpan<int> statuses)
    {
        if (statuses.IsEmpty ? ExitCode == 0 : statuses.Contains(ExitCode))
        {
            return this;
        }

        throw new InvalidOperationException($"{Command}\nended with {ExitCode}\n--- standard output\n{Output}\n--- standard error\n{Error}");
    }
}
