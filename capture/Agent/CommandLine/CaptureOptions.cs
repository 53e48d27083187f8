using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Replay.Agent.Recording;

namespace Replay.Agent.CommandLine;

/// <summary>The options that <c>live</c> and <c>pcap</c> share, and how their values are written.</summary>
internal sealed class CaptureOptions
{
    public Option<ServerSpec[]> Server { get; } = new("--server")
    {
        Description = "A server whose traffic is recorded: postgres:[ADDRESS:]PORT or mysql:[ADDRESS:]PORT (MariaDB too). May be given several times.",
        HelpName = "ENGINE:[ADDR:]PORT",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = Servers,
    };

    public Option<string> Out { get; } = new("--out")
    {
        Description = "The folder that becomes the workload; it must not exist or be empty.",
        HelpName = "NAME.workload",
        Required = true,
    };

    public Option<bool> Quiet { get; } = new("--quiet") { Description = "No progress; warnings and errors still come." };

    public Option<string> KeepValues { get; } = new Option<string>("--keep-values")
    {
        Description = "Whether values of rows are kept: the first row up to 256 bytes, all of RETURNING and of single rows. 'off' disables comparing values and finding generated ids; row counts and hashes stay.",
        HelpName = "on|off",
        DefaultValueFactory = _ => "on",
    }.AcceptOnlyFromAmong("on", "off");

    public Option<double?> RequireComplete { get; } = new("--require-complete")
    {
        Description = "Exit status 1 if the capture is less complete than this many percent (100 if no number is given).",
        HelpName = "PERCENT",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = Percent,
    };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { Server, Out, KeepValues, RequireComplete, Quiet })
        {
            command.Add(option);
        }
    }

    private static ServerSpec[]? Servers(ArgumentResult result)
    {
        var specs = new List<ServerSpec>();
        foreach (var token in result.Tokens)
        {
            if (!ServerSpec.TryParse(token.Value, out var spec, out var problem))
            {
                result.AddError(problem);
                return null;
            }

            specs.Add(spec);
        }

        var twice = specs.GroupBy(spec => spec.Address).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            result.AddError($"--server names {twice.Key} twice");
            return null;
        }

        return [.. specs];
    }

    private static double? Percent(ArgumentResult result)
    {
        if (result.Tokens.Count == 0)
        {
            return 100;
        }

        var text = result.Tokens[0].Value.TrimEnd('%');
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is >= 0 and <= 100)
        {
            return percent;
        }

        result.AddError($"--require-complete {result.Tokens[0].Value}: a number from 0 to 100 is wanted");
        return null;
    }
}
