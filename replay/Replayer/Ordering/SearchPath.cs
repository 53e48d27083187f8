using Replay.Sql;

namespace Replay.Replayer;

/// <summary>The schemas in which a name without one is looked for; MySQL: the session's database. One object for each.</summary>
/// <param name="schemas">Their names, in order.</param>
/// <param name="isWhole">Whether the first is known to be there, so that what is not found would be made in it.</param>
internal sealed class SearchPath(IReadOnlyList<string> schemas, bool isWhole = true)
{
    public IReadOnlyList<string> Schemas => schemas;

    public bool IsWhole => isWhole;
}

/// <summary>The search paths of one database's sessions.</summary>
internal sealed class SearchPaths
{
    private const string Boot = "\"$user\", public"; // what a server has that sets none

    private const int MaxPaths = 65_536; // then it begins anew

    private readonly Dictionary<string, SearchPath> _byDatabase = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SearchPath> _byText = new(StringComparer.Ordinal);
    private readonly HashSet<string> _relations;
    private readonly ILookup<string, string> _byName;
    private readonly HashSet<string>? _schemas;
    private readonly OrderCatalog _catalog;

    public SearchPaths(OrderCatalog catalog)
    {
        _catalog = catalog;
        var relations = catalog.Tables.Select(static t => (t.Schema, t.Name)).Concat(catalog.Views.Select(static v => (v.Schema, v.Name))).ToList();
        _relations = [.. relations.Select(static r => $"{r.Schema}.{r.Name}")];
        _byName = relations.ToLookup(static r => r.Name, static r => $"{r.Schema}.{r.Name}", StringComparer.Ordinal);
        _schemas = catalog.Schemas?.ToHashSet(StringComparer.Ordinal);
        Default = Intern(catalog.SearchPath);
    }

    /// <summary>That of the login that read the catalogue.</summary>
    public SearchPath Default { get; }

    /// <summary>MySQL.</summary>
    public SearchPath OfDatabase(string database)
    {
        if (!_byDatabase.TryGetValue(database, out var path))
        {
            Bound(_byDatabase);
            _byDatabase.Add(database, path = new SearchPath([database]));
        }

        return path;
    }

    /// <summary>What a role's sessions begin with if they ask for nothing; null: as <see cref="Default"/>, because the catalogue does not say.</summary>
    public string? OfRole(string? user) =>
        _catalog.PathSettings.Count == 0 ? null : _catalog.PathSettings.LastOrDefault(s => s.Role is null || s.Role == user)?.Value ?? Boot;

    /// <summary>The path that a setting means for a role; null if that cannot be told.</summary>
    public SearchPath? Of(string setting, string? user)
    {
        if (Split(setting) is not { } names)
        {
            return null;
        }

        var schemas = new List<string>();
        foreach (var name in names)
        {
            var schema = name == "$user" ? user : name;
            if (schema is null)
            {
                return null;
            }

            // A schema that is not there counts for nothing, but one that is named may be made.
            if ((name != "$user" || _schemas is null || _schemas.Contains(schema)) && schema != "pg_catalog" && !schemas.Contains(schema))
            {
                schemas.Add(schema);
            }
        }

        return Intern(schemas);
    }

    /// <summary>Whether tables or views of several schemas have a name.</summary>
    public bool HasNamesakes(string name) => _byName[name].Skip(1).Any();

    /// <summary>What a table or view of a name is, as <c>schema.name</c>: none if the catalogue has none; where the path is not known, all that it may be.</summary>
    public IEnumerable<string> Names(TableAccess table, SearchPath? path) =>
        table.Schema is not null ? new[] { $"{table.Schema}.{table.Name}" }.Where(_relations.Contains)
        : path is null ? _byName[table.Name]
        : path.Schemas.Select(s => $"{s}.{table.Name}").Where(_relations.Contains).Take(1);

    // As the server cuts it: https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SEARCH-PATH . Null: it is none.
    private static List<string>? Split(string setting)
    {
        var names = new List<string>();
        var rest = setting.AsSpan().Trim();
        while (rest.Length > 0)
        {
            int used;
            if (rest[0] == '"')
            {
                used = 1;
                while (used < rest.Length && (rest[used] != '"' || (used + 1 < rest.Length && rest[used + 1] == '"')))
                {
                    used += rest[used] == '"' ? 2 : 1;
                }

                if (used >= rest.Length)
                {
                    return null;
                }

                names.Add(rest[1..used].ToString().Replace("\"\"", "\"", StringComparison.Ordinal));
                used++;
            }
            else
            {
                used = rest.IndexOf(',') is >= 0 and var comma ? comma : rest.Length;
                if (rest[..used].Trim() is not { Length: > 0 } name || name.ContainsAny(" \t\""))
                {
                    return null;
                }

                names.Add(name.ToString().ToLowerInvariant());
            }

            rest = rest[used..].TrimStart();
            if (rest.Length > 0 && (rest[0] != ',' || (rest = rest[1..].TrimStart()).Length == 0))
            {
                return null;
            }
        }

        return names;
    }

    private SearchPath Intern(IReadOnlyList<string> schemas)
    {
        var key = string.Join('\0', schemas);
        if (!_byText.TryGetValue(key, out var path))
        {
            Bound(_byText);
            _byText.Add(key, path = new SearchPath(schemas, _schemas is null || schemas.Count == 0 || _schemas.Contains(schemas[0])));
        }

        return path;
    }

    private static void Bound(Dictionary<string, SearchPath> paths)
    {
        if (paths.Count == MaxPaths)
        {
            paths.Clear();
        }
    }
}
