using System.Globalization;
using Replay.Workload;

namespace Replay.Replayer;

/// <content>What has to be known of the whole workload before its schedule can be made.</content>
public sealed partial class ReplayRun
{
    private async Task<IdleStretches?> FindIdleAsync(CancellationToken interrupted)
    {
        if (_options.Schedule.IdleSkip is not { } longest)
        {
            return null;
        }

        try
        {
            var kept = (long)(longest.TotalMicroseconds * _options.Speed.Factor);
            var idle = await Task.Run(() => IdleStretches.Find(_reader, kept, _cut.OriginMicroseconds, IsOnSchedule, interrupted), CancellationToken.None);
            _progress.Say(string.Create(CultureInfo.InvariantCulture, $"{idle.Count} idle stretches are shortened by {idle.SkippedMicroseconds / 1e6 / _options.Speed.Factor:0.0} s in all"));
            return idle;
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return null; // and nothing is sent any more
        }
    }

    private bool IsOnSchedule(long position, in Exchange exchange) =>
        _cut.Verdict(position) == PlayVerdict.Play && _reader.Sessions.Find(exchange.Session) is { } session && _planner.SessionReason(session) == RunReason.None;

    private void SetPacer(Pacer pacer)
    {
        _recorder.Dues?.StartMicroseconds = pacer.StartMicroseconds;
        _context.Pacer = pacer;
    }
}
