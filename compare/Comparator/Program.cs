using Replay.Workload;

namespace Replay.Comparator;

internal static class Program
{
    private static int Main(string[] args)
    {
        using var interruption = new Interruption();
        try
        {
            var parsed = CompareCommand.Create(interruption.Token).Parse(args);
            if (parsed.Errors.Count > 0)
            {
                Console.Error.WriteLine($"dbcompare: {parsed.Errors[0].Message} (--help shows the usage)");
                return ExitStatus.CouldNot;
            }

            return parsed.Invoke(new() { EnableDefaultExceptionHandler = false });
        }
        catch (Exception exception) when (exception is OperationCanceledException || exception.InnerException is OperationCanceledException)
        {
            return ExitStatus.Interrupted;
        }
        catch (Exception exception) when (exception is ComparisonException or WorkloadException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"dbcompare: {Sentences.Short(exception.Message, 1000)}");
            return ExitStatus.CouldNot;
        }
    }
}
