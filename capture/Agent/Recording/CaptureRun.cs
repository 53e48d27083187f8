using System.Reflection;
using Replay.Agent.Hosting;
using Replay.Agent.Snapshots;
using Replay.Network;
using Replay.Protocol;
using Replay.Workload;

namespace Replay.Agent.Recording;

/// <summary>
/// One capture from its first packet to the finished workload. Everything from packet to block happens on one thread: a second one would have to be
/// handed the packets' bytes, which costs more than it saves (README.md has the measurement).
/// </summary>
internal sealed class CaptureRun : IDisposable
{
    private const int PacketsBetweenChores = 512;
    private const long ChoresMilliseconds = 200;
    private const long MemoryMilliseconds = 1000;
    private const long LoudMilliseconds = 10_000;
    private const long MicrosecondsOfGrace = 300_000; // the kernel hands packets out in batches: its newest may be this old

    private readonly CaptureSettings _settings;
    private readonly PacketSource _source;
    private readonly Reporter _reporter;
    private readonly WorkloadWriter _writer;
    private readonly Recorder _recorder;
    private readonly CapturePipeline _pipeline;
    private readonly CipherWatch _cipher;
    private readonly long _startedMilliseconds = Environment.TickCount64;
    private readonly ReassemblyLimits _limits = new();
    private WorkloadManifest _manifest;
    private SnapshotInfo? _snapshot;
    private long _memoryDueMilliseconds;
    private long? _firstAtMicroseconds;
    private long _lastAtMicroseconds;
    private long _choresDueMilliseconds;
    private bool _saidSilence;
    private bool _isEnding;

    public CaptureRun(CaptureSettings settings, PacketSource source, Reporter reporter)
    {
        (_settings, _source, _reporter) = (settings, source, reporter);
        _manifest = new WorkloadManifest
        {
            ToolVersion = Version,
            CreatedAt = DateTimeOffset.UtcNow,
            Source = settings.Source,
            Clock = new CaptureClock { Source = settings.Clock },
            KeepValues = settings.KeepValues,
            Servers = [.. settings.Servers.Select(s => s.ToCaptured(null))],
        };
        _writer = WorkloadWriter.Create(settings.Out, _manifest);
        _recorder = new Recorder(_writer, reporter, settings.Servers, Tools, new ConversationLimits { KeepValues = settings.KeepValues });
        _pipeline = new CapturePipeline(new ServerPorts(settings.Servers.Select(s => s.Address)), _recorder, _limits);
        _cipher = new CipherWatch(reporter, _recorder.Totals, settings.Servers);
    }

