using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Replay.TestKit;

/// <summary>A program that runs beside the test; killed with its children when disposed.</summary>
public sealed partial class RunningProcess : IAsyncDisposable
{
    private readonly Process _process = new();
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Stopwatch _clock = new();
    private readonly ProcessOptions _options;
    private Task _reading = Task.CompletedTask;

    private RunningProcess(string program, IReadOnlyCollection<string> arguments, ProcessOptions options)
    {
        _options = options;
        Command = string.Join(' ', arguments.Prepend(program));
        var start = _process.StartInfo;
        start.FileName = program;
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.RedirectStandardOutput = start.RedirectStandardError = start.RedirectStandardInput = true;
        start.WorkingDirectory = options.WorkingFolder ?? "";
        foreach (var (name, value) in options.Environment)
        {
            start.Environment[name] = value;
        }
    }

    /// <summary>What was started.</summary>
    public string Command { get; }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>What it wrote to standard output so far.</summary>
    public string Output => Read(_output);

    /// <summary>What it wrote to standard error so far.</summary>
    public string Error => Read(_error);

    /// <summary>Starts <paramref name="program"/>.</summary>
    public static RunningProcess Start(string program, IEnumerable<string> arguments, ProcessOptions? options = null)
    {
        var running = new RunningProcess(program, [.. arguments], options ?? new ProcessOptions());
        running._clock.Start();
        running._process.Start();
        running._reading = Task.WhenAll(
            running._options.TakeLine is { } take ? HandOut(running._process.StandardOutput, take) : Pump(running._process.StandardOutput, running._output),
            Pump(running._process.StandardError, running._error),
            Feed(running._process.StandardInput, running._options));
        return running;
    }

    /// <summary>Waits until what it wrote (either stream) contains <paramref name="text"/>; fails if it ends or the time is over first.</summary>
    public async Task WaitForAsync(string text, TimeSpan timeout)
    {
        var end = _clock.Elapsed + timeout;
        while (!Output.Contains(text, StringComparison.Ordinal) && !Error.Contains(text, StringComparison.Ordinal))
        {
            var ended = HasExited;
            if (ended)
            {
                await _reading.ConfigureAwait(false);
                if (Output.Contains(text, StringComparison.Ordinal) || Error.Contains(text, StringComparison.Ordinal))
                {
                    return;
                }
            }

            if (ended || _clock.Elapsed > end)
            {
                throw new InvalidOperationException($"{Command}\n{(ended ? "ended" : "went on")} without saying '{text}'\n{Output}\n{Error}");
            }

            await Task.Delay(20).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a signal, by number: 2 SIGINT, 9 SIGKILL, 15 SIGTERM.</summary>
    public void Signal(int signal)
    {
        if (Kill(Id, signal) != 0)
        {
            throw new InvalidOperationException($"signal {signal} did not reach {Command} (process {Id})");
        }
    }

    /// <summary>Waits for its end; kills it and fails after the time of its options.</summary>
    public async Task<ProcessResult> WaitAsync()
    {
        using var limit = new CancellationTokenSource(_options.Timeout);
        try
        {
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            await _reading.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{Command}\ndid not end within {_options.Timeout}\n--- standard output\n{Output}\n--- standard error\n{Error}", e);
        }

        return new ProcessResult(Command, _process.ExitCode, Output, Error, _clock.Elapsed);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync().ConfigureAwait(false);
        }

        _process.Dispose();
    }

    private static async Task Pump(StreamReader from, StringBuilder to)
    {
        var buffer = new char[4096];
        int count;
        while ((count = await from.ReadAsync(buffer).ConfigureAwait(false)) > 0)
        {
            lock (to)
            {
                to.Append(buffer, 0, count);
            }
        }
    }

    private static async Task HandOut(StreamReader from, Action<string> take)
    {
        while (await from.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            take(line);
        }
    }

    private static async Task Feed(StreamWriter input, ProcessOptions options)
    {
        try
        {
            if (options.InputFile is not null)
            {
                await using var file = File.OpenRead(options.InputFile);
                await file.CopyToAsync(input.BaseStream).ConfigureAwait(false);
            }
            else if (options.Input is not null)
            {
                await input.WriteAsync(options.Input).ConfigureAwait(false);
            }

            input.Close();
        }
        catch (IOException)
        {
            // The program ended without reading all of its input: its exit status tells whether that was right.
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
