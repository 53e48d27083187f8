using System.Collections.Concurrent;
using System.Diagnostics;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>One replay of a workload against one server, from the opened workload to the completed run folder.</summary>
public sealed partial class ReplayRun : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DocumentsWithin = TimeSpan.FromMinutes(5);

    // The schedule begins so much after it is fixed, that the first connections can be opened ahead.
    private const long LeadMicroseconds = SessionPlayer.OpenAheadMicroseconds + 50_000;

    private readonly RunOptions _options;
    private readonly WorkloadReader _reader;
    private readonly RunWriter _writer;
    private readonly Progress _progress;
    private readonly TargetFacts _target;
    private readonly OutcomeRecorder _recorder;
    private readonly TargetLinkOpener _opener;
    private readonly ConnectionGate _connections;
    private readonly Dispatcher _dispatcher;
    private readonly RunContext _context;
    private readonly CutPlan _cut;
    private readonly Selection _selection;
    private readonly RunValues _values;
    private readonly RequestSlabs _slabs = new();
    private readonly ExchangePlanner _planner;
    private readonly ConcurrentDictionary<SessionPlayer, bool> _active = new();
    private readonly Resumption? _resumed;
    private RunManifest _manifest;
    private readonly double _startCpuSeconds = ReplayerMeter.CpuSeconds();
    private Exception? _feedProblem;
    private string? _wireProblem;
    private TimeSpan _played;
    private long _sessions;
    private bool _processorsStayedAwake;

    /// <summary>Prepares a run: the folder is made, or opened if the run is resumed; nothing is sent yet. The selection is disposed of with it.</summary>
    public ReplayRun(RunOptions options, WorkloadReader reader, TargetFacts target, CutPlan cut, Selection selection, Progress progress, Resumption? resumed = null)
    {
        _resumed = resumed;
        _options = options;
        _reader = reader;
        _target = target;
        _progress = progress;
        var traits = ShapeFacts.Of(reader.Shapes);
        _cut = cut;
        _selection = selection;
        _manifest = resumed?.Manifest ?? new RunManifest
        {
            ToolVersion = ToolVersion.Current,
            WorkloadId = reader.Manifest.Id,
            WorkloadFolder = Path.GetFullPath(options.Workload),
            Engine = options.Target.Engine,
            TargetUrl = options.Target.ToString(),
            ServerVersion = target.ServerVersion,
            SystemIdentifier = target.SystemIdentifier,
            Speed = options.Speed.ToString(),
            Schedule = options.Schedule.ToString(),
            Selection = selection.Words,
            ComparedFromMicroseconds = selection.ComparedFromMicroseconds,
            Order = options.Order.ToString().ToLowerInvariant(),
            Instrument = options.Wire is null ? "client" : "wire",
            StartedAt = DateTimeOffset.UtcNow,
            WorkloadStartMicroseconds = selection.FromMicroseconds,
            Captured = reader.ExchangeCount,
            Arguments = options.Arguments,
        };
        _writer = resumed is null ? RunWriter.Create(options.Out, _manifest, reader.ExchangeCount) : RunWriter.Reopen(options.Out, _manifest, reader.ExchangeCount);
        if (resumed is not null)
        {
            Resumption.Clear(options.Out);
            selection.ResumeAt(resumed.Seam.AtMicroseconds, position => _writer.Get(position).Status == RunStatus.NotReached);
        }

        _recorder = new OutcomeRecorder(_writer, reader.Shapes.Count)
        {
            KeepsSamples = reader.Manifest.KeepValues,
            IsResumed = resumed is not null,
            Dues = options.Schedule.HasPlainTimes ? null : resumed is null ? DueFile.Create(options.Out, reader.ExchangeCount) : DueFile.Reopen(options.Out, _manifest),
            ComparedFromMicroseconds = Math.Max(_manifest.ComparedFromMicroseconds ?? long.MinValue, resumed?.Seam.ComparedFromMicroseconds ?? long.MinValue),
        };
        _statementTimeout = TimeoutOf(options, target);
        _opener = new TargetLinkOpener(options.Target, options.Login, options.Passwords, reader.Manifest.Snapshot, options.ConnectTimeout, _recorder.Warn) { StatementTimeout = _statementTimeout };
        var ahead = options.Speed.IsMax ? 0 : (long)(SessionPlayer.OpenAheadMicroseconds * options.Speed.Factor);
        _connections = new ConnectionGate(_opener, options.Schedule.IsOfMoments && options.Connections is null ? Math.Max(1, SessionPeak.Of(reader.Sessions, ahead)) * (1 + (options.Clones?.Count ?? 0)) : int.MaxValue) { WaitsForRoom = options.Connections is not null }; // sessions with clocks of their own may meet as in production they did not
        var clocked = new ClockedThreads(isWanted: !options.Speed.IsMax);
        _dispatcher = new Dispatcher(static () => UnixClock.NowMicroseconds, Dispatcher.BestWaiter(), clocked);
        _values = new RunValues(options.Values);
        _planner = new ExchangePlanner(
            options.Target.Engine, traits, _cut, _slabs, _values, options.RetryVictims > 0 ? TransactionRoles.Of(reader.Shapes, options.Target.Engine) : null, selection);
        _admission = options.Concurrency is { } concurrency ? new Admission(concurrency, static () => UnixClock.NowMicroseconds) : null;
        _shared = options.Connections is { } shared ? new SharedConnections(shared, _connections, static () => UnixClock.NowMicroseconds, _recorder.Warn) : null;
        _planner.Locks = _admission is null ? null : SessionLocks.Of(reader.Shapes);
        _gate = LevelOf(options.Order) is null ? null : new OrderGate(static () => UnixClock.NowMicroseconds) { Dispatcher = _dispatcher, Admission = _shared?.Admission ?? _admission };
        _context = new RunContext
        {
            Gate = _gate is null ? OpenGate.Instance : _gate,
            Admission = _shared?.Admission ?? _admission,
            Shared = _shared,
            Now = static () => UnixClock.NowMicroseconds,
            Dispatcher = _dispatcher,
            Clocked = clocked,
            Connections = _connections,
            Recorder = _recorder,
            Order = options.Order,
            Schedule = options.Schedule,
            EndsAtMicroseconds = selection.ToMicroseconds,
            Values = _values,
            Timeout = options.Timeout,
            Retries = new VictimRetries(options.RetryVictims, target.TimeoutRollsBack),
            Finished = player => _active.TryRemove(player, out _),
        };
    }

    /// <summary>Plays it all, or until <paramref name="interrupted"/>; the run folder is readable either way.</summary>
    public async Task<RunResult> PlayAsync(CancellationToken interrupted)
    {
        try
        {
            return await PlayAllAsync(interrupted);
        }
        catch
        {
            // Players may still have responses to record (a full disk ends a run in the middle): not into a file that is closed.
            Stop();
            await WaitForPlayersAsync();
            await _values.DisposeAsync();
            throw;
        }
    }

    private async Task<RunResult> PlayAllAsync(CancellationToken interrupted)
    {
        using var stop = interrupted.Register(Stop);
        await using var wire = _options.Wire is null ? null : await WireCapture.StartAsync(_options, interrupted);
        using var journal = wire is null ? null : new WireJournal(Path.Combine(_options.Out, "wire.journal"));
        _recorder.Journal = journal;
        SayCut();
        await TakeOverAsync(interrupted);
        await SelectAsync(interrupted);
        using var order = await FindOrderAsync(interrupted);
        await PrepareValuesAsync(interrupted);
        await PrepareAlterationsAsync(interrupted);
        await PrepareSharingAsync(interrupted);
        await PrepareClonesAsync(interrupted);
        var idle = await FindIdleAsync(interrupted);
        await using var locks = Locks();
        var preRoll = new PreRoll(_reader, _cut, _planner, _context, order, Adopt, locks, interrupted);
        var (end, problem) = await WatchAsync(preRoll.RunAsync(), static () => { });
        if (preRoll.LeftWaiting > 0)
        {
            _recorder.Warn($"{preRoll.LeftWaiting} exchanges of the pre-roll wait for locks that were given up only after them, by milliseconds; they were left waiting, and go on when the locks are free");
        }

        using var turns = _options.Turns is { } socket && end == RunEnd.Complete ? await TurnLink.ConnectAsync(socket, interrupted) : null;
        if (end == RunEnd.Complete)
        {
            (end, problem) = await PlayScheduleAsync(preRoll, order, () => BeginAsync(turns, idle, interrupted));
        }

        if (end != RunEnd.Complete)
        {
            Stop();
        }

        await WaitForPlayersAsync();
        await _values.DisposeAsync();
        if (_feedProblem is not null)
        {
            problem = _feedProblem.Message;
        }

        if (turns is not null && end == RunEnd.Complete)
        {
            await EndTogetherAsync(turns, interrupted);
        }

        if (_options.IsCheckpoint)
        {
            return Complete(end, problem, _startedAtMicroseconds);
        }

        await CollectDocumentsAsync(end);
        if (wire is not null)
        {
            await JoinWireAsync(wire, journal!);
        }

        await FindCausesAsync(end, interrupted);
        return Complete(end, problem, _startedAtMicroseconds);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _dispatcher.Dispose();
        _connections.Dispose();
        _recorder.Dues?.Dispose();
        _selection.Dispose();
        _clones?.Dispose();
        _planner.Keeps?.Dispose();
        _writer.Dispose();
    }

    private void SayCut()
    {
        if (_cut.End > 0)
        {
            _progress.Say($"snapshot: {_cut.PreRolled} exchanges in the pre-roll, {_cut.StraddlingTransactions} transactions straddle the cut, {_cut.DecidedTransactions} were told by the server's sessions, {_cut.ProbedTransactions} by the restored data, {(_cut.LoggedTransactions > 0 ? $"{_cut.LoggedTransactions} by the binary log, " : "")}{_cut.AmbiguousTransactions} are ambiguous");
        }

        foreach (var warning in _cut.Warnings(_reader.Shapes))
        {
            _recorder.Warn(warning);
        }
    }

    private async Task<(RunEnd End, string? Problem)> PlayScheduleAsync(PreRoll preRoll, OrderFile? order, Func<Task<RunEnd>> begin)
    {
        if (_selection.HasBeginning)
        {
            _context.Pacer = Pacer.Before(_selection.FromMicroseconds);
        }
        else if (await begin() is var early and not RunEnd.Complete)
        {
            return (early, null);
        }

        using var awake = AwakeProcessors.Keep();
        _processorsStayedAwake = awake.IsGranted;
        using var feeder = new Feeder(_reader, _planner, _slabs, _context, preRoll.Players, Adopt, order, _clones);
        using var over = new CancellationTokenSource();
        var breaking = _gate is null ? Task.CompletedTask : BreakStallsAsync(over.Token);
        var killing = _statementTimeout is { IsKilledByClient: true } limit ? KillOverdueAsync(limit, over.Token) : Task.CompletedTask;
        var thread = new Thread(() => Feed(feeder)) { IsBackground = true, Name = "feeder" };
        thread.Start();
        try
        {
            if (_selection.HasBeginning)
            {
                var (end, problem) = await WatchAsync(WhenCaughtUpAsync(feeder), KeepGoing);
                if (_options.IsCheckpoint && end == RunEnd.Complete)
                {
                    Stop(); // transactions that are open end with their connections
                    return (end, problem);
                }

                end = end == RunEnd.Complete ? await begin() : end;
                if (end != RunEnd.Complete)
                {
                    return (end, problem);
                }

                WakeAll();
            }

            return await WatchAsync(WhenPlayedAsync(thread), KeepGoing);
        }
        finally
        {
            EndPlaying();
            _context.Stopping |= thread.IsAlive;
            feeder.Stop();
            thread.Join();
            await over.CancelAsync();
            await breaking;
            await killing;
        }

        void KeepGoing()
        {
            if (feeder.IsFull && _context.OnWire == 0 && _shared is null)
            {
                _connections.OpenBeyondLimit();
            }
        }
    }

    private void Feed(Feeder feeder)
    {
        try
        {
            feeder.Run();
        }
        catch (WorkloadException e)
        {
            _feedProblem = e;
            Stop();
        }
    }

    private async Task WhenPlayedAsync(Thread feeder)
    {
        while (feeder.IsAlive || !_active.IsEmpty)
        {
            await DrainAsync(isFed: !feeder.IsAlive);
            await Task.Delay(Tick);
        }
    }

    // Waits for the work, looks after it meanwhile, and gives up when nobody answers any more.
    private async Task<(RunEnd End, string? Problem)> WatchAsync(Task work, Action keepGoing)
    {
        var lastGood = Stopwatch.GetTimestamp();
        var lastDone = -1L;
        while (await Task.WhenAny(work, Task.Delay(CheckEvery)) != work)
        {
            if (_context.Stopping)
            {
                break;
            }

            var now = UnixClock.NowMicroseconds;
            foreach (var player in _active.Keys)
            {
                player.CheckTimeout(now);
            }

            _writer.Flush();
            SaveState();
            Show();
            keepGoing();
            if (_recorder.Counts.Replayed != lastDone || _connections.FailedInARow == 0 || _context.OnWire > 0)
            {
                lastDone = _recorder.Counts.Replayed;
                lastGood = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(lastGood) > GiveUpAfter)
            {
                return (RunEnd.TargetLost, $"the target does not answer any more: {_connections.LastProblem}");
            }
        }

        _progress.Clear();
        return _context.Stopping ? (RunEnd.Interrupted, null) : (RunEnd.Complete, null);
    }

    private void Adopt(SessionPlayer player)
    {
        _active[player] = true;
        _sessions++;
    }

    private void Stop()
    {
        _context.Stopping = true;
        _connections.Stop();
        _shared?.End();
        foreach (var player in _active.Keys)
        {
            player.Interrupt();
        }
    }

    private async Task WaitForPlayersAsync()
    {
        var since = Stopwatch.GetTimestamp();
        while (!_active.IsEmpty && Stopwatch.GetElapsedTime(since) < StopWithin)
        {
            await Task.Delay(Tick);
        }

        _shared?.End();
    }
}
