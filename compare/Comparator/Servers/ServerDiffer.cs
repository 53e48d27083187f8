namespace Replay.Comparator;

/// <summary>Finds what differs between the two servers.</summary>
internal static class ServerDiffer
{
    // The planner's guess may be off by so much anywhere.
    private const double OtherRows = 2;
    private const int ValueLength = 80;

    public static IReadOnlyList<ServerDifference> Compare(ServerFacts old, ServerFacts fresh, IReadOnlyList<SettingDifference> settings, string oldVersion, string newVersion)
    {
        var found = new List<ServerDifference>();
        if (oldVersion != newVersion)
        {
            found.Add(new ServerDifference(ServerDifferenceKind.Version, null, "version", oldVersion, newVersion, $"the old server is {oldVersion}, the new one {newVersion}"));
        }

        found.AddRange(Tables(old, fresh));
        found.AddRange(settings.SelectMany(SettingWords.Differences));
        if (old.HasEnvironment && fresh.HasEnvironment)
        {
            found.AddRange(UserSettings(old, fresh));
            found.AddRange(Extensions(old, fresh));
            found.AddRange(Databases(old, fresh));
        }

        return [.. found.OrderBy(one => one.Kind)];
    }

    private static IEnumerable<ServerDifference> Tables(ServerFacts old, ServerFacts fresh)
    {
        var others = fresh.Tables.ToLookup(table => (table.Database, table.Schema, table.Name));
        foreach (var table in old.Tables)
        {
            if (others[(table.Database, table.Schema, table.Name)].FirstOrDefault() is not { } other)
            {
                if (fresh.Tables.Length > 0)
                {
                    yield return new ServerDifference(ServerDifferenceKind.Table, table.Name, table.Shown, "there", null, $"table {table.Shown} is missing on the new server");
                }

                continue;
            }

            foreach (var difference in Indexes(table, other).Concat(Statistics(table, other)).Concat(Columns(table, other)))
            {
                yield return difference;
            }
        }
    }

    private static IEnumerable<ServerDifference> Indexes(ServerFacts.Table old, ServerFacts.Table fresh)
    {
        ServerDifference Of(string name, string? before, string? after, string words) => new(ServerDifferenceKind.Index, old.Name, name, before, after, words);

        var (before, after) = (old.Indexes.DistinctBy(index => index.Name).ToDictionary(index => index.Name, StringComparer.Ordinal), fresh.Indexes.DistinctBy(index => index.Name).ToDictionary(index => index.Name, StringComparer.Ordinal));
        foreach (var index in before.Values)
        {
            if (!after.TryGetValue(index.Name, out var other))
            {
                yield return Of(index.Name, index.Definition ?? "there", null, $"the new server has no index {index.Name} on {old.Shown}{(index.Definition is null ? "" : $" (the old one: {index.Definition})")}");
            }
            else if (index.IsUsable != other.IsUsable)
            {
                yield return Of(index.Name, index.IsUsable ? "usable" : "not usable", other.IsUsable ? "usable" : "not usable", $"index {index.Name} of {old.Shown} cannot be used on the {(other.IsUsable ? "old" : "new")} server: it is invalid, invisible or ignored");
            }
            else if (index.Definition is not null && other.Definition is not null && index.Definition != other.Definition)
            {
                yield return Of(index.Name, index.Definition, other.Definition, $"index {index.Name} of {old.Shown} is made otherwise: {index.Definition} on the old server, {other.Definition} on the new one");
            }
        }

        foreach (var index in after.Values.Where(index => !before.ContainsKey(index.Name)))
        {
            yield return Of(index.Name, null, index.Definition ?? "there", $"only the new server has an index {index.Name} on {old.Shown}{(index.Definition is null ? "" : $" ({index.Definition})")}");
        }
    }

    private static IEnumerable<ServerDifference> Statistics(ServerFacts.Table old, ServerFacts.Table fresh)
    {
        ServerDifference Of(string name, object? before, object? after, string words) => new(ServerDifferenceKind.Statistics, old.Name, name, before?.ToString(), after?.ToString(), words);

        if (old.PlannedRows is { } before && fresh.PlannedRows is { } after && (double)(Math.Max(before, after) + 100) / (Math.Min(before, after) + 100) > OtherRows)
        {
            var real = old.LiveRows is { } was && fresh.LiveRows is { } now && (was != before || now != after) ? $"; counted are {was:N0} and {now:N0}" : "";
            yield return Of("rows", before, after, $"the old server's planner reckons with {Sentences.Count(before, "row")} in {old.Shown}, the new one's with {after:N0}{real}");
        }

        if (old.AnalyzedAt is not null != fresh.AnalyzedAt is not null && (old.AnalyzedAt is null ? old.Columns.Length : fresh.Columns.Length) > 0)
        {
            yield return Of("analyzed", old.AnalyzedAt, fresh.AnalyzedAt, $"{old.Shown} was never analysed on the {(fresh.AnalyzedAt is null ? "new" : "old")} server, so its planner guesses");
        }
    }

