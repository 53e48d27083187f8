using System.Globalization;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>The checks before a replay: <c>source</c>, <c>engine</c>, <c>databases</c>, <c>users</c>, <c>connections</c>, <c>quiet</c>.</summary>
public static class TargetGuards
{
    /// <summary>Connections that the replayer and the server's own users need beside the sessions: 5.</summary>
    public const int SpareConnections = 5;

    // Segments, libraries, pipes.
    private const int SpareFiles = 200;

    /// <summary>The names that <c>--force</c> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = ["source", "databases", "users", "connections", "quiet", "target"];

    /// <summary>Checks whether a workload can be replayed on a target.</summary>
    public static IReadOnlyList<Guard> Check(WorkloadReader reader, TargetUrl url, TargetFacts target)
    {
        var sessions = reader.Sessions.Where(s => s.Purpose == SessionPurpose.Client && s.Engine == url.Engine);
        var users = new HashSet<string>(StringComparer.Ordinal);
        var databases = new HashSet<string>(StringComparer.Ordinal);
        var peak = SessionPeak.Of(sessions.Select(s => Note(s, users, databases)), SessionPlayer.OpenAheadMicroseconds);
        return
        [
            CheckEngine(reader.Manifest, url),
            CheckSource(reader.Manifest, url, target, databases),
            CheckDatabases(databases, target),
            CheckUsers(users, url, target),
            CheckConnections(peak, target),
            CheckQuiet(target),
        ];
    }

    /// <summary>Throws a <see cref="CommandException"/> for the first refusal that is not forced.</summary>
    public static void Enforce(IReadOnlyList<Guard> guards, IReadOnlySet<string> force)
    {
        foreach (var guard in guards)
        {
            if (guard.Level == GuardLevel.Refused && !force.Contains(guard.Name))
            {
                throw new CommandException(guard.Text);
            }
        }
    }

    private static Session Note(Session session, HashSet<string> users, HashSet<string> databases)
    {
        if (session.User is { } user)
        {
            users.Add(user);
        }

        if (session.Database is { Length: > 0 } database)
        {
            databases.Add(database);
        }

        return session;
    }

    private static Guard CheckEngine(WorkloadManifest manifest, TargetUrl url)
    {
        var engines = manifest.Servers.Select(s => s.Engine).Distinct().ToList();
        return engines.Count > 0 && !engines.Contains(url.Engine)
            ? new Guard("engine", GuardLevel.Refused, $"the workload is of {string.Join(" and ", engines)}, the target's URL says {url.Engine}; give the URL of a server of that engine")
            : new Guard("engine", GuardLevel.Passed, $"the workload and the target are of {url.Engine}");
    }

    private static Guard CheckSource(WorkloadManifest manifest, TargetUrl url, TargetFacts target, HashSet<string> databases)
    {
        const string Force = "if this really is not production, say --force source";
        var unmarked = databases.Where(d => target.Databases.TryGetValue(d, out var mark) && mark is null).Order(StringComparer.Ordinal).ToList();
        if (unmarked.Count > 0 || !target.Databases.Values.Any(m => m is not null))
        {
            var where = unmarked.Count > 0 ? $"database '{unmarked[0]}' of the target bears" : "the target bears";
            return new Guard("source", GuardLevel.Refused, $"{where} no mark that it may be replayed on; 'dbreplay restore' leaves one; {Force}");
        }

        return SourceLikeness(manifest, url, target) switch
        {
            (true, true) => new Guard("source", GuardLevel.Refused, $"the target has the address and the identifier of the server that was captured; {Force}"),
            (true, false) => new Guard("source", GuardLevel.Warning, "the target bears the mark of consent, and the identifier of the server that was captured: a copy of its files?"),
            (false, true) => new Guard("source", GuardLevel.Warning, $"the target bears the mark of consent, and an address that was captured ({url.Host}:{url.Port})"),
            _ => new Guard("source", GuardLevel.Passed, "the target bears the mark of consent"),
        };
    }

    /// <summary>Whether a target has the identifier, and the address, of a server that was captured. Copies of files keep the identifier.</summary>
    public static (bool Identifier, bool Address) SourceLikeness(WorkloadManifest manifest, TargetUrl url, TargetFacts target)
    {
        // An address without a host stands for any host.
        var port = string.Create(CultureInfo.InvariantCulture, $":{url.Port}");
        return (
            manifest.Snapshot?.SystemIdentifier is { } captured && captured == target.SystemIdentifier,
            manifest.Servers.Any(s => s.Engine == url.Engine && (s.Address == url.Host + port || s.Address == port)));
    }

