using Replay.Network;
using Replay.Workload;

namespace Replay.Agent.Hosting;

/// <summary>Turns what went wrong into one line and an exit status.</summary>
internal static class Failures
{
    /// <summary>Runs a command; what it throws becomes a line on standard error.</summary>
    public static int Guard(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (Exception e) when (Line(e) is { } line)
        {
            Console.Error.WriteLine("dbcapture: " + line);
            return ExitStatus.CouldNot;
        }
    }

    private static string? Line(Exception e) => e switch
    {
        UserException or WorkloadException or PcapFormatException or LiveCaptureException => OneLine(e.Message),
        OperationCanceledException => "interrupted",
        UnauthorizedAccessException => OneLine(e.Message) + " Run as a user who may, or choose another folder.",
        IOException => OneLine(e.Message),
        _ => null,
    };

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
