using System.Globalization;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// The checks before a replay, in order: <c>engine</c>, <c>source</c>, <c>others</c>, <c>quiet</c>, <c>databases</c>, <c>users</c>, <c>connections</c>, <c>extensions</c>, <c>schema</c>, <c>files</c>,
/// <c>disk</c>. Nothing of the workload is executed by them.
/// </summary>
public static partial class TargetGuards
{
    /// <summary>Connections that the replayer and the server's own users need beside the sessions: 5.</summary>
    public const int SpareConnections = 5;

    // A connection that its client has closed lives on at the server for some milliseconds.
    private static readonly TimeSpan OthersLeaveWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(250); // InnoDB looks at its transactions again only if nobody has asked for a tenth of a second

    /// <summary>The names that <c>--force</c> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = ["source", "others", "quiet", "databases", "users", "connections", "extensions", "schema", "files", "disk", "target"];

    /// <summary>Checks whether a workload can be replayed on a target; a <see cref="CommandException"/> if the target cannot be reached at all.</summary>
    public static async Task<(TargetFacts Facts, IReadOnlyList<Guard> Guards)> CheckAsync(GuardDemand demand, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(demand);
        var (manifest, url) = (demand.Reader.Manifest, demand.Target);
        await using var control = await TargetControl.OpenAsync(url, cancellation: cancellation);
        var facts = await control.ReadFactsAsync();
        var isAtCheckpoint = facts.CheckpointOf(manifest.Id) is not null;
        var needs = SessionNeeds.Of(demand.Reader, url.Engine, demand.Selection is { } selection ? session => selection.MayOpen(session, isAtCheckpoint) : null);
        for (var waited = TimeSpan.Zero; waited < OthersLeaveWithin && CheckOthers(needs, url, facts).Level == GuardLevel.Refused; waited += AskAgain)
        {
            await Task.Delay(AskAgain, cancellation);
            facts = await control.ReadFactsAsync();
        }

        List<Guard> guards =
        [
            CheckEngine(manifest, url),
            CheckSource(manifest, url, facts, needs),
            CheckOthers(needs, url, facts),
            CheckQuiet(facts),
            CheckDatabases(demand.Reader, needs, url, facts),
        ];
        var roles = CheckRoles(needs, url, facts);
        // A login that cannot succeed says no more than the roles do, and a server that is full lets nobody in.
        guards.Add(roles.Level == GuardLevel.Refused ? roles : await LookAsync("users", "who can log in", () => LoginGuard.CheckAsync(demand, needs, facts, cancellation)));
        var connections = demand.MostConnections ?? needs.Peak;
        guards.Add(CheckConnections(connections, demand, facts));
        guards.Add(await LookAsync("extensions", "which extensions there are", () => ExtensionGuard.CheckAsync(manifest.Snapshot, needs, url, facts, cancellation)));
        guards.Add(await LookAsync("schema", "which tables there are", () => SchemaGuard.CheckAsync(demand, needs, facts, cancellation)));
        guards.Add(HostGuards.CheckFiles(connections, Needed(connections, demand), HostGuards.OpenFileLimit()));
        guards.Add(await LookAsync("disk", "how much room there is for the run", () => Task.FromResult(HostGuards.CheckDisk(demand))));
        return (facts, guards);
    }

    /// <summary>The check's answer; a warning if it could not look, which is no reason not to play.</summary>
    internal static async Task<Guard> LookAsync(string name, string what, Func<Task<Guard>> check)
    {
        try
        {
            return await check();
        }
        catch (Exception e) when (e is CommandException or TargetException or IOException or UnauthorizedAccessException)
        {
            return new Guard(name, GuardLevel.Warning, $"{what} could not be found out: {e.Message}");
        }
    }

    /// <summary>Throws a <see cref="CommandException"/> for the first refusal that is not forced, and names the others.</summary>
    public static void Enforce(IReadOnlyList<Guard> guards, IReadOnlySet<string> force)
    {
        var refused = guards.Where(g => g.Level == GuardLevel.Refused && !force.Contains(g.Name)).ToList();
        if (refused.Count > 0)
        {
            var others = refused.Count == 1 ? "" : $" (also refused: {string.Join(", ", refused.Skip(1).Select(g => g.Name))}; 'dbreplay check' says why)";
            throw new CommandException(refused[0].Text + others);
        }
    }

