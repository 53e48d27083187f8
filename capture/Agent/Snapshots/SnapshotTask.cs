using Replay.Agent.Hosting;
using Replay.Agent.Recording;

namespace Replay.Agent.Snapshots;

/// <summary>Takes the snapshot beside the capture, on a thread of its own.</summary>
internal sealed class SnapshotTask : IDisposable
{
    /// <summary>How long a capture that is to end goes on for the sake of a snapshot that is being taken.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _task;
    private readonly Reporter _reporter;
    private DateTime? _endAskedAt;

    private SnapshotTask(SnapshotRequest request, CaptureRun run, Reporter reporter, string folder)
    {
        _reporter = reporter;
        _task = Task.Run(() => Take(request, run, Path.Combine(folder, "snapshot")));
    }

    /// <summary>Why there is no snapshot, in one line; null if there is one.</summary>
    public string? Failure { get; private set; }

    public static SnapshotTask Start(SnapshotRequest request, CaptureRun run, Reporter reporter, string folder) => new(request, run, reporter, folder);

    /// <summary>The capture is to end: whether it may, or has to go on until the snapshot is done.</summary>
    public bool MayEnd(CancellationToken force)
    {
        if (_task.IsCompleted || force.IsCancellationRequested || DateTime.UtcNow - _endAskedAt > Grace)
        {
            return true;
        }

        if (_endAskedAt is null)
        {
            _endAskedAt = DateTime.UtcNow;
            _reporter.Warn($"the snapshot is still being taken: the capture ends after it, at the latest in {Grace:c} (a second signal gives the snapshot up)");
        }

        return false;
    }

    /// <summary>The capture has ended: a snapshot that is not done is given up.</summary>
    public void Finish()
    {
        _stop.Cancel();
        _task.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        Finish();
        _stop.Dispose();
    }

    private async Task Take(SnapshotRequest request, CaptureRun run, string folder)
    {
        run.Tools.Watch(true);
        try
        {
            run.Snapshot = await SnapshotTaker.For(request, run.Tools, _reporter, folder).TakeAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Fail("the snapshot was not done when the capture ended; it is given up");
        }
        catch (Exception e) when (e is UserException or IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception or System.Text.Json.JsonException)
        {
            Fail($"no snapshot: {e.Message.ReplaceLineEndings(" ")}");
        }
        finally
        {
            run.Tools.Watch(false);
        }
    }

    private void Fail(string line)
    {
        Failure = line;
        _reporter.Warn(line);
    }
}
