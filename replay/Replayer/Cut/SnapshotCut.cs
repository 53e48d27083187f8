using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Between which moments of the workload's clock a database's data were frozen.</summary>
/// <param name="EarliestMicroseconds">Not before.</param>
/// <param name="LatestMicroseconds">Not after.</param>
public readonly record struct SnapshotCut(long EarliestMicroseconds, long LatestMicroseconds)
{
    /// <summary>The likeliest moment, for what the wire leaves open.</summary>
    public long MiddleMicroseconds => EarliestMicroseconds + ((LatestMicroseconds - EarliestMicroseconds) / 2);
}

/// <summary>The cuts of a snapshot, by database.</summary>
public sealed class SnapshotCuts
{
    private readonly Dictionary<string, SnapshotCut> _byDatabase = new(StringComparer.Ordinal);

    /// <summary>The cuts that a manifest tells. In PostgreSQL each database has its own.</summary>
    public SnapshotCuts(SnapshotInfo snapshot)
    {
        Whole = new SnapshotCut(snapshot.CutEarliestMicroseconds, snapshot.CutLatestMicroseconds);
        foreach (var database in snapshot.Databases)
        {
            if (database.CutEarliestMicroseconds > 0)
            {
                _byDatabase[database.Name] = new SnapshotCut(database.CutEarliestMicroseconds, database.CutLatestMicroseconds);
            }
        }
    }

    /// <summary>The span in which all cuts lie.</summary>
    public SnapshotCut Whole { get; }

    /// <summary>The first moment at which a cut can lie; the schedule's origin.</summary>
    public long EarliestMicroseconds => _byDatabase.Count == 0 ? Whole.EarliestMicroseconds : Math.Min(Whole.EarliestMicroseconds, _byDatabase.Values.Min(c => c.EarliestMicroseconds));

    /// <summary>The last moment at which a cut can lie.</summary>
    public long LatestMicroseconds => _byDatabase.Count == 0 ? Whole.LatestMicroseconds : Math.Max(Whole.LatestMicroseconds, _byDatabase.Values.Max(c => c.LatestMicroseconds));

    /// <summary>The cut that counts for a session; the whole span if its database is not known.</summary>
    public SnapshotCut Of(Session session) =>
        session is { Engine: Engine.PostgreSql, Database: { } name } && _byDatabase.TryGetValue(name, out var cut) ? cut : Whole;
}
