using System.CommandLine;
using Command = System.CommandLine.Command;

namespace Replay.Replayer;

/// <summary>The option of <c>run</c> and <c>check</c> that says how many connections the sessions have.</summary>
internal sealed class SharingArguments
{
    private readonly Option<string> _connections = new("--connections")
    {
        Description = "The most connections: sessions share them, handed over between transactions with what each was given. Who has locks, temporary tables or cursors keeps one.",
        HelpName = "original|N",
        DefaultValueFactory = static _ => "original",
    };

    /// <summary>Adds it to a command.</summary>
    public void AddTo(Command command) => command.Add(_connections);

    /// <summary>The number; null: each session has its own.</summary>
    public int? Read(ParseResult parsed) => KnobOptions.ParseLimit(parsed.GetRequiredValue(_connections), "--connections");

    /// <summary>The options with what was given.</summary>
    public RunOptions Read(ParseResult parsed, RunOptions options)
    {
        var connections = Read(parsed);
        return connections is null ? options
            : options.Concurrency is not null ? throw new CommandException("--connections bounds the transactions in flight too: leave --concurrency out")
            : options.Clones is not null ? throw new CommandException("--clones have connections of their own, which --connections would take away: leave one out")
            : options with { Connections = connections };
    }
}
