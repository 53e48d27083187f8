using System.CommandLine;
using System.CommandLine.Help;
using Replay.Agent.Hosting;

namespace Replay.Agent.CommandLine;

/// <summary>Runs a command line; usage errors are one line and status 2, not the library's page of help and 1.</summary>
internal static class Invocation
{
    public static int Run(RootCommand root, IReadOnlyList<string> arguments)
    {
        var parsed = root.Parse(arguments);
        var asksForHelp = parsed.Action is HelpAction;
        if (parsed.Errors.Count > 0 && !asksForHelp)
        {
            var command = string.Join(' ', Names(parsed.CommandResult.Command, root));
            var message = string.Join(' ', parsed.Errors[0].Message.Split((char[])['\r', '\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries));
            Console.Error.WriteLine($"dbcapture: {message.TrimEnd('.')}. ({command} --help tells more.)");
            return ExitStatus.CouldNot;
        }

        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private static IEnumerable<string> Names(Command command, RootCommand root) => command == root ? ["dbcapture"] : ["dbcapture", command.Name];
}
