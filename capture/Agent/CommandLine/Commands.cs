using System.CommandLine;

namespace Replay.Agent.CommandLine;

/// <summary>The program's commands.</summary>
internal static class Commands
{
    public static RootCommand Root() => new("Records what clients and databases say to each other, from the wire, into a workload that dbreplay can play again.")
    {
        LiveCommand.Make(),
        PcapCommand.Make(),
        InfoCommand.Make(),
        ShowCommand.Make(),
    };
}
