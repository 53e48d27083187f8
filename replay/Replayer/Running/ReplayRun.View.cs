using System.Globalization;
using Replay.Client;

namespace Replay.Replayer;

/// <content>What is shown while it goes on.</content>
public sealed partial class ReplayRun
{
    private readonly RunView _view = new();

    private void Show()
    {
        var done = (double)_recorder.Counts.Done / Math.Max(1, _reader.ExchangeCount);
        _progress.Show(done, () => _view.Lines(FactsToShow(done)));
    }

    private RunViewFacts FactsToShow(double done)
    {
        var now = UnixClock.NowMicroseconds;
        var counts = _recorder.Counts;
        var players = _active.Keys.ToList();
        var waits = _gate?.WaitingOf(players) ?? [];
        var queue = _context.Admission?.Queue() ?? [];
        var stalled = waits.Select(wait => new StalledSession(wait.Ticket.Player.Session.Number, now - wait.SinceMicroseconds, WhyOf(in wait)))
            .Concat(queue.Select(wait => new StalledSession(wait.Session, now - wait.SinceMicroseconds, $"waits for {Place}", IsQueued: true)))
            .Concat(players.Select(player => StalledOnWire(player, now)).OfType<StalledSession>())
            .Where(static one => one.Microseconds >= RunView.StalledAfterMicroseconds)
            .ToList();
        return new RunViewFacts(
            now, counts.Replayed, counts.Skipped, counts.Failed, counts.NewErrors, _recorder.Series.Sent, !_options.Speed.IsMax, Left(done, now), _connections.Open, _context.OnWire, _context.Queued, waits.Count,
            _recorder.OwnLag.Quantile(0.99), _recorder.InheritedLag.Quantile(0.99), stalled,
            _shared is not null, Place, [.. queue.Select(wait => now - wait.SinceMicroseconds)]);
    }

    private string? Place =>
        _shared is not null ? string.Create(CultureInfo.InvariantCulture, $"one of the {_shared.Limit} connections")
        : _admission is not null ? string.Create(CultureInfo.InvariantCulture, $"a place among the {_admission.Limit} transactions in flight")
        : null;

    // By the schedule, where it has an end; else by what has been done so far.
    private TimeSpan? Left(double done, long now) =>
        _meter is null ? null
        : !_options.Speed.IsMax && _options.Schedule.IsOfMoments ? TimeSpan.FromMicroseconds(ScheduleEnd() - now)
        : done > 0 ? _meter.Elapsed * ((1 - done) / done)
        : null;

    private static StalledSession? StalledOnWire(SessionPlayer player, long now) =>
        player.OldestOnWire is { } oldest && now - oldest.SinceMicroseconds > 2 * oldest.CapturedMicroseconds
            ? new StalledSession(player.Session.Number, now - oldest.SinceMicroseconds, string.Create(CultureInfo.InvariantCulture, $"no response yet to {player.Session.Number}/{oldest.Ordinal}, which took {oldest.CapturedMicroseconds / 1e6:0.###} s in production"))
            : null;

    private static string WhyOf(in OrderWait wait) => wait.Need.Kind switch
    {
        DependencyKind.Ended => string.Create(CultureInfo.InvariantCulture, $"waits by order ({wait.Need.Reason.ToString().ToLowerInvariant()}) until {wait.Need.Session}/{wait.Need.Ordinal} has ended"),
        DependencyKind.Sent => string.Create(CultureInfo.InvariantCulture, $"waits by order ({wait.Need.Reason.ToString().ToLowerInvariant()}) until {wait.Need.Session}/{wait.Need.Ordinal} is sent"),
        _ => string.Create(CultureInfo.InvariantCulture, $"waits by order ({wait.Need.Reason.ToString().ToLowerInvariant()}) until all that came before it on a table has ended"),
    };
}
