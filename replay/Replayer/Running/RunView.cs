using System.Globalization;

namespace Replay.Replayer;

/// <summary>What a run that is going on shows: how far it is and how long it still takes, the rate, the lag, errors, and what the sessions that stand still wait for.</summary>
public sealed class RunView
{
    /// <summary>The most sessions that are named: 3, those that have waited longest.</summary>
    public const int MostStalled = 3;

    /// <summary>How long a session stands still before it is named: two seconds.</summary>
    public const long StalledAfterMicroseconds = 2_000_000;

    /// <summary>From when on a wait for a place is counted by itself: one second.</summary>
    public const long LongPlaceWaitMicroseconds = 1_000_000;

    private long _sentBefore;
    private long _shownAt = long.MinValue;

    /// <summary>The lines: the first by itself says what matters most.</summary>
    public IReadOnlyList<string> Lines(in RunViewFacts facts)
    {
        var rate = Rate(in facts);
        List<string> lines =
        [
            Invariant($"{facts.Replayed} replayed, {facts.Skipped} skipped, {facts.Failed} failed, {facts.NewErrors} new errors{Left(facts.Left)}{rate}"),
            Invariant($"{facts.OpenSessions} {(facts.IsShared ? "connections" : "sessions")} open, {facts.OnWire} on the wire, {facts.WaitingByOrder} wait for others, {facts.Queued} queued{(facts.IsPaced ? Invariant($"; lag p99: own {facts.OwnLagP99Microseconds / 1000:0.00} ms, inherited {facts.InheritedLagP99Microseconds / 1000:0.00} ms") : "")}"),
        ];
        if (facts.PlaceWaitsMicroseconds is { Count: > 0 } waits)
        {
            var longOnes = waits.Count(static wait => wait > LongPlaceWaitMicroseconds);
            lines.Add(Invariant($"{waits.Count} wait for {facts.Place}{(longOnes == 0 ? "" : Invariant($", {longOnes} of them over 1 s, the longest for {waits.Max() / 1e6:0.0} s"))}"));
        }

        foreach (var stalled in facts.Stalled.OrderBy(static s => s.IsQueued).ThenByDescending(static s => s.Microseconds).Take(MostStalled))
        {
            lines.Add(Invariant($"session {stalled.Session} for {stalled.Microseconds / 1e6:0.0} s: {stalled.Why}"));
        }

        return lines;
    }

    // Since it was shown last.
    private string Rate(in RunViewFacts facts)
    {
        var (sent, seconds) = (facts.Sent - _sentBefore, (facts.NowMicroseconds - _shownAt) / 1e6);
        var isFirst = _shownAt == long.MinValue;
        (_sentBefore, _shownAt) = (facts.Sent, facts.NowMicroseconds);
        return isFirst || seconds <= 0 ? "" : Invariant($"; {sent / seconds:0} a second");
    }

    private static string Left(TimeSpan? left) =>
        left is not { } known ? "" : known >= TimeSpan.Zero ? $"; {Duration(known)} left" : $"; the schedule was over {Duration(-known)} ago";

    private static string Duration(TimeSpan left) => left.TotalHours >= 1 ? Invariant($"{(int)left.TotalHours} h {left.Minutes} min") : left.TotalMinutes >= 1 ? Invariant($"{left.Minutes} min {left.Seconds} s") : Invariant($"{Math.Ceiling(left.TotalSeconds):0} s");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What <see cref="RunView"/> shows.</summary>
/// <param name="NowMicroseconds">The run's clock.</param>
/// <param name="Replayed">Exchanges that had a response.</param>
/// <param name="Skipped">Exchanges left out.</param>
/// <param name="Failed">Exchanges without a response.</param>
/// <param name="NewErrors">Errors that production had not.</param>
/// <param name="Sent">Exchanges of the schedule sent.</param>
/// <param name="IsPaced">Whether there are due times.</param>
/// <param name="Left">How long it still takes, or, if negative, since when it ought to be over; null if that cannot be told.</param>
/// <param name="OpenSessions">Connections.</param>
/// <param name="OnWire">Exchanges on the wire.</param>
/// <param name="Queued">Exchanges that wait in sessions' queues.</param>
/// <param name="WaitingByOrder">Sessions that wait for others.</param>
/// <param name="OwnLagP99Microseconds">The replayer's own lag.</param>
/// <param name="InheritedLagP99Microseconds">Lag from slow predecessors.</param>
/// <param name="Stalled">Sessions that have stood still for long.</param>
/// <param name="IsShared">Whether sessions share connections.</param>
/// <param name="Place">What a session that waits for a place waits for; null if places have no limit.</param>
/// <param name="PlaceWaitsMicroseconds">How long each of them has waited; null if places have no limit.</param>
public readonly record struct RunViewFacts(
    long NowMicroseconds, long Replayed, long Skipped, long Failed, long NewErrors, long Sent, bool IsPaced, TimeSpan? Left, int OpenSessions, int OnWire, long Queued, int WaitingByOrder,
    double OwnLagP99Microseconds, double InheritedLagP99Microseconds, IReadOnlyList<StalledSession> Stalled,
    bool IsShared = false, string? Place = null, IReadOnlyList<long>? PlaceWaitsMicroseconds = null);

/// <summary>A session that stands still.</summary>
/// <param name="Session">Its number.</param>
/// <param name="Microseconds">For how long.</param>
/// <param name="Why">What it waits for.</param>
/// <param name="IsQueued">Whether that is a place, which others have: they may be what it is really about, so they are named first.</param>
public readonly record struct StalledSession(int Session, long Microseconds, string Why, bool IsQueued = false);
