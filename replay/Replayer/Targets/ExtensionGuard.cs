using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Whether the target's databases have the extensions that the snapshot's had. MySQL's plug-ins and loadable functions are not looked for.</summary>
internal static class ExtensionGuard
{
    public static async Task<Guard> CheckAsync(SnapshotInfo? snapshot, SessionNeeds needs, TargetUrl url, TargetFacts facts, CancellationToken cancellation)
    {
        var databases = url.Engine == Engine.PostgreSql
            ? snapshot?.Databases.Where(d => needs.Databases.Contains(d.Name) && d.Extensions.Count > 0 && facts.Databases.ContainsKey(url.Names.Database(d.Name))).ToList() ?? []
            : [];
        if (databases.Count == 0)
        {
            return new Guard("extensions", GuardLevel.Passed, "the workload does not tell of any that production had");
        }

        var missing = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var database in databases)
        {
            await using var control = await TargetControl.OpenAsync(url, database.Name, cancellation);
            var present = (await control.QueryAsync("SELECT extname FROM pg_catalog.pg_extension", "reading the extensions")).Rows.Select(r => r[0]!).ToHashSet(StringComparer.Ordinal);
            var lacking = database.Extensions.Keys.Where(e => !present.Contains(e)).ToList();
            if (lacking.Count == 0)
            {
                continue;
            }

            // One damaged control file makes this fail as a whole.
            var available = (await control.TryAsync("SELECT name FROM pg_catalog.pg_available_extensions")) is { Succeeded: true } listed ? listed.Rows.Select(r => r[0]!).ToHashSet(StringComparer.Ordinal) : null;
            foreach (var name in lacking)
            {
                var create = $"CREATE EXTENSION {PostgresNames.Quote(name)} in '{url.Names.Database(database.Name)}'";
                missing.TryAdd(name, available?.Contains(name) switch
                {
                    true => create,
                    false => $"install its package on the server first, then {create}",
                    null => $"{create}, after its package is installed on the server",
                });
            }
        }

        return missing.Count > 0
            ? new Guard("extensions", GuardLevel.Refused, $"the target lacks {TargetGuards.List("extension", missing.Keys)} of the snapshot; {missing.First().Value}, or say --force extensions")
            : new Guard("extensions", GuardLevel.Passed, $"the target has {TargetGuards.List("extension", [.. databases.SelectMany(d => d.Extensions.Keys).Distinct(StringComparer.Ordinal)])}");
    }
}
