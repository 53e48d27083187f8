using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Before the schedule begins: brings sessions to where they stood at the snapshot's cut, one exchange after the other in order of their captured
/// ends, which is the order in which their locks were had.
/// </summary>
public sealed class PreRoll(WorkloadReader reader, CutPlan cut, ExchangePlanner planner, RunContext context, OrderFile? order, Action<SessionPlayer> started)
{
    private readonly Dictionary<int, SessionPlayer> _players = [];

    /// <summary>The players that were opened, by session.</summary>
    public IReadOnlyDictionary<int, SessionPlayer> Players => _players;

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
                await player.WhenDrainedAsync();
            }
        }

        foreach (var player in _players.Values)
        {
            if (context.Stopping)
            {
                break;
            }

            await player.WhenDrainedAsync();
        }
    }

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
