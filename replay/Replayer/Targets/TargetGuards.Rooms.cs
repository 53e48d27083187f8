using System.Text.RegularExpressions;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <content>What sessions need to get in: databases, roles, connections.</content>
public static partial class TargetGuards
{
    private static Guard CheckDatabases(WorkloadReader reader, SessionNeeds needs, TargetUrl url, TargetFacts target)
    {
        var names = needs.Databases.Select(url.Names.Database).ToList();
        var missing = names.Where(d => !target.Databases.ContainsKey(d)).Order(StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
        {
            return new Guard("databases", GuardLevel.Refused, $"the target lacks {List("database", missing)}; 'dbreplay restore' creates those of the snapshot, --map-database OLD=NEW says what one is called here, or --force databases lets their sessions fail");
        }

        // Texts are sent as they were recorded.
        var qualified = url.Names.Databases.Keys.Where(_ => url.Engine == Engine.MySql).ToDictionary(
            static d => d, d => reader.Shapes.Count(s => Regex.IsMatch(s.Text, $@"(?<![\w.`])`?{Regex.Escape(d)}`?\s*\.", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))), StringComparer.Ordinal);
        return qualified.FirstOrDefault(static q => q.Value > 0) is { Key: { } named, Value: var shapes }
            ? new Guard("databases", GuardLevel.Refused, $"{shapes} shapes name database '{named}' in their text, which --map-database does not change; restore it by its own name, or --force databases lets them fail")
            : new Guard("databases", GuardLevel.Passed, $"the target has {List("database", names)}");
    }

    private static Guard CheckRoles(SessionNeeds needs, TargetUrl url, TargetFacts target)
    {
        var users = needs.Users.Select(url.Names.User).Distinct(StringComparer.Ordinal).ToList();
        var missing = target.Engine == Engine.PostgreSql ? users.Where(u => !target.Roles.Contains(u)).Order(StringComparer.Ordinal).ToList() : [];
        return missing.Count > 0
            ? new Guard("users", GuardLevel.Refused, $"the target lacks {List("role", missing)}; 'dbreplay restore' creates them, --map-user OLD=NEW takes another instead, or --force users plays their sessions as '{url.User}'")
            : new Guard("users", GuardLevel.Passed, $"the target has {List("role", users)}");
    }

    private static Guard CheckConnections(int needed, GuardDemand demand, TargetFacts target)
    {
        var what = Needed(needed, demand);
        const string WayOut = "or say --force connections, and the sessions that find no connection fail";
        // Those that a superuser logs in for have the reserved ones too, and no limits.
        var arePlain = !target.IsSuperuser || (demand.Login == LoginMode.Captured && demand.Target.Engine == Engine.PostgreSql);
        var reserved = arePlain ? target.ReservedConnections : 0;
        var free = target.MaxConnections - target.ConnectionsInUse - SpareConnections - reserved;
        if (needed > free)
        {
            var less = reserved == 0 ? "" : $", {reserved} more are reserved for superusers";
            return new Guard("connections", GuardLevel.Refused, $"{what}, the target has {Math.Max(0, free)} connections free{less}; raise max_connections to {needed + target.ConnectionsInUse + SpareConnections + reserved} there, {WayOut}");
        }

        var limits = target.ConnectionLimits.Where(l => l.Value < needed && (arePlain || target.Engine == Engine.MySql)).OrderBy(static l => l.Value).ToList();
        return limits.Count > 0
            ? new Guard("connections", GuardLevel.Warning, $"{what}, and {limits[0].Key} may have {limits[0].Value} connections on the target; raise that if they are among them")
            : new Guard("connections", GuardLevel.Passed, $"{what}, {free} connections are free");
    }

    /// <summary>How many connections a run needs, and why.</summary>
    internal static string Needed(int connections, GuardDemand demand) =>
        demand.MostConnections is null ? $"the capture had {connections} sessions open at one time{(demand.Selection is { Words: not "all" } ? " that this run may open" : "")}" : $"the run opens {connections} connections";
}
