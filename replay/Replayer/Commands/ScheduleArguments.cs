using System.CommandLine;

namespace Replay.Replayer;

/// <summary>The options of <c>run</c> that change due times.</summary>
internal sealed class ScheduleArguments
{
    private readonly Option<string> _mode = new("--schedule")
    {
        Description = "What due times are counted from. absolute: the run's start, whatever the server does, as users arrive; think-time: the session's response before, as a client waits that asks the next question only then.",
        HelpName = "absolute|think-time",
        DefaultValueFactory = static _ => "absolute",
    };

    private readonly Option<string> _connect = new("--connect-time")
    {
        Description = "Sessions connect after this share of the captured time from the beginning: below 100% more of them are there at one time.",
        HelpName = "P%",
        DefaultValueFactory = static _ => "100%",
    };

    private readonly Option<string> _think = new("--think-time")
    {
        Description = "Between a response and the session's next request is this share of the captured time; 0% asks at once.",
        HelpName = "P%",
        DefaultValueFactory = static _ => "100%",
    };

    private readonly Option<string?> _idle = new("--idle-skip") { Description = "Stretches in which nothing is due and nothing was on the wire are shortened to this, for all sessions alike.", HelpName = "D" };

    private readonly Option<string?> _warmUp = new("--warm-up")
    {
        Description = "The first D of the workload's schedule warm caches and plans: played like the rest, but their times are neither compared nor part of the certificate's lag.",
        HelpName = "D",
    };

    public void AddTo(Command command)
    {
        _mode.AcceptOnlyFromAmong("absolute", "think-time");
        foreach (var option in (Option[])[_mode, _connect, _think, _idle, _warmUp])
        {
            command.Options.Add(option);
        }
    }

    public ScheduleOptions Read(ParseResult parsed, Speed speed, bool inTurns)
    {
        var options = new ScheduleOptions
        {
            Mode = parsed.GetRequiredValue(_mode) == "think-time" ? ScheduleMode.ThinkTime : ScheduleMode.Absolute,
            ConnectScale = ScheduleOptions.ParseScale(parsed.GetRequiredValue(_connect), _connect.Name),
            ThinkScale = ScheduleOptions.ParseScale(parsed.GetRequiredValue(_think), _think.Name),
            IdleSkip = parsed.GetValue(_idle) is { } idle ? Durations.Parse(idle, _idle.Name) : null,
            WarmUp = parsed.GetValue(_warmUp) is { } warmUp ? Durations.Parse(warmUp, _warmUp.Name) : TimeSpan.Zero,
        };
        return (options.HasPlainTimes, speed.IsMax, inTurns) switch
        {
            (false, true, _) => throw new CommandException("--schedule, --connect-time, --think-time and --idle-skip change due times, and --speed max has none: give a factor"),
            (false, _, true) => throw new CommandException("--turns has slices of the captured schedule: not with --schedule, --connect-time, --think-time or --idle-skip"),
            _ => options,
        };
    }
}
