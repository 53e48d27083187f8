using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Between which moments of the workload's clock a database's data were frozen.</summary>
/// <param name="EarliestMicroseconds">Not before.</param>
/// <param name="LatestMicroseconds">Not after.</param>
/// <param name="CommitsHeld">Whether no transaction could commit at the cut until the latest moment: what had been answered by then is inside, and nothing else.</param>
public readonly record struct SnapshotCut(long EarliestMicroseconds, long LatestMicroseconds, bool CommitsHeld = false)
{
    /// <summary>The likeliest moment, for what the wire leaves open.</summary>
    public long MiddleMicroseconds => EarliestMicroseconds + ((LatestMicroseconds - EarliestMicroseconds) / 2);
}

/// <summary>The cuts of a snapshot, by database.</summary>
public sealed class SnapshotCuts
{
    private readonly Dictionary<string, SnapshotCut> _byDatabase = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Database, string Client), (SessionAtCut Session, bool IsExact)> _sessions = [];

    /// <summary>The cuts that a manifest tells. In PostgreSQL each database has its own.</summary>
    public SnapshotCuts(SnapshotInfo snapshot)
    {
        Whole = new SnapshotCut(snapshot.CutEarliestMicroseconds, snapshot.CutLatestMicroseconds, snapshot.CommitsHeld);
        foreach (var database in snapshot.Databases)
        {
            if (database.CutEarliestMicroseconds > 0)
            {
                _byDatabase[database.Name] = new SnapshotCut(database.CutEarliestMicroseconds, database.CutLatestMicroseconds, snapshot.CommitsHeld);
            }

            foreach (var session in database.Sessions)
            {
                _sessions[(database.Name, session.Client)] = (session, database.SessionsAreExact);
            }
        }
    }

    /// <summary>The span in which all cuts lie.</summary>
    public SnapshotCut Whole { get; private set; }

    /// <summary>The first moment at which a cut can lie; the schedule's origin.</summary>
    public long EarliestMicroseconds => _byDatabase.Count == 0 ? Whole.EarliestMicroseconds : Math.Min(Whole.EarliestMicroseconds, _byDatabase.Values.Min(c => c.EarliestMicroseconds));

    /// <summary>The last moment at which a cut can lie.</summary>
    public long LatestMicroseconds => _byDatabase.Count == 0 ? Whole.LatestMicroseconds : Math.Max(Whole.LatestMicroseconds, _byDatabase.Values.Max(c => c.LatestMicroseconds));

    /// <summary>Narrows the cut that counts for a session's database by what is now known of it; nothing if that contradicts it.</summary>
    public void Narrow(Session session, long earliestMicroseconds, long latestMicroseconds)
    {
        var cut = Of(session);
        cut = cut with { EarliestMicroseconds = Math.Max(cut.EarliestMicroseconds, earliestMicroseconds), LatestMicroseconds = Math.Min(cut.LatestMicroseconds, latestMicroseconds) };
        if (cut.EarliestMicroseconds > cut.LatestMicroseconds)
        {
            return;
        }

        if (session is { Engine: Engine.PostgreSql, Database: { } name } && _byDatabase.ContainsKey(name))
        {
            _byDatabase[name] = cut;
        }
        else
        {
            Whole = cut;
        }
    }

    /// <summary>What the server said of a session at the cut, and whether that is how it was at the cut or a little later; null if it is not known.</summary>
    public (SessionAtCut Session, bool IsExact)? Evidence(Session session) =>
        session.Database is { } name && _sessions.TryGetValue((name, session.Client.ToString()), out var found) ? found : null;

    /// <summary>The cut that counts for a session; the whole span if its database is not known.</summary>
    public SnapshotCut Of(Session session) =>
        session is { Engine: Engine.PostgreSql, Database: { } name } && _byDatabase.TryGetValue(name, out var cut) ? cut : Whole;
}
