using System.CommandLine;
using System.CommandLine.Parsing;
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

    private readonly Option<string[]> _preparedBy = new("--prepared-by")
    {
        Description = "Names what was done to the target beside a restore ('dbreplay upgrade' says after_restore and before_run): a run that is resumed asks for it to be done again.",
        HelpName = "STEPS",
    };

    private readonly Option<string?> _resume = new("--resume")
    {
        Description = "Go on with a run that did not come to its end, by the options that it was begun with: the target is put back by 'restore --reset', what had been played is sent again untimed as far as it changes something, the rest is played and added to the run.",
        HelpName = "NAME.run",
    };

    private readonly Option<bool> _noReset = new("--no-reset") { Description = "With --resume: the target's data have been put back already to what the run began with." };

    private readonly Option<string?> _hook = new("--hook") { Description = "With --resume: as 'restore --hook'.", HelpName = "CMD" };

    /// <summary>The run that is gone on with; null: a new one is begun.</summary>
    public string? Resumed(ParseResult parsed) => parsed.GetValue(_resume) is { } folder ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) : null;

    /// <summary>Whether there is one, before all of the command line is understood.</summary>
    public bool IsResumed(CommandResult result) => result.GetResult(_resume) is { Implicit: false };

    /// <summary>Whether the target is put back before a run is gone on with.</summary>
    public bool Resets(ParseResult parsed) => !parsed.GetValue(_noReset);

    /// <summary>Refuses what has a meaning for a run that is gone on with only.</summary>
    public void Check(ParseResult parsed)
    {
        if (!Resets(parsed) || Hook(parsed) is not null)
        {
            throw new CommandException("--no-reset and --hook say how the target is put back before a run is gone on with: they need --resume");
        }
    }

    /// <summary>The command that puts it back, if the snapshot was taken by one.</summary>
    public string? Hook(ParseResult parsed) => parsed.GetValue(_hook);

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_drain);
        command.Add(_preparedBy);
        command.Add(_resume);
        command.Add(_noReset);
        command.Add(_hook);
    }

    /// <summary>The options with what was given.</summary>
    public RunOptions Read(ParseResult parsed, RunOptions options) =>
        options with
        {
            PreparedBy = parsed.GetValue(_preparedBy) ?? [],
            Drain = parsed.GetValue(_drain) is { } drain ? Durations.Parse(drain, "--drain") : null,
        };
}