    /// <summary>This build's version.</summary>
    public static string Version { get; } =
        typeof(CaptureRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>The snapshot tool's sessions.</summary>
    public ToolSessions Tools { get; } = new();

    /// <summary>Servers that speak another protocol than was said, a line each.</summary>
    public IReadOnlyCollection<string> Contradictions => _recorder.Contradictions;

    /// <summary>Whether the input was left before its end.</summary>
    public bool EndedEarly { get; private set; }

    /// <summary>Exchanges recorded so far.</summary>
    public long Exchanges => _recorder.Totals.Exchanges;

    /// <summary>What the snapshot's thread found out; put into the manifest by the capture thread.</summary>
    public SnapshotInfo? Snapshot
    {
        get => Volatile.Read(ref _snapshot);
        set => Volatile.Write(ref _snapshot, value);
    }

    /// <summary>Reads the source to its end, or until it is told to stop and <paramref name="mayEnd"/> allows it.</summary>
    public void Read(Func<bool> mayEnd, CancellationToken stop)
    {
        var sinceChores = 0;
        while (!EndedEarly)
        {
            if (_source.TryNext(out var packet))
            {
                _firstAtMicroseconds ??= packet.AtMicroseconds;
                _lastAtMicroseconds = packet.AtMicroseconds;
                _pipeline.Packet(packet);
                if (++sinceChores < PacketsBetweenChores)
                {
                    continue;
                }
            }
            else if (_source.IsEnded)
            {
                break;
            }
            else if (_source.IsLive)
            {
                _pipeline.Advance(Now() - MicrosecondsOfGrace);
            }

            sinceChores = 0;
            Chores(mayEnd, stop);
        }
    }

    /// <summary>Closes all connections and completes the workload. Returns the final manifest.</summary>
    public WorkloadManifest Complete(IEnumerable<string> warnings)
    {
        _pipeline.Finish();
        if (_cipher.Look())
        {
            _recorder.Warnings.Add(_cipher.Summary());
        }

        _manifest = _manifest with
        {
            CompletedAt = DateTimeOffset.UtcNow,
            Servers = _recorder.Servers(),
            FirstAtMicroseconds = _firstAtMicroseconds,
            LastAtMicroseconds = _firstAtMicroseconds is null ? null : _lastAtMicroseconds,
            Snapshot = Snapshot,
            Counters = CounterSums.From(_source.Counters, _pipeline.Counters, _recorder.Totals),
            Warnings = [.. _recorder.Warnings, .. warnings],
        };
        _writer.Complete(_manifest);
        _reporter.EndProgress();
        return _manifest with { Contents = _manifest.Contents with { Exchanges = _writer.ExchangeCount, Bytes = _writer.BytesWritten } };
    }

    public void Dispose()
    {
        _writer.Dispose();
        _source.Dispose();
    }

    private static long Now() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / 10;

    private void Chores(Func<bool> mayEnd, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
        {
            _isEnding = true;
        }

        if (_isEnding && mayEnd())
        {
            Stop();
        }

        var now = Environment.TickCount64;
        if (now < _choresDueMilliseconds)
        {
            return;
        }

        _choresDueMilliseconds = now + ChoresMilliseconds;
        _writer.Flush();
        if (now >= _memoryDueMilliseconds)
        {
            _memoryDueMilliseconds = now + MemoryMilliseconds;
            _recorder.BoundMemory(_lastAtMicroseconds);
            Watch(now - _startedMilliseconds);
        }

        if (Snapshot is { } snapshot && !ReferenceEquals(snapshot, _manifest.Snapshot))
        {
            _manifest = _manifest with { Snapshot = snapshot };
            _writer.UpdateManifest(_manifest);
        }

        Bounds(now - _startedMilliseconds);
        if (_reporter.WantsProgress)
        {
            Progress(now - _startedMilliseconds);
        }
    }

    private void Watch(long elapsedMilliseconds)
    {
        if (!_settings.IsLive)
        {
            return;
        }

        if (_cipher.Look())
        {
            _recorder.Warnings.Add(_cipher.Summary());
        }

        if (!_saidSilence && elapsedMilliseconds > LoudMilliseconds / 2 && _pipeline.Counters.Decoded == 0)
        {
            _saidSilence = true;
            _reporter.Warn($"no packet to or from {string.Join(", ", _settings.Servers)} so far: is it the right interface ('any' is all of them) and port?");
        }
    }

    private void Bounds(long elapsedMilliseconds)
    {
        if (_settings.Duration is { } duration && elapsedMilliseconds >= duration.TotalMilliseconds)
        {
            _isEnding = true;
        }

        if (!_isEnding && _settings.MaxDiskBytes is { } most && _writer.BytesWritten >= most)
        {
            var line = $"the workload has reached --max-disk ({_writer.BytesWritten:N0} bytes): the capture ends here";
            _reporter.Warn(line);
            _recorder.Warnings.Add(line);
            _isEnding = true;
        }
    }

    /// <summary>A live source hands out what it has and then ends; a file is left where it is.</summary>
    private void Stop()
    {
        if (_source is LivePacketSource live)
        {
            live.Stop();
        }
        else
        {
            EndedEarly = true;
        }
    }

    private void Progress(long elapsedMilliseconds)
    {
        var totals = _recorder.Totals;
        var counters = _source.Counters;
        const int PcapHeaderBytes = 16;
        double? share = _settings.Duration is { } duration ? elapsedMilliseconds / duration.TotalMilliseconds
            : _settings.InputBytes > 0 ? Math.Min(1, (counters.DeliveredBytes + (PcapHeaderBytes * counters.Delivered)) / (double)_settings.InputBytes)
            : null;
        _reporter.Progress(
            share,
            $"{TimeSpan.FromSeconds(elapsedMilliseconds / 1000):c}  {totals.Sessions:N0} sessions  {totals.Exchanges:N0} exchanges  {totals.ExchangesFailed:N0} errors  "
            + $"{counters.Delivered + counters.DroppedByKernel:N0} packets  {counters.DroppedByKernel:N0} dropped  {_writer.BytesWritten / 1e6:N1} MB written");
    }
}
