using System.Collections.Concurrent;
using Replay.Client;

namespace Replay.Replayer;

/// <summary>
/// PostgreSQL: the settings that a role's sessions begin with (ALTER ROLE ... SET, ALTER DATABASE ... SET). The server gives them at login and not with SET
/// SESSION AUTHORIZATION, so a session that is taken on gets them in its startup message: there, too, they are what RESET and DISCARD ALL go back to.
/// </summary>
internal sealed class RoleSettings(TargetUrl url, TimeSpan timeout)
{
    private readonly ConcurrentDictionary<(string Role, string Database), Lazy<Task<IReadOnlyDictionary<string, string>>>> _known = new();

    /// <summary>A session's startup parameters with its role's settings, which what the client itself asked for outranks.</summary>
    public async Task<Dictionary<string, string>> AddAsync(string role, string database, Dictionary<string, string> parameters)
    {
        var settings = await OfAsync(role, database);
        var options = parameters.GetValueOrDefault("options", "");
        var asked = parameters.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in settings)
        {
            // In "options" it reads -c name=value or --name=value, with dashes for underscores if one likes.
            if (!asked.Contains(name) && !options.Replace('-', '_').Contains(name + "=", StringComparison.OrdinalIgnoreCase))
            {
                parameters[name] = value;
            }
        }

        return parameters;
    }

    /// <summary>A role's settings in a database, by the names that the target knows them by.</summary>
    public async Task<IReadOnlyDictionary<string, string>> OfAsync(string role, string database)
    {
        var key = (role, database);
        var reading = _known.GetOrAdd(key, k => new(() => ReadAsync(k.Role, k.Database)));
        try
        {
            return await reading.Value;
        }
        catch
        {
            // A server that was away for a moment is asked again by the next session.
            _known.TryRemove(new(key, reading));
            throw;
        }
    }

    private async Task<IReadOnlyDictionary<string, string>> ReadAsync(string role, string database)
    {
        await using var connection = TargetConnection.Create(url);
        await connection.OpenAsync(new ConnectionOptions { Url = url, Database = database, Timeout = timeout });
        // The last one counts: for all, for the database, for the role, for the role in the database.
        var result = (await connection.QueryAsync(
            "SELECT split_part(c, '=', 1), substr(c, strpos(c, '=') + 1) FROM pg_catalog.pg_db_role_setting s CROSS JOIN unnest(s.setconfig) c"
            + $" WHERE s.setrole IN (0, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = {PostgresNames.Literal(role)}))"
            + " AND s.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))"
            // One that this version does not know would end the login here, and is only warned of there.
            + " AND (strpos(split_part(c, '=', 1), '.') > 0 OR EXISTS (SELECT FROM pg_catalog.pg_settings p WHERE p.name = split_part(c, '=', 1)))"
            + " ORDER BY s.setrole <> 0, s.setdatabase <> 0")).OrThrow("reading the settings of roles");
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var row in result.Rows)
        {
            settings[row[0]!] = row[1]!;
        }

        return settings;
    }
}
