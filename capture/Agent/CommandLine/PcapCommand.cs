using System.CommandLine;
using Replay.Agent.Hosting;
using Replay.Agent.Recording;
using Replay.Network;

namespace Replay.Agent.CommandLine;

/// <summary><c>dbcapture pcap</c>: a workload from capture files.</summary>
internal static class PcapCommand
{
    public static Command Make()
    {
        var options = new CaptureOptions();
        var files = new Argument<string[]>("FILE") { Description = "pcap or pcapng files; - is standard input.", Arity = ArgumentArity.OneOrMore };
        files.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(token => token.Value.Length > 1 && token.Value[0] == '-') is { } option)
            {
                result.AddError($"{option.Value} is no option of this command (a file of that name is ./{option.Value})");
            }
        });
        var command = new Command("pcap", "Makes a workload from capture files (pcap, pcapng; of any size).") { files };
        options.AddTo(command);
        options.Server.Description += " Without it postgres:5432 and mysql:3306.";
        command.SetAction(parsed => Run(parsed.GetValue(files)!, new CaptureSettings
        {
            Servers = parsed.GetValue(options.Server) is { Length: > 0 } servers ? servers : ServerSpec.Usual,
            Out = parsed.GetValue(options.Out)!,
            Source = $"pcap {string.Join(' ', parsed.GetValue(files)!)}",
            Clock = "file",
            KeepValues = parsed.GetValue(options.KeepValues) == "on",
            RequireComplete = parsed.GetValue(options.RequireComplete),
            InputBytes = Length(parsed.GetValue(files)!),
        }, parsed.GetValue(options.Quiet)));
        return command;
    }

    private static int Run(string[] files, CaptureSettings settings, bool quiet)
    {
        var reporter = new Reporter(quiet);
        using var signals = new Signals();
        var source = PcapFile.Open(files);
        using var run = CaptureEnd.Start(settings, source, reporter);
        return CaptureEnd.Guard(reporter, () =>
        {
            run.Read(() => true, signals.Token);
            var manifest = run.Complete(source.Problem is null ? [] : [source.Problem]);
            if (run.EndedEarly)
            {
                reporter.Warn($"interrupted: {settings.Out} holds what was read until then");
                return ExitStatus.Interrupted;
            }

            if (manifest.Counters.Sessions == 0 && manifest.Counters.PacketsSeen > 0 && source.Problem is null)
            {
                CaptureEnd.RemoveEmpty(settings.Out);
                throw new UserException(PortCensus.Explain(files, settings.Servers));
            }

            var status = CaptureEnd.Report(manifest, settings, run, reporter);
            return source.Problem is null ? status : throw new UserException($"{source.Problem} {settings.Out} holds what came before.");
        });
    }

    private static long Length(string[] files) =>
        files.All(file => file != PcapFile.StandardInput && File.Exists(file)) ? files.Sum(file => new FileInfo(file).Length) : 0;
}
