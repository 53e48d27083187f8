using System.CommandLine;
using System.Globalization;
using Replay.Workload;
using Command = System.CommandLine.Command;

namespace Replay.Replayer;

/// <summary><c>dbreplay show</c>.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "The run's folder (NAME.run)." };
        var workload = new Option<string?>("--workload") { Description = "The workload's folder, if it is not where it was when the run was made.", HelpName = "W" };
        var format = new Option<string>("--format") { Description = "text or ndjson.", HelpName = "text|ndjson", DefaultValueFactory = static _ => "text" };
        format.AcceptOnlyFromAmong("text", "ndjson");
        var session = new Option<int?>("--session") { Description = "Only this session.", HelpName = "N" };
        var shape = new Option<string?>("--shape") { Description = "Only this shape.", HelpName = "HEX" };
        var errors = new Option<bool>("--errors") { Description = "Only exchanges whose response carried an error." };
        var status = new Option<string?>("--status") { Description = "Only exchanges with this status.", HelpName = "replayed|skipped|failed|not_reached" };
        status.AcceptOnlyFromAmong("replayed", "skipped", "failed", "not_reached");
        var document = new Option<string?>("--document") { Description = "Instead: one of the run's documents as JSON, such as certificate.json, order.json or plans.json; list names them.", HelpName = "NAME|list" };
        var why = new Option<string?>("--why") { Description = "Instead: what the divergence of exchange N of session S follows from, back to its root.", HelpName = "S/N" };
        var rows = new Option<string?>("--rows")
        {
            Description = "Instead: of rows that differ from production's after the run, what made them so. FILE has one JSON object a line, {\"table\": \"account\", \"key\": {\"id\": \"7\"}}; - is standard input.",
            HelpName = "FILE",
        };
        var command = new Command("show", "Prints a run: each captured exchange and what became of it.") { run, workload, format, session, shape, errors, status, document, why, rows };
        command.SetAction((parsed, _) => CommandRunner.RunAsync(() =>
        {
            var filter = new ShowFilter
            {
                Session = parsed.GetValue(session),
                Shape = parsed.GetValue(shape),
                OnlyErrors = parsed.GetValue(errors),
                Status = parsed.GetValue(status),
            };
            using var reader = RunReader.Open(parsed.GetRequiredValue(run));
            if (parsed.GetValue(document) is { } name)
            {
                Console.Out.WriteLine(name == "list" ? string.Join('\n', reader.Documents.Order(StringComparer.Ordinal)) : reader.ReadDocument(name)
                    ?? throw new CommandException($"the run has no document {name}; it has {string.Join(", ", reader.Documents.Order(StringComparer.Ordinal))}"));
                return Task.FromResult(ExitCode.Done);
            }

            using var captured = WorkloadReader.Open(parsed.GetValue(workload) ?? reader.Manifest.WorkloadFolder);
            if (parsed.GetValue(why) is { } exchange)
            {
                var parts = exchange.Split('/');
                if (parts.Length != 2 || !int.TryParse(parts[0], CultureInfo.InvariantCulture, out var ofSession) || !int.TryParse(parts[1], CultureInfo.InvariantCulture, out var ordinal))
                {
                    throw new CommandException($"--why {exchange}: expected session and number of an exchange, as 'show' prints them: 17/4");
                }

                new CauseChain(reader, captured).Print(Console.Out, ofSession, ordinal);
                return Task.FromResult(ExitCode.Done);
            }

            if (parsed.GetValue(rows) is { } differing)
            {
                using var input = differing == "-" ? Console.In : new StreamReader(differing);
                new RowExplainer(reader, captured).Print(Console.Out, RowExplainer.Read(input), asNdjson: parsed.GetValue(format) == "ndjson");
                return Task.FromResult(ExitCode.Done);
            }

            using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
            using IRunPrinter printer = parsed.GetValue(format) == "ndjson" ? new NdjsonRunPrinter(output) : new TextRunPrinter(output, reader.Manifest);
            new RunShow(reader, captured, filter).Print(printer);
            return Task.FromResult(ExitCode.Done);
        }));
        return command;
    }
}
