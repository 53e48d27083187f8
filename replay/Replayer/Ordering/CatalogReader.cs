using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Reads catalogues from a target: PostgreSQL one for each database, MySQL one for the server.</summary>
public static class CatalogReader
{
    /// <summary>By what name MySQL's only catalogue goes: the server has no database that is called so.</summary>
    public const string Server = "";

    /// <summary>The document of a run that holds a database's catalogue; MySQL: <c>catalog-.json</c>.</summary>
    public static string DocumentName(string database) => $"catalog-{database}.json";

    /// <summary>The database whose catalogue a document of a run is; null if it is another document.</summary>
    public static string? DatabaseOf(string document) => document.StartsWith("catalog-", StringComparison.Ordinal) && document.EndsWith(".json", StringComparison.Ordinal)
        ? document["catalog-".Length..^".json".Length]
        : null;

    /// <summary>The names under which the catalogues of these databases are kept.</summary>
    public static IReadOnlyCollection<string> Names(Engine engine, IEnumerable<string> databases) =>
        engine == Engine.PostgreSql ? new SortedSet<string>(databases, StringComparer.Ordinal) : [Server];

    /// <summary>
    /// Reads those of the databases that the target has, by name; MySQL: that of the server, as <see cref="Server"/>. A <see cref="CommandException"/> if the target cannot be
    /// reached or refuses.
    /// </summary>
    public static async Task<IReadOnlyDictionary<string, OrderCatalog>> ReadAsync(TargetUrl url, IEnumerable<string> databases, CancellationToken cancellation = default)
    {
        var catalogs = new SortedDictionary<string, OrderCatalog>(StringComparer.Ordinal);
        await using var control = await TargetControl.OpenAsync(url, cancellation: cancellation);
        if (url.Engine != Engine.PostgreSql)
        {
            catalogs.Add(Server, CapturedNames.Of(await MySqlCatalogQuery.ReadAsync(control), url.Names));
            return catalogs;
        }

        var present = (await control.QueryAsync("SELECT datname FROM pg_catalog.pg_database WHERE datallowconn", "reading the names of databases")).Rows.Select(r => r[0]!).ToHashSet(StringComparer.Ordinal);
        foreach (var database in databases.Distinct(StringComparer.Ordinal).Where(d => present.Contains(url.Names.Database(d))))
        {
            catalogs.Add(database, await ReadPostgresAsync(url, database, cancellation));
        }

        return catalogs;
    }

    private static async Task<OrderCatalog> ReadPostgresAsync(TargetUrl url, string database, CancellationToken cancellation)
    {
        await using var control = await TargetControl.OpenAsync(url, database, cancellation);
        var result = await control.QueryAsync(PostgresCatalogQuery.Sql, "reading the catalogue");
        var routines = await control.QueryAsync(PostgresRoutines.Sql, "reading triggers and functions");
        var catalog = OrderCatalog.Parse(result.Scalar!);
        return PostgresRoutines.Add(catalog with { PathSettings = [.. catalog.PathSettings.SelectMany(s => Captured(s, url.Names))] }, routines.Rows);
    }

    // With each captured name of the role.
    private static IEnumerable<CatalogPathSetting> Captured(CatalogPathSetting setting, TargetNames names) => setting.Role is not { } role ? [setting]
        : names.Users.Where(u => u.Value == role).Select(u => u.Key).Concat(names.Users.ContainsKey(role) ? [] : [role]).Select(u => setting with { Role = u });
}
