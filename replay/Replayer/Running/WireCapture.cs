using System.Diagnostics;
using System.Globalization;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Packets of a run, captured by <c>dbcapture live</c> as a child process into <c>wire.workload</c> inside the run's folder (<c>wire-2.workload</c> and so on once it is resumed).
/// </summary>
public sealed class WireCapture : IAsyncDisposable
{
    // The shell becomes dbcapture. What it leaves beside it reads a pipe of ours, which ends when we do, however that is: else a run that is killed would go on capturing until the disk is full.
    private const string UntilWeEnd = "exec 3<&0; (cat <&3; kill -INT $$) > /dev/null 2>&1 & exec \"$@\" < /dev/null 3<&-";

    private const string ReadyWord = "sniffing";
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _words;

    private WireCapture(Process process, string folder, Task<string> words)
    {
        _process = process;
        _words = words;
        Folder = folder;
    }

    /// <summary>What was captured.</summary>
    public string Folder { get; }

    /// <summary>Starts capturing; a <see cref="CommandException"/> if dbcapture is not found or cannot capture.</summary>
    public static async Task<WireCapture> StartAsync(RunOptions options, CancellationToken cancellation)
    {
        var folder = NewFolder(options.Out);
        var engine = WireText.Name(options.Target.Engine);
        var info = new ProcessStartInfo(
            "/bin/sh",
            ["-c", UntilWeEnd, "sh", new VendorTools(options.Tools).Find("dbcapture"), "live", "--interface", options.Wire!, "--server", string.Create(CultureInfo.InvariantCulture, $"{engine}:{options.Target.Port}"), "--out", folder])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(info) ?? throw new CommandException("dbcapture could not be started");
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        var words = ReadAsync(process.StandardError, ready);
        var first = await Task.WhenAny(ready.Task, process.WaitForExitAsync(cancellation), Task.Delay(ReadyWithin, cancellation));
        if (first != ready.Task)
        {
            Kill(process);
            throw new CommandException($"--wire {options.Wire}: dbcapture does not capture: {(await words).ReplaceLineEndings(" ").Trim()}");
        }

        return new WireCapture(process, folder, words);
    }

    /// <summary>Ends capturing; a line that says why if it did not go well, else null.</summary>
    public async Task<string?> StopAsync()
    {
        // What is on the wire is in the kernel's buffer; the agent reads that before it ends.
        ProcessSignals.Interrupt(_process);
        using var limit = new CancellationTokenSource(EndWithin);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Kill(_process);
            return "dbcapture did not end and was killed";
        }

        return _process.ExitCode == 0 ? null : $"dbcapture ended with {_process.ExitCode}: {(await _words).ReplaceLineEndings(" ").Trim()}";
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Kill(_process);
        _process.StandardInput.Close();
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    // A run that is resumed has one of each part.
    private static string NewFolder(string run)
    {
        for (var part = 1; ; part++)
        {
            var folder = Path.Combine(run, part == 1 ? "wire.workload" : string.Create(CultureInfo.InvariantCulture, $"wire-{part}.workload"));
            if (!Directory.Exists(folder))
            {
                return folder;
            }
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, TaskCompletionSource ready)
    {
        var last = "";
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.Contains(ReadyWord, StringComparison.OrdinalIgnoreCase))
            {
                ready.TrySetResult();
            }

            last = line;
        }

        return last;
    }

    private static void Kill(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
        }
    }
}
