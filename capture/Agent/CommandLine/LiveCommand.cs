using System.CommandLine;
using Replay.Agent.Hosting;
using Replay.Agent.Recording;
using Replay.Agent.Snapshots;
using Replay.Network;

namespace Replay.Agent.CommandLine;

/// <summary><c>dbcapture live</c>: a workload from a network interface, with a snapshot if asked for.</summary>
internal static class LiveCommand
{
    public static Command Make()
    {
        var options = new CaptureOptions();
        var snapshots = new SnapshotOptions();
        var network = new Option<string>("--interface", "-i") { Description = "The interface that the traffic passes; 'any' is all of them.", HelpName = "IF", Required = true };
        var duration = new Option<TimeSpan?>("--duration") { Description = "End after this time: 90s, 5m, 24h. Without it a signal (Ctrl-C) ends the capture.", HelpName = "TIME", CustomParser = Quantities.Duration };
        var disk = new Option<long?>("--max-disk") { Description = "End when the workload has this size: 500MB, 200GiB.", HelpName = "SIZE", CustomParser = Quantities.Size };
        var buffer = new Option<long?>("--buffer") { Description = "Memory in which the kernel keeps packets until they are fetched; 64MiB by default.", HelpName = "SIZE", CustomParser = Quantities.Size };
        var command = new Command("live", "Records the traffic of database servers from a network interface.") { network, duration, disk, buffer };
        options.AddTo(command);
        options.Server.Required = true;
        snapshots.AddTo(command);
        command.SetAction(parsed => Run(
            parsed.GetValue(network)!,
            (int)Math.Min(parsed.GetValue(buffer) ?? LiveCaptureOptions.DefaultBufferBytes, int.MaxValue),
            snapshots.Read(parsed),
            new CaptureSettings
            {
                Servers = parsed.GetValue(options.Server)!,
                Out = parsed.GetValue(options.Out)!,
                Source = $"live {parsed.GetValue(network)}",
                Clock = "kernel",
                KeepValues = parsed.GetValue(options.KeepValues) == "on",
                RequireComplete = parsed.GetValue(options.RequireComplete),
                Duration = parsed.GetValue(duration),
                MaxDiskBytes = parsed.GetValue(disk),
                IsLive = true,
            },
            parsed.GetValue(options.Quiet)));
        return command;
    }

    private static int Run(string network, int bufferBytes, SnapshotRequest? request, CaptureSettings settings, bool quiet)
    {
        var reporter = new Reporter(quiet);
        using var signals = new Signals();
        var source = LivePacketSource.Open(network, new ServerPorts(settings.Servers.Select(s => s.Address)), bufferBytes);
        using var run = CaptureEnd.Start(settings, source, reporter);
        if (source.Warning is { } remark)
        {
            reporter.Warn(remark);
        }

        reporter.Say($"sniffing {string.Join(", ", settings.Servers)} on {network} into {settings.Out}{(settings.Duration is null ? "; Ctrl-C ends it" : "")}");
        using var snapshot = request is null ? null : SnapshotTask.Start(request, run, reporter, settings.Out);
        return CaptureEnd.Guard(reporter, () =>
        {
            run.Read(() => snapshot?.MayEnd(signals.Force) ?? true, signals.Token);
            snapshot?.Finish();
            List<string> warnings = [];
            if (source.Problem is { } problem)
            {
                warnings.Add(problem);
            }

            if (snapshot?.Failure is { } failure)
            {
                warnings.Add(failure);
            }

            var manifest = run.Complete(warnings);
            if (manifest.Counters.PacketsDecoded == 0)
            {
                CaptureEnd.RemoveEmpty(settings.Out, unless: snapshot is not null);
                throw new UserException($"nothing was captured: no packet to or from {string.Join(", ", settings.Servers)} on {network}; is it the right interface ('any' is all of them) and port?");
            }

            var status = CaptureEnd.Report(manifest, settings, run, reporter);
            if (snapshot?.Failure is { } failed)
            {
                throw new UserException($"{failed.TrimEnd('.')}. The traffic was recorded all the same: {settings.Out}");
            }

            return source.Problem is null ? status : throw new UserException($"{source.Problem} {settings.Out} holds what came before.");
        });
    }
}
