using System.CommandLine;
using Command = System.CommandLine.Command;

namespace Replay.Replayer;

/// <summary>Options of <c>run</c> about how long it goes on.</summary>
internal sealed class EnduranceOptions
{
    private readonly Option<string?> _drain = new("--drain")
    {
        Description = "How long what still runs is waited for when the schedule is over (at full speed: when all has been read); then it is ended at the server and has failed. By itself as long as --timeout says.",
        HelpName = "D",
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command) => command.Add(_drain);

    /// <summary>The options with what was given.</summary>
    public RunOptions Read(ParseResult parsed, RunOptions options) =>
        options with { Drain = parsed.GetValue(_drain) is { } drain ? Durations.Parse(drain, "--drain") : null };
}