    private static IEnumerable<ServerDifference> Columns(ServerFacts.Table old, ServerFacts.Table fresh)
    {
        var others = fresh.Columns.DistinctBy(column => column.Name).ToDictionary(column => column.Name, StringComparer.Ordinal);
        foreach (var column in old.Columns)
        {
            if (!others.TryGetValue(column.Name, out var other))
            {
                if (others.Count > 0)
                {
                    yield return new ServerDifference(ServerDifferenceKind.Column, old.Name, column.Name, column.Type, null, $"column {old.Shown}.{column.Name} is missing on the new server");
                }

                continue;
            }

            var (type, otherType) = (CatalogTypes.Normal(column.Type), CatalogTypes.Normal(other.Type));
            if (type != otherType)
            {
                yield return new ServerDifference(ServerDifferenceKind.Column, old.Name, column.Name, column.Type, other.Type, $"column {old.Shown}.{column.Name} is {column.Type} on the old server, {other.Type} on the new one");
            }

            if (CatalogTypes.NormalCollation(column.Collation) != CatalogTypes.NormalCollation(other.Collation))
            {
                yield return new ServerDifference(ServerDifferenceKind.Column, old.Name, column.Name, column.Collation, other.Collation, $"column {old.Shown}.{column.Name} is sorted and compared by collation {column.Collation ?? "none"} on the old server, by {other.Collation ?? "none"} on the new one");
            }
        }
    }

    private static IEnumerable<ServerDifference> UserSettings(ServerFacts old, ServerFacts fresh)
    {
        var (before, after) = (ByName(old), ByName(fresh));
        foreach (var key in before.Keys.Union(after.Keys))
        {
            var (was, now) = (before.GetValueOrDefault(key), after.GetValueOrDefault(key));
            if (was != now)
            {
                var words = was is null ? $"sessions of user {key.User} begin with {key.Name} = {Short(now!)} on the new server only"
                    : now is null ? $"sessions of user {key.User} begin with {key.Name} = {Short(was)} on the old server only"
                    : $"sessions of user {key.User} begin with {key.Name} = {Short(was)} on the old server, {Short(now)} on the new one";
                yield return new ServerDifference(ServerDifferenceKind.UserSetting, null, key.Name, was, now, words, key.User);
            }
        }
    }

    private static Dictionary<(string? Database, string User, string Name), string> ByName(ServerFacts facts) =>
        facts.UserSettings.DistinctBy(one => (one.Database, one.User, one.Name)).ToDictionary(one => (one.Database, one.User, one.Name), one => one.Value);

    private static IEnumerable<ServerDifference> Extensions(ServerFacts old, ServerFacts fresh)
    {
        var (before, after) = (old.Extensions.ToLookup(one => (one.Database, one.Name), one => one.Version), fresh.Extensions.ToLookup(one => (one.Database, one.Name), one => one.Version));
        foreach (var key in before.Select(one => one.Key).Union(after.Select(one => one.Key)))
        {
            string? was = before.Contains(key) ? before[key].First() ?? "there" : null, now = after.Contains(key) ? after[key].First() ?? "there" : null;
            if (was != now)
            {
                var words = was is null ? $"only the new server has extension {key.Name} {now}" : now is null ? $"the new server has no extension {key.Name} (the old one: {was})" : $"extension {key.Name} is {was} on the old server, {now} on the new one";
                yield return new ServerDifference(ServerDifferenceKind.Extension, null, key.Name, was, now, words);
            }
        }
    }

    private static IEnumerable<ServerDifference> Databases(ServerFacts old, ServerFacts fresh)
    {
        foreach (var database in old.Databases)
        {
            if (fresh.Databases.FirstOrDefault(one => one.Name == database.Name) is not { } other)
            {
                continue;
            }

            (string? Was, string? Now)[] pairs = [(database.Encoding, other.Encoding), (CatalogTypes.NormalCollation(database.Collation), CatalogTypes.NormalCollation(other.Collation)), (database.Version, other.Version)];
            string[] what = ["encoding", "default collation", "collation rules"];
            for (var i = 0; i < pairs.Length; i++)
            {
                // A version that one server does not tell is none.
                if (pairs[i].Was != pairs[i].Now && (i < 2 || (pairs[i].Was is not null && pairs[i].Now is not null)))
                {
                    yield return new ServerDifference(ServerDifferenceKind.Database, null, $"{database.Name} {what[i]}", pairs[i].Was, pairs[i].Now, $"database {database.Name} has the {what[i]} {pairs[i].Was ?? "none"} on the old server, {pairs[i].Now ?? "none"} on the new one");
                }
            }
        }
    }

    private static string Short(string value) => Sentences.Short(value, ValueLength);
}
