using System.Globalization;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <content>When the schedule is over and exchanges still run: how long they are waited for (<c>--drain</c>).</content>
public sealed partial class ReplayRun
{
    private const string NoSuchThread = "1094"; // MySQL's ER_NO_SUCH_THREAD
    private static readonly TimeSpan KillWithin = TimeSpan.FromSeconds(10);

    private long? _overSince;

    private bool AreAnyLeft => _context.OnWire > 0 || _context.Queued > 0;

    // Looks whether the deadline has passed, and ends what is left then.
    private async Task DrainAsync(bool isFed)
    {
        if (_options.Drain is not { } patience || _context.IsDrained || _context.Stopping)
        {
            return;
        }

        var now = UnixClock.NowMicroseconds;
        if (!_options.Speed.IsMax && _options.Schedule.IsOfMoments)
        {
            _overSince ??= ScheduleEnd();
        }
        else if (isFed)
        {
            _overSince ??= now; // nothing says when it ought to be over
        }

        if (_overSince is not { } since || now - since < patience.TotalMicroseconds || (isFed && !AreAnyLeft))
        {
            return;
        }

        _context.IsDrained = true;
        _recorder.Warn(string.Create(
            CultureInfo.InvariantCulture, $"--drain: {patience.TotalSeconds:0.###} s after the schedule was over {_context.OnWire} exchanges were on the wire and {_context.Queued} waited; they were given up (drain_deadline)"));
        var connections = _active.Keys.Select(player => player.OverdueConnection(now, -1)).Where(static c => c > 0).ToList();
        foreach (var player in _active.Keys)
        {
            player.Interrupt("the deadline of --drain has passed");
        }

        await KillAsync(connections);
    }

    // The due moment of production's last response that is played, and of the last clone's, which are later.
    private long ScheduleEnd() =>
        _context.Pacer.DueAt(Math.Min(_reader.Blocks.Select(static block => block.MaxEndedAtMicroseconds).DefaultIfEmpty(_selection.FromMicroseconds).Max(), _selection.ToMicroseconds))
        + (_clones is { Contexts: [.., var last] } ? last.ShiftMicroseconds : 0);

    // A server goes on with a statement whose client is gone.
    private async Task KillAsync(List<long> connections)
    {
        if (connections.Count == 0)
        {
            return;
        }

        try
        {
            using var patience = new CancellationTokenSource(KillWithin);
            await using var control = await TargetControl.OpenAsync(_options.Target, cancellation: patience.Token);
            foreach (var connection in connections)
            {
                var sql = _options.Target.Engine == Engine.PostgreSql ? $"SELECT pg_terminate_backend({connection})" : $"KILL {connection}";
                if (await control.TryAsync(sql).AsTask().WaitAsync(patience.Token) is { Succeeded: false } result && result.ErrorCode != NoSuchThread)
                {
                    _recorder.Warn($"a statement that was given up may go on at the target: {result.ErrorMessage}");
                }
            }
        }
        catch (Exception e) when (e is TargetException or CommandException or OperationCanceledException)
        {
            _recorder.Warn($"statements that were given up may go on at the target: {e.Message}");
        }
    }
}
