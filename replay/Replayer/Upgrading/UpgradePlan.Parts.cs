using YamlDotNet.Serialization;

namespace Replay.Replayer;

/// <content>What of the workload is played, and when: the keys that all runs get as options of <c>run</c>.</content>
public sealed partial record UpgradePlan
{
    /// <summary>As <c>run --from</c>.</summary>
    public string? From { get; set; }

    /// <summary>As <c>run --to</c>.</summary>
    public string? To { get; set; }

    /// <summary>As <c>run --peak</c>.</summary>
    public string? Peak { get; set; }

    /// <summary>As <c>run --sample</c>.</summary>
    public string Sample { get; set; } = "100%";

    /// <summary>As <c>run --include</c>.</summary>
    public List<string> Include { get; set; } = [];

    /// <summary>As <c>run --exclude</c>.</summary>
    public List<string> Exclude { get; set; } = [];

    /// <summary>As <c>run --schedule</c>.</summary>
    public string Schedule { get; set; } = "absolute";

    /// <summary>As <c>run --connect-time</c>.</summary>
    public string ConnectTime { get; set; } = "100%";

    /// <summary>As <c>run --think-time</c>.</summary>
    public string ThinkTime { get; set; } = "100%";

    /// <summary>As <c>run --idle-skip</c>.</summary>
    public string? IdleSkip { get; set; }

    /// <summary>As <c>run --warm-up</c>.</summary>
    public string? WarmUp { get; set; }

    /// <summary>As <c>run --drain</c>.</summary>
    public string? Drain { get; set; }

    /// <summary>What of the workload is played; a <see cref="CommandException"/> if a key cannot be understood.</summary>
    [YamlIgnore]
    public SelectionOptions Selection => SelectionArguments.Checked(new SelectionOptions
    {
        From = From,
        To = To,
        Peak = Peak is null ? null : Durations.Parse(Peak, "peak"),
        Sample = ScheduleOptions.ParseScale(Sample, "sample"),
        Filter = SelectionFilter.Parse(Include, Exclude),
    });

    /// <summary>What changes due times apart from speed; likewise.</summary>
    [YamlIgnore]
    public ScheduleOptions Times => new()
    {
        Mode = Schedule switch
        {
            "absolute" => ScheduleMode.Absolute,
            "think-time" => ScheduleMode.ThinkTime,
            _ => throw new CommandException($"'schedule' is '{Schedule}'; it must be absolute or think-time"),
        },
        ConnectScale = ScheduleOptions.ParseScale(ConnectTime, "connect_time"),
        ThinkScale = ScheduleOptions.ParseScale(ThinkTime, "think_time"),
        IdleSkip = IdleSkip is null ? null : Durations.Parse(IdleSkip, "idle_skip"),
        WarmUp = WarmUp is null ? TimeSpan.Zero : Durations.Parse(WarmUp, "warm_up"),
    };

    /// <summary>Those that are not as they are by themselves, as options of <c>run</c>.</summary>
    public IReadOnlyList<string> PartArguments()
    {
        List<string> arguments = [];
        Add("--from", From);
        Add("--to", To);
        Add("--peak", Peak);
        Add("--sample", Sample == "100%" ? null : Sample);
        Include.ForEach(term => Add("--include", term));
        Exclude.ForEach(term => Add("--exclude", term));
        Add("--schedule", Schedule == "absolute" ? null : Schedule);
        Add("--connect-time", ConnectTime == "100%" ? null : ConnectTime);
        Add("--think-time", ThinkTime == "100%" ? null : ThinkTime);
        Add("--idle-skip", IdleSkip);
        Add("--warm-up", WarmUp);
        Add("--drain", Drain);
        return arguments;

        void Add(string option, string? value)
        {
            if (value is not null)
            {
                arguments.AddRange([option, value]);
            }
        }
    }

    // Before hours of work, not after them.
    private string? PartProblem()
    {
        try
        {
            _ = Drain is null ? TimeSpan.Zero : Durations.Parse(Drain, "drain");
            return (Selection, Times) switch
            {
                (_, { HasPlainTimes: false }) when Speed == "max" => "'schedule', 'connect_time', 'think_time' and 'idle_skip' change due times, and 'speed' max has none: give a factor",
                (_, { HasPlainTimes: false }) when IsInterleaved => "'design' interleaved has slices of the captured schedule: not with 'schedule', 'connect_time', 'think_time' or 'idle_skip'",
                _ => null,
            };
        }
        catch (CommandException e)
        {
            return e.Message;
        }
    }
}