    private static Guard CheckDatabases(HashSet<string> databases, TargetFacts target)
    {
        var missing = databases.Where(d => !target.Databases.ContainsKey(d)).Order(StringComparer.Ordinal).ToList();
        return missing.Count > 0
            ? new Guard("databases", GuardLevel.Refused, $"the target lacks {List("database", missing)}; 'dbreplay restore' creates those of the snapshot, or --force databases lets their sessions fail")
            : new Guard("databases", GuardLevel.Passed, $"the target has {List("database", [.. databases.Order(StringComparer.Ordinal)])}");
    }

    private static Guard CheckUsers(HashSet<string> users, TargetUrl url, TargetFacts target)
    {
        if (target.Engine != Engine.PostgreSql)
        {
            return new Guard("users", GuardLevel.Passed, $"sessions play as '{url.User}', or as the captured user if --password-file has its password");
        }

        var missing = users.Where(u => !target.Roles.Contains(u)).Order(StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
        {
            return new Guard("users", GuardLevel.Refused, $"the target lacks {List("role", missing)}; 'dbreplay restore' creates them, or --force users plays their sessions as '{url.User}'");
        }

        return !target.IsSuperuser && users.Any(u => u != url.User)
            ? new Guard("users", GuardLevel.Warning, $"'{url.User}' is no superuser, so sessions of other users play as '{url.User}'")
            : new Guard("users", GuardLevel.Passed, $"the target has {List("role", [.. users.Order(StringComparer.Ordinal)])}");
    }

    private static Guard CheckConnections(int peak, TargetFacts target)
    {
        const string WayOut = "or say --force connections, and the sessions that find no connection fail";
        var free = target.MaxConnections - target.ConnectionsInUse - SpareConnections;
        if (peak > free)
        {
            return new Guard("connections", GuardLevel.Refused, $"the capture had {peak} sessions open at one time, the target has {Math.Max(0, free)} connections free; raise max_connections to {peak + target.ConnectionsInUse + SpareConnections} there, {WayOut}");
        }

        var files = OpenFileLimit();
        return peak > files - SpareFiles
            ? new Guard("connections", GuardLevel.Refused, $"the capture had {peak} sessions open at one time, and this program may open {files} files; start it after 'ulimit -n {peak + SpareFiles}', {WayOut}")
            : new Guard("connections", GuardLevel.Passed, $"{peak} sessions at one time, {free} connections free");
    }

    // .NET has raised the soft limit to the hard one by now.
    private static long OpenFileLimit()
    {
        const string Line = "Max open files";
        var line = OperatingSystem.IsLinux() ? File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith(Line, StringComparison.Ordinal)) : null;
        return line is not null && long.TryParse(line[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : long.MaxValue;
    }

    // What changes the target by itself is not in the capture, and comes in between.
    private static Guard CheckQuiet(TargetFacts target) => target switch
    {
        { IsReplica: true } => new Guard("quiet", GuardLevel.Refused, "the target follows another server, which changes its data during the run; stop that (STOP REPLICA, ALTER SUBSCRIPTION ... DISABLE, promote), or say --force quiet"),
        { EventsThatRun: > 0 } => new Guard("quiet", GuardLevel.Refused, $"the target's event scheduler would run {target.EventsThatRun} events during the run; SET GLOBAL event_scheduler = OFF there, or say --force quiet"),
        { IsReplica: null } => new Guard("quiet", GuardLevel.Warning, "whether the target follows another server, which would change its data during the run, cannot be read by its user; GRANT REPLICATION CLIENT (MariaDB: REPLICA MONITOR) to it to have that checked"),
        _ => new Guard("quiet", GuardLevel.Passed, "nothing changes the target by itself"),
    };

    private static string List(string what, List<string> names) => names.Count switch
    {
        0 => $"no {what}",
        1 => $"{what} '{names[0]}'",
        _ => $"{what}s {string.Join(", ", names.Take(10).Select(n => $"'{n}'"))}{(names.Count > 10 ? " ..." : "")}",
    };
}
