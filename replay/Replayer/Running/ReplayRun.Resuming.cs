using System.Diagnostics;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <content>What is left for a run that is broken off to be resumed, and the beginning of one that is.</content>
public sealed partial class ReplayRun
{
    private static readonly TimeSpan FirstState = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RarestState = TimeSpan.FromSeconds(30);

    // A state is written after so many times what the last one took, so that it costs no more than a hundredth of the time.
    private const int StateCost = 100;

    private long _stateDueAt;
    private TimeSpan _stateEvery = FirstState;

    private async Task TakeOverAsync(CancellationToken interrupted)
    {
        if (_resumed is null)
        {
            return;
        }

        // Broken off in here, the run is as it was: it has the outcomes and the state to be resumed from.
        _recorder.TimeoutCodes = _statementTimeout?.Codes;
        await Task.Run(() => _resumed.TakeOver(_reader, _writer, _recorder, interrupted), CancellationToken.None);
        _manifest = _resumed.Manifest;
        _progress.Say(_resumed.ToString());
    }

    // From here on the run can be resumed: its due times are known.
    private void Began(long startMicroseconds)
    {
        _resumed?.Begin(startMicroseconds);
        _manifest = _resumed?.Manifest ?? _manifest with { StartedAtMicroseconds = startMicroseconds };
        _writer.UpdateManifest(_manifest);
        _stateDueAt = UnixClock.NowMicroseconds + (long)FirstState.TotalMicroseconds;
    }

    private void SaveState()
    {
        if (_meter is null || _options.Arguments is null || UnixClock.NowMicroseconds < _stateDueAt)
        {
            return;
        }

        var began = Stopwatch.GetTimestamp();
        _playedMicroseconds = Math.Max(0, UnixClock.NowMicroseconds - _startedAtMicroseconds);
        try
        {
            _writer.WriteFile(RunState.FileName, Conclude(RunEnd.Interrupted, null, _startedAtMicroseconds, _meter.Read(Stood), out _, out _).ToJson());
        }
        catch (WorkloadException e)
        {
            _recorder.Warn($"what a resumed run would need beside the outcomes is not kept: {e.Message}");
        }

        _stateEvery = TimeSpan.FromTicks(Math.Min(RarestState.Ticks, _stateEvery.Ticks * 5 / 4));
        var pause = TimeSpan.FromTicks(Math.Max(_stateEvery.Ticks, Stopwatch.GetElapsedTime(began).Ticks * StateCost));
        _stateDueAt = UnixClock.NowMicroseconds + (long)pause.TotalMicroseconds;
    }

    private void LeaveState(RunState state, bool isComplete)
    {
        if (isComplete)
        {
            File.Delete(Path.Combine(_options.Out, RunState.FileName));
        }
        else if (_options.Arguments is not null)
        {
            _writer.WriteFile(RunState.FileName, state.ToJson());
        }
    }
}
