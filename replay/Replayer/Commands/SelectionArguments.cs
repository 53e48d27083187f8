using System.CommandLine;

namespace Replay.Replayer;

/// <summary>The options that say what of a workload is played.</summary>
internal sealed class SelectionArguments
{
    private readonly Option<string?> _from = new("--from")
    {
        Description = "Play from this moment on: 2026-11-20T14:05:00Z, 14:05 (UTC, the first one in the workload) or 90m from its beginning. Writes before it are sent first, untimed and as fast as order lets them.",
        HelpName = "T",
    };

    private readonly Option<string?> _to = new("--to") { Description = "Play what was asked for before this moment.", HelpName = "T" };

    private readonly Option<string?> _peak = new("--peak") { Description = "Instead of both: the busiest stretch of this length, by exchanges.", HelpName = "D" };

    private readonly Option<string> _sample = new("--sample")
    {
        Description = "Play this share of the sessions, the same ones in each run. Of the others what changes data is sent too, untimed.",
        HelpName = "P%",
        DefaultValueFactory = static _ => "100%",
    };

    private readonly Option<string[]> _include = new("--include")
    {
        Description = $"Play only what has this: {SelectionFilter.Keys} with a value, in which * stands for anything; may be given several times. Transactions, settings and prepared statements stay whole: what else is in them is sent untimed.",
        HelpName = "KEY=VALUE",
    };

    private readonly Option<string[]> _exclude = new("--exclude") { Description = "Leave out what has this, its writes too; the same keys.", HelpName = "KEY=VALUE" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_from, _to, _peak, _sample, _include, _exclude])
        {
            command.Options.Add(option);
        }
    }

    public SelectionOptions Read(ParseResult parsed)
    {
        return Checked(new SelectionOptions
        {
            From = parsed.GetValue(_from),
            To = parsed.GetValue(_to),
            Peak = parsed.GetValue(_peak) is { } peak ? Durations.Parse(peak, _peak.Name) : null,
            Sample = ScheduleOptions.ParseScale(parsed.GetRequiredValue(_sample), _sample.Name),
            Filter = SelectionFilter.Parse(parsed.GetValue(_include) ?? [], parsed.GetValue(_exclude) ?? []),
        });
    }

    public static SelectionOptions Checked(SelectionOptions options) => options switch
    {
        { Peak: not null } when options.From is not null || options.To is not null => throw new CommandException("--peak finds the window itself: not with --from or --to"),
        { Sample: <= 0 or > 1 } => throw new CommandException("--sample: expected a share of the sessions like 10%, more than 0% and at most 100%"),
        _ => options,
    };
}
