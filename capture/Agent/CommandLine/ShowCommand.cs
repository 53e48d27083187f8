using System.CommandLine;
using System.Globalization;
using Replay.Agent.Hosting;
using Replay.Agent.Inspection;
using Replay.Workload;
using Command = System.CommandLine.Command;

namespace Replay.Agent.CommandLine;

/// <summary><c>dbcapture show</c>: a workload's sessions, exchanges and gaps in order of time.</summary>
internal static class ShowCommand
{
    public static Command Make()
    {
        var folder = new Argument<string>("WORKLOAD") { Description = "The workload's folder." };
        var format = new Option<string>("--format") { Description = "text, or ndjson: one JSON object a line, for other tools.", DefaultValueFactory = _ => "text", HelpName = "text|ndjson" }
            .AcceptOnlyFromAmong("text", "ndjson");
        var session = new Option<int?>("--session") { Description = "Only the session of this number.", HelpName = "N" };
        var shape = new Option<string?>("--shape") { Description = "Only this shape: its fingerprint, or the beginning of it.", HelpName = "HEX" };
        var from = new Option<long?>("--from") { Description = "Only what started at this time or later: 2026-11-20T09:30:00Z.", HelpName = "T", CustomParser = Quantities.Time };
        var to = new Option<long?>("--to") { Description = "Only what started before this time.", HelpName = "T", CustomParser = Quantities.Time };
        var exchanges = new Option<string?>("--exchanges") { Description = "Only the exchanges that a file names, a line each: the session's number, a space, the exchange's number in it. - is standard input.", HelpName = "FILE" };
        var errors = new Option<bool>("--errors") { Description = "Only what failed." };
        var command = new Command("show", "Shows what a workload holds, in order of time.") { folder, format, session, shape, from, to, exchanges, errors };
        command.SetAction(parsed => Run(parsed.GetValue(folder)!, parsed.GetValue(format) == "ndjson", new ShowFilter
        {
            Session = parsed.GetValue(session),
            Shape = parsed.GetValue(shape),
            FromMicroseconds = parsed.GetValue(from) ?? long.MinValue,
            ToMicroseconds = parsed.GetValue(to) ?? long.MaxValue,
            Exchanges = parsed.GetValue(exchanges) is { } list ? ReadExchanges(list) : null,
            Errors = parsed.GetValue(errors),
        }));
        return command;
    }

    private static int Run(string folder, bool asNdjson, ShowFilter filter)
    {
        using var signals = new Signals();
        using var reader = WorkloadReader.Open(folder);
        Check(reader, filter);
        if (reader.TornTail is { } torn)
        {
            Console.Error.WriteLine("dbcapture: " + torn);
        }

        using var ndjson = new ShowNdjson();
        using var output = new ResultStream();
        new Show(reader, filter, asNdjson ? ndjson : new ShowText(), output.Stream).Run(signals.Token);
        return signals.Token.IsCancellationRequested ? ExitStatus.Interrupted : ExitStatus.Done;
    }

    private static HashSet<(int Session, int Ordinal)> ReadExchanges(string file)
    {
        var wanted = new HashSet<(int Session, int Ordinal)>();
        try
        {
            using var lines = file == "-" ? Console.In : new StreamReader(file);
            while (lines.ReadLine() is { } line)
            {
                if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var session, var ordinal]
                    || !int.TryParse(session, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || !int.TryParse(ordinal, NumberStyles.None, CultureInfo.InvariantCulture, out var place))
                {
                    throw new UserException($"--exchanges {file}: '{line}' is not the number of a session and that of an exchange in it");
                }

                wanted.Add((number, place));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"--exchanges {file}: {e.Message}", e);
        }

        return wanted;
    }

    private static void Check(WorkloadReader reader, ShowFilter filter)
    {
        if (filter.Session is { } session && reader.Sessions.Find(session) is null)
        {
            throw new UserException($"--session {session}: the workload has the sessions 1 to {reader.Sessions.HighestNumber}");
        }

        if (filter.Shape is { } shape && !reader.Shapes.Any(s => s.Hex.StartsWith(shape, StringComparison.OrdinalIgnoreCase)))
        {
            throw new UserException($"--shape {shape}: the workload has no such shape; dbcapture info names the most important ones");
        }
    }
}
