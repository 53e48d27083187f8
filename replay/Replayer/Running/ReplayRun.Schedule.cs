using System.Diagnostics;
using System.Globalization;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <content>What has to be known of the whole workload before its schedule can be made.</content>
public sealed partial class ReplayRun
{
    private static readonly TimeSpan CatchUpTick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan CatchUpPatience = TimeSpan.FromSeconds(2);

    private long _startedAtMicroseconds = UnixClock.NowMicroseconds;
    private ReplayerMeter? _meter;
    private ReplayerUse _use = ReplayerUse.None;
    private long _playedMicroseconds;

    private async Task SelectAsync(CancellationToken interrupted)
    {
        if (_manifest.Selection == "all" && _resumed is null)
        {
            return;
        }

        try
        {
            await Task.Run(() => _selection.Prepare(_options.Out, _reader, _cut, session => _planner.SessionReason(session) == RunReason.None, interrupted), CancellationToken.None);
            _progress.Say($"selected: {_selection.Words}; {_selection.Untimed} exchanges more are sent untimed, because what is selected needs them");
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            // Nothing is sent any more.
        }
    }

    // The schedule begins when the other run of a pair is ready too.
    private async Task<RunEnd> BeginAsync(TurnLink? turns, IdleStretches? idle, CancellationToken interrupted)
    {
        var end = RunEnd.Complete;
        _startedAtMicroseconds = UnixClock.NowMicroseconds + LeadMicroseconds;
        if (turns is not null)
        {
            (end, _startedAtMicroseconds) = await BeginTogetherAsync(turns, _startedAtMicroseconds, interrupted);
        }

        if (end == RunEnd.Complete)
        {
            _meter = new ReplayerMeter();
            var pacer = new Pacer(_options.Speed, _selection.FromMicroseconds, _startedAtMicroseconds, _turns, _options.Schedule, idle);
            Began(pacer.StartMicroseconds);
            _recorder.Dues?.StartMicroseconds = _manifest.StartedAtMicroseconds;
            _recorder.Pauses = new CollectionPauses();
            _recorder.Series.Begin(pacer.StartMicroseconds);
            _context.Pacer = pacer;
        }

        return end;
    }

    private void EndPlaying()
    {
        if (_meter is not null)
        {
            _played = _meter.Elapsed;
            _playedMicroseconds = _options.Speed.IsMax ? (long)_played.TotalMicroseconds : Math.Max(0, UnixClock.NowMicroseconds - _startedAtMicroseconds);
            _use = _meter.Read(Stood);
        }
    }

    // All that ended before the window in production has ended here. What was on the wire then is left there.
    private async Task WhenCaughtUpAsync(Feeder feeder)
    {
        _progress.Say("what lies before the window is sent, as fast as order lets it");
        await using var locks = Locks();
        var (ended, since) = (-1L, Stopwatch.GetTimestamp());
        while (!_context.Stopping && !(feeder.HasReachedSchedule && _context.Awaited == 0))
        {
            await Task.Delay(CatchUpTick);
            var now = _recorder.Counts.Done + _recorder.Counts.Again;
            (ended, since) = now == ended ? (ended, since) : (now, Stopwatch.GetTimestamp());
            if (feeder.HasReachedSchedule && Stopwatch.GetElapsedTime(since) > CatchUpPatience && await AreAllHeldUpAsync(locks))
            {
                _recorder.Warn($"{_context.Awaited} exchanges before the window wait for locks or others that were given up, or came, only in it, by milliseconds; they were left waiting, and go on when they can");
                return;
            }
        }
    }

    private async Task<bool> AreAllHeldUpAsync(LockGraph locks)
    {
        var held = (await locks.ReadAsync(CancellationToken.None)).Select(static l => l.Waiting).ToHashSet();
        return _active.Keys.All(player => player.LongestOnWireMicroseconds == 0 || held.Contains(player.ServerConnectionId));
    }

    private void WakeAll()
    {
        foreach (var player in _active.Keys)
        {
            player.Wake();
        }
    }

    private async Task<IdleStretches?> FindIdleAsync(CancellationToken interrupted)
    {
        if (_options.Schedule.IdleSkip is not { } longest)
        {
            return null;
        }

        try
        {
            var kept = (long)(longest.TotalMicroseconds * _options.Speed.Factor);
            var idle = await Task.Run(() => IdleStretches.Find(_reader, kept, _selection.FromMicroseconds, IsOnSchedule, interrupted), CancellationToken.None);
            _progress.Say(string.Create(CultureInfo.InvariantCulture, $"{idle.Count} idle stretches are shortened by {idle.SkippedMicroseconds / 1e6 / _options.Speed.Factor:0.0} s in all"));
            return idle;
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return null; // and nothing is sent any more
        }
    }

    private bool IsOnSchedule(long position, in Exchange exchange) =>
        _cut.Verdict(position) == PlayVerdict.Play && _selection.IsOnSchedule(position, in exchange) && _reader.Sessions.Find(exchange.Session) is { } session && _planner.SessionReason(session) == RunReason.None;
}
