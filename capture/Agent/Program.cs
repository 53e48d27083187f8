using Replay.Agent.CommandLine;
using Replay.Agent.Hosting;

namespace Replay.Agent;

internal static class Program
{
    private static int Main(string[] args)
    {
        Signals.Unignore();
        return Failures.Guard(() => Invocation.Run(Commands.Root(), args));
    }
}
