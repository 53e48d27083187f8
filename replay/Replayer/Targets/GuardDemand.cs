using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What a run would ask of its target and of this host.</summary>
public sealed record GuardDemand
{
    /// <summary>The workload.</summary>
    public required WorkloadReader Reader { get; init; }

    /// <summary>Where it is to be replayed.</summary>
    public required TargetUrl Target { get; init; }

    /// <summary>Who sessions log in as.</summary>
    public LoginMode Login { get; init; } = LoginMode.Target;

    /// <summary>Passwords of captured users.</summary>
    public PasswordFile Passwords { get; init; } = PasswordFile.Empty;

    /// <summary>What of the workload the run plays; null: all.</summary>
    public Selection? Selection { get; init; }

    /// <summary>The most connections that the run has open at one time, its own few not counted; null: as many as the capture had sessions.</summary>
    public int? MostConnections { get; init; }

    /// <summary>Where the run is to be written; null: here.</summary>
    public string? Out { get; init; }

    /// <summary>Whether packets are captured into it too.</summary>
    public bool CapturesPackets { get; init; }
}

/// <summary>What of a workload's sessions the checks before a replay need, from one pass over them.</summary>
internal sealed class SessionNeeds
{
    private SessionNeeds()
    {
    }

    /// <summary>The captured users.</summary>
    public SortedSet<string> Users { get; } = new(StringComparer.Ordinal);

    /// <summary>The captured databases.</summary>
    public SortedSet<string> Databases { get; } = new(StringComparer.Ordinal);

    /// <summary>A session of each user in each database.</summary>
    public Dictionary<(string? User, string? Database), Session> Logins { get; } = [];

    /// <summary>The most sessions open at one time.</summary>
    public int Peak { get; private set; }

    public static SessionNeeds Of(WorkloadReader reader, Engine engine, Func<Session, bool>? mayOpen = null)
    {
        var needs = new SessionNeeds();
        needs.Peak = SessionPeak.Of(reader.Sessions.Where(s => s.Purpose == SessionPurpose.Client && s.Engine == engine && mayOpen?.Invoke(s) != false).Select(needs.Note), SessionPlayer.OpenAheadMicroseconds);
        return needs;
    }

    private Session Note(Session session)
    {
        if (session.ErrorCode is not null)
        {
            return session; // production refused it too, and nothing of it is played
        }

        if (session.User is { } user)
        {
            Users.Add(user);
        }

        if (session.Database is { Length: > 0 } database)
        {
            Databases.Add(database);
        }

        Logins.TryAdd((session.User, session.Database), session);
        return session;
    }
}
