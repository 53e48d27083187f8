using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Support;

/// <summary>dbcapture that sniffs the loopback interface for one server of the kit.</summary>
internal sealed class LiveCapture : IAsyncDisposable
{
    private const int SigInt = 2;
    private const int SigKill = 9;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);

    private readonly RunningProcess _process;

    private LiveCapture(RunningProcess process, string folder) => (_process, Folder) = (process, folder);

    /// <summary>The workload's folder.</summary>
    public string Folder { get; }

    /// <summary>What it has said on standard error.</summary>
    public string Messages => _process.Error;

    /// <summary>Starts it and waits until it sniffs.</summary>
    public static Task<LiveCapture> StartAsync(TestServer server, string folder, params string[] options) => StartAsync(server, server.Port, folder, options);

    /// <summary>The same where clients reach the server by another port.</summary>
    public static async Task<LiveCapture> StartAsync(TestServer server, int port, string folder, params string[] options)
    {
        string[] arguments = ["live", "--interface", "lo", "--server", $"{server.Kind.Scheme}:127.0.0.1:{port}", "--out", folder, .. options];
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["PATH"] = await VendorTools.PathAsync(server.Kind) };
        var process = RunningProcess.Start(ProjectPrograms.Capture, arguments, new ProcessOptions { Timeout = TimeSpan.FromMinutes(2), Environment = environment });
        try
        {
            await process.WaitForAsync("sniffing", StartTimeout);
            return new LiveCapture(process, folder);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until it has said <paramref name="text"/>.</summary>
    public Task WaitForAsync(string text, TimeSpan timeout) => _process.WaitForAsync(text, timeout);

    /// <summary>Ends it as a user would; a capture that is ended by a signal has done its work.</summary>
    public async Task<ShownWorkload> StopAsync()
    {
        _process.Signal(SigInt);
        (await _process.WaitAsync()).Expect();
        return await ShownWorkload.OfWorkloadAsync(Folder);
    }

    /// <summary>Ends it as a power failure would.</summary>
    public async Task KillAsync()
    {
        _process.Signal(SigKill);
        await _process.WaitAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