    private static Guard CheckEngine(WorkloadManifest manifest, TargetUrl url)
    {
        var engines = manifest.Servers.Select(s => s.Engine).Distinct().ToList();
        return engines.Count > 0 && !engines.Contains(url.Engine)
            ? new Guard("engine", GuardLevel.Refused, $"the workload is of {string.Join(" and ", engines)}, the target's URL says {url.Engine}; give the URL of a server of that engine")
            : new Guard("engine", GuardLevel.Passed, $"the workload and the target are of {url.Engine}");
    }

    private static Guard CheckSource(WorkloadManifest manifest, TargetUrl url, TargetFacts target, SessionNeeds needs)
    {
        const string Force = "if this really is not production, say --force source";
        var unmarked = needs.Databases.Select(url.Names.Database).Where(d => target.Databases.TryGetValue(d, out var mark) && mark is null).Order(StringComparer.Ordinal).ToList();
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

    // Whatever others do there is in the run's latencies, and what they change in its results.
    private static Guard CheckOthers(SessionNeeds needs, TargetUrl url, TargetFacts target)
    {
        var databases = needs.Databases.Select(url.Names.Database).ToHashSet(StringComparer.Ordinal);
        var users = target.Others.Where(o => o.Activity != OtherActivity.Idle || databases.Contains(o.Database)).ToList();
        if (users.Count > 0)
        {
            var named = string.Join(", ", users.Take(3).Select(Describe)) + (users.Count > 3 ? ", ..." : "");
            return new Guard("others", GuardLevel.Refused, $"the target is in use by others: {named}; end these connections ({users.Count}), or say --force others, and what they do is in the run's times and results");
        }

        return target.SeesOthers
            ? new Guard("others", GuardLevel.Passed, target.Others.Count == 0 ? "nobody else is connected" : $"{target.Others.Count} {(target.Others.Count == 1 ? "connection of others is" : "connections of others are")} idle, in no database of the workload")
            : new Guard("others", GuardLevel.Warning, $"whether others use the target cannot be read by '{url.User}'; {(url.Engine == Engine.PostgreSql ? "GRANT pg_read_all_stats" : "GRANT PROCESS")} to it to have that checked");
    }

    private static string Describe(OtherSession other)
    {
        var what = other.Activity switch
        {
            OtherActivity.Running or OtherActivity.Worker => "runs a statement",
            OtherActivity.InTransaction => "has a transaction open",
            OtherActivity.Replication => "replicates from it",
            _ => "is connected",
        };
        return $"{other.Who} {what}{(other.Database.Length == 0 ? "" : $" in '{other.Database}'")}";
    }

    // What changes the target by itself is not in the capture, and comes in between.
    private static Guard CheckQuiet(TargetFacts target) => target switch
    {
        { IsReplica: true } => new Guard("quiet", GuardLevel.Refused, "the target follows another server, which changes its data during the run; stop that (STOP REPLICA, ALTER SUBSCRIPTION ... DISABLE, promote), or say --force quiet"),
        { EventsThatRun: > 0 } => new Guard("quiet", GuardLevel.Refused, $"the target's event scheduler would run {target.EventsThatRun} events during the run; SET GLOBAL event_scheduler = OFF there, or say --force quiet"),
        { IsReplica: null } => new Guard("quiet", GuardLevel.Warning, "whether the target follows another server, which would change its data during the run, cannot be read by its user; GRANT REPLICATION CLIENT (MariaDB: REPLICA MONITOR) to it to have that checked"),
        _ => new Guard("quiet", GuardLevel.Passed, "nothing changes the target by itself"),
    };

    internal static string List(string what, IReadOnlyCollection<string> names) => names.Count switch
    {
        0 => $"no {what}",
        1 => $"{what} '{names.First()}'",
        _ => $"{what}s {string.Join(", ", names.Take(10).Select(n => $"'{n}'"))}{(names.Count > 10 ? " ..." : "")}",
    };
}
