using Replay.Workload;

namespace Replay.Replayer;

/// <summary>The clones of a run's sessions: players of their own, on connections of their own, which are given copies of what the sessions are given. The feeder's thread only, but for the counts.</summary>
public sealed class Clones : IDisposable
{
    private readonly CloneOptions _options;
    private readonly SelectionMarks _marks;
    private readonly HashSet<int> _reading;
    private readonly Action<SessionPlayer> _started;
    private readonly Dictionary<int, SessionPlayer[]> _players = [];

    private Clones(CloneOptions options, SelectionMarks marks, HashSet<int> reading, RunContext original, Action<SessionPlayer> started, Action<string> warn)
    {
        _options = options;
        _marks = marks;
        _reading = reading;
        _started = started;
        Counts = new CloneCounts(warn);
        Contexts = [.. Enumerable.Range(1, options.Count).Select(i => RunContext.OfClones(original, Counts, i * (long)options.Shift.TotalMicroseconds))];
    }

    /// <summary>What they did.</summary>
    public CloneCounts Counts { get; }

    /// <summary>What the first clones of all sessions share, the second, and so on.</summary>
    public IReadOnlyList<RunContext> Contexts { get; }

    /// <summary>Sessions that have clones.</summary>
    public int Sessions => _reading.Count;

    /// <summary>Clones of each.</summary>
    public int Count => _options.Count;

    /// <summary>Goes over the workload and makes what is needed.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="folder">The run's folder, for the marks.</param>
    /// <param name="reader">The workload.</param>
    /// <param name="original">What the sessions' players share.</param>
    /// <param name="isPlayed">Which sessions are played.</param>
    /// <param name="started">Called for each clone's player before its first exchange.</param>
    /// <param name="warn">Takes what the user ought to know.</param>
    /// <param name="cancellation">Breaks it off.</param>
    public static Clones Make(
        CloneOptions options, string folder, WorkloadReader reader, RunContext original, Func<Session, bool> isPlayed, Action<SessionPlayer> started, Action<string> warn, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(reader);
        var marks = new SelectionMarks(folder, reader.ExchangeCount, "clones.data");
        try
        {
            return new Clones(options, marks, ClonePass.Run(reader, marks, isPlayed, warn, cancellation), original, started, warn);
        }
        catch
        {
            marks.Dispose();
            throw;
        }
    }

    /// <summary>Gives a session's clones what it is given, before it is.</summary>
    public void Enqueue(Session session, in PlannedExchange planned, in Exchange exchange)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (!_reading.Contains(session.Number))
        {
            return;
        }

        if (!_players.TryGetValue(session.Number, out var players))
        {
            _players.Add(session.Number, players = [.. Contexts.Select(context => new SessionPlayer(session, context))]);
            Array.ForEach(players, _started);
        }

        var copy = CopyOf(in planned, in exchange);
        foreach (var player in players)
        {
            copy.Slab?.AddReference();
            player.Enqueue(in copy);
            if (copy.IsPreRoll)
            {
                var done = copy with { Verdict = PlayVerdict.Done, Slab = null };
                player.Enqueue(in done); // which takes its number in the session
            }
        }
    }

    /// <summary>Nothing more comes for a session.</summary>
    public void EndFeed(int session)
    {
        if (_players.Remove(session, out var players))
        {
            Array.ForEach(players, static player => player.EndFeed());
        }
    }

    /// <summary>Nothing more comes at all.</summary>
    public void EndFeed()
    {
        foreach (var session in _players.Keys.ToList())
        {
            EndFeed(session);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _marks.Dispose();

    private PlannedExchange CopyOf(in PlannedExchange planned, in Exchange exchange)
    {
        var copy = planned;
        copy.Order = null;
        copy.IsAwaited = copy.IsSample = false;
        if (planned.Slab is null || planned.Verdict == PlayVerdict.Done)
        {
            copy.Verdict = PlayVerdict.Done;
            copy.Slab = null;
        }
        else if (planned.Verdict is PlayVerdict.Play or PlayVerdict.PreRoll && _marks[planned.Position] != SelectionMark.Play)
        {
            // What it prepares stays in the session, whatever became of the rest.
            copy.OwesStatements = exchange.Batch >= 0 && PostgresMessages.HasNamedParse(exchange.Request);
            copy.Verdict = copy.OwesStatements ? PlayVerdict.Skip : PlayVerdict.Done;
            copy.Slab = copy.OwesStatements ? planned.Slab : null;
        }

        return copy;
    }
}
