using System.Diagnostics;
using System.Text;
using Replay.Agent.Hosting;

namespace Replay.Agent.Snapshots;

/// <summary>One run of a vendor's tool. Its process and ports are made known, so that its sessions are recognised on the wire.</summary>
internal sealed class ToolProcess : IDisposable
{
    private const int MaxErrorCharacters = 16 << 10; // of what it says on standard error the end is kept
    private static readonly TimeSpan PortPoll = TimeSpan.FromMilliseconds(100);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _ports;

    private ToolProcess(Process process, ToolSessions sessions)
    {
        _process = process;
        sessions.AddProcess(process.Id);
        _ports = WatchPortsAsync(sessions);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>What to write to it.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>What it prints.</summary>
    public StreamReader Output => _process.StandardOutput;

    /// <summary>A line came on standard error.</summary>
    public event Action<string>? Said;

    /// <summary>The last line that it said on standard error, without its own name.</summary>
    public string LastError
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                    .LastOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase) || line.Contains("FATAL", StringComparison.Ordinal))
                    ?? _errors.ToString().Trim().Split('\n').LastOrDefault() ?? "";
            }
        }
    }

    /// <summary>Finds a tool in a folder or the PATH.</summary>
    public static string Find(string name, string? folder)
    {
        var folders = folder is null ? (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries) : [folder];
        return folders.Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists)
            ?? throw new UserException($"{name} is not in {(folder is null ? "the PATH: install the vendor's client tools, or name their folder by --snapshot-tools" : folder)}");
    }

    /// <summary>Finds the first of some tools that is there.</summary>
    public static string FindFirst(string[] names, string? folder)
    {
        foreach (var name in names[..^1])
        {
            try
            {
                return Find(name, folder);
            }
            catch (UserException)
            {
                continue; // the next one may be there; the last one's absence is told
            }
        }

        return Find(names[^1], folder);
    }

    /// <summary>Starts a tool.</summary>
    public static ToolProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, ToolSessions sessions)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ToolProcess(Process.Start(start) ?? throw new UserException($"{program} could not be started"), sessions);
    }

    /// <summary>Runs a tool to its end; returns what it printed. A failure is a <see cref="UserException"/> with its own words.</summary>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, ToolSessions sessions, string? input, CancellationToken stop, Action<string>? said = null)
    {
        using var tool = Start(program, arguments, environment, sessions);
        tool.Said += said;
        var output = tool.Output.ReadToEndAsync(stop);
        if (input is not null)
        {
            await tool.Input.WriteAsync(input.AsMemory(), stop).ConfigureAwait(false);
        }

        tool.Input.Close();
        var status = await tool.WaitAsync(stop).ConfigureAwait(false);
        var text = await output.ConfigureAwait(false);
        return status == 0 ? text : throw new UserException($"{Path.GetFileName(program)} ended with status {status}: {tool.LastError}");
    }

    /// <summary>Waits for its end; its exit status.</summary>
    public async Task<int> WaitAsync(CancellationToken stop)
    {
        await _process.WaitForExitAsync(stop).ConfigureAwait(false);
        return _process.ExitCode;
    }

    /// <summary>Ends it at once.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _ended.Cancel();
        _ports.GetAwaiter().GetResult();
        _ended.Dispose();
        _process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_errors)
        {
            _errors.Append(line).Append('\n');
            if (_errors.Length > MaxErrorCharacters)
            {
                _errors.Remove(0, _errors.Length - MaxErrorCharacters);
            }
        }

        Said?.Invoke(line);
    }

    private async Task WatchPortsAsync(ToolSessions sessions)
    {
        while (!_ended.IsCancellationRequested && !_process.HasExited)
        {
            foreach (var port in ProcessPorts.Of(_process.Id))
            {
                sessions.AddPort(port);
            }

            await Task.Delay(PortPoll, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
