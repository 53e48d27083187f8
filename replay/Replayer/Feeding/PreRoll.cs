using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Before the schedule begins: brings sessions to where they stood at the snapshot's cut, one exchange after the other in order of their captured
/// ends, which is the order in which their locks were had. One that waits for a lock of another session here is left waiting: by the packets' times it had ended when the lock was
/// given up, by milliseconds, and only what comes later gives it up now.
/// </summary>
public sealed class PreRoll(
    WorkloadReader reader, CutPlan cut, ExchangePlanner planner, RunContext context, OrderFile? order, Action<SessionPlayer> started, ILockGraph locks, CancellationToken interrupted = default)
{
    /// <summary>How long an exchange is waited for before it is looked whether another session holds it up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(StallBreaker.PatienceMicroseconds / 1000.0);

    private readonly Dictionary<int, SessionPlayer> _players = [];

    /// <summary>The players that were opened, by session.</summary>
    public IReadOnlyDictionary<int, SessionPlayer> Players => _players;

    /// <summary>How often an exchange was not waited for, because another session of the pre-roll held it up.</summary>
    public long LeftWaiting { get; private set; }

    /// <summary>Runs it; ends early if the run is broken off.</summary>
    public async Task RunAsync()
    {
        using var cursor = reader.Read();
        while (!context.Stopping && cursor.MoveNext() && cursor.Position < cut.End)
        {
            if (cut.Verdict(cursor.Position) is not (PlayVerdict.PreRoll or PlayVerdict.PreRollParse) || Take(cursor, out var endsBatch) is not { } player)
            {
                continue;
            }

            // A batch is answered at its end.
            if (endsBatch)
            {
                await WaitAsync(player);
            }
        }

        foreach (var player in _players.Values)
        {
            if (context.Stopping)
            {
                break;
            }

            await WaitAsync(player);
        }
    }

    private async Task WaitAsync(SessionPlayer player)
    {
        var drained = player.WhenDrainedAsync();
        while (await Task.WhenAny(drained, Task.Delay(Patience)) != drained)
        {
            if (await IsHeldUpAsync(player))
            {
                LeftWaiting++;
                return;
            }
        }

        await drained;
    }

    // By another session here, or so long that it may be by one though the server does not show it.
    private async Task<bool> IsHeldUpAsync(SessionPlayer player)
    {
        var connections = _players.Values.Select(static p => p.ServerConnectionId).ToHashSet();
        var own = player.ServerConnectionId;
        var pairs = await locks.ReadAsync(interrupted);
        return own > 0 && (pairs.Any(l => l.Waiting == own && connections.Contains(l.Blocking)) || (IsStuck(player) && !pairs.Any(l => l.Waiting == own) && await locks.IsInLockAsync(own, interrupted) != false));
    }

    private bool IsStuck(SessionPlayer player) =>
        player.OldestOnWire is { } oldest && context.Now() - oldest.SinceMicroseconds >= Math.Max(StallBreaker.BusyLimitMicroseconds, StallBreaker.UnseenFactor * oldest.CapturedMicroseconds);

    private SessionPlayer? Take(ExchangeCursor cursor, out bool endsBatch)
    {
        endsBatch = false;
        var exchange = cursor.Current;
        if (!_players.TryGetValue(exchange.Session, out var player))
        {
            if (reader.Sessions.Find(exchange.Session) is not { } session || planner.SessionReason(session) != RunReason.None)
            {
                return null;
            }

            player = new SessionPlayer(session, context);
            _players.Add(session.Number, player);
            started(player);
        }

        planner.Plan(cursor.Position, in exchange, RunReason.None, out var planned);
        if (planned.Verdict is not (PlayVerdict.PreRoll or PlayVerdict.PreRollParse))
        {
            return null;
        }

        planned.Order = order?.Find(cursor.Position); // it waits for nothing, but draws what it drew
        endsBatch = exchange.Batch < 0 || (exchange.Flags & ExchangeFlags.EndsBatch) != 0;
        player.Enqueue(in planned);
        return player;
    }
}
