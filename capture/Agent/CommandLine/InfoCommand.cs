using System.CommandLine;
using Replay.Agent.Hosting;
using Replay.Agent.Inspection;
using Replay.Workload;
using Command = System.CommandLine.Command;

namespace Replay.Agent.CommandLine;

/// <summary><c>dbcapture info</c>: what a workload holds and how complete it is.</summary>
internal static class InfoCommand
{
    private const int DefaultShapes = 20;

    public static Command Make()
    {
        var folder = new Argument<string>("WORKLOAD") { Description = "The workload's folder." };
        var format = new Option<string>("--format") { Description = "text or json.", DefaultValueFactory = _ => "text", HelpName = "text|json" }.AcceptOnlyFromAmong("text", "json");
        var shapes = new Option<int>("--top") { Description = "How many shapes are listed, by total time.", DefaultValueFactory = _ => DefaultShapes, HelpName = "N" };
        var command = new Command("info", "Tells what a workload holds, how complete it is, the busiest hour, and the top shapes.") { folder, format, shapes };
        command.SetAction(parsed => Run(parsed.GetValue(folder)!, parsed.GetValue(format) == "json", parsed.GetValue(shapes)));
        return command;
    }

    private static int Run(string folder, bool asJson, int shapes)
    {
        using var signals = new Signals();
        using var reader = WorkloadReader.Open(folder);
        var summary = WorkloadSummary.Of(reader, signals.Token);
        if (signals.Token.IsCancellationRequested)
        {
            return ExitStatus.Interrupted;
        }

        if (asJson)
        {
            using var output = new ResultStream();
            InfoJson.Write(output.Stream, reader, summary, Math.Max(0, shapes));
        }
        else
        {
            Console.Out.Write(InfoText.Make(reader, summary, Math.Max(0, shapes)));
        }

        return ExitStatus.Done;
    }
}
