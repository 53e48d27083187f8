using System.Text.Json;

namespace Replay.Replayer;

/// <summary>
/// What belongs to a database and lies outside of it, so that neither a dump's data nor a template brings it: owner, privileges, settings for all
/// and for single roles.
/// </summary>
internal sealed class PostgresDatabase(TargetControl control, string name, Progress progress)
{
    private string Quoted => PostgresNames.Quote(name);

    /// <summary>What the database has now, as text that <see cref="ApplyAsync"/> understands; it is kept as the template's comment.</summary>
    public async Task<string> DescribeAsync()
    {
        const string What = "reading a database's settings";
        var literal = PostgresNames.Literal(name);
        var owner = await control.QueryAsync($"SELECT pg_get_userbyid(datdba), datacl IS NULL FROM pg_catalog.pg_database WHERE datname = {literal}", What);
        var grants = await control.QueryAsync(
            "SELECT a.privilege_type, CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, a.is_grantable"
            + $" FROM pg_catalog.pg_database d, aclexplode(d.datacl) a WHERE d.datname = {literal} ORDER BY 1, 2",
            What);
        var settings = await control.QueryAsync(
            "SELECT CASE WHEN s.setrole = 0 THEN NULL ELSE pg_get_userbyid(s.setrole) END, split_part(c, '=', 1), substr(c, strpos(c, '=') + 1)"
            + $" FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) c WHERE d.datname = {literal} ORDER BY 1, 2",
            What);
        return JsonSerializer.Serialize(new Properties(
            owner.Rows[0][0]!,
            owner.Rows[0][1] == "t" ? null : [.. grants.Rows.Select(g => new[] { g[0]!, g[1]!, g[2]! })],
            [.. settings.Rows.Select(s => new[] { s[0], s[1], s[2] })]));
    }

    /// <summary>Gives a database made anew what it had.</summary>
    public async Task ApplyAsync(string? description)
    {
        if (description is null || !description.StartsWith('{') || JsonSerializer.Deserialize<Properties>(description) is not { Owner: not null } properties)
        {
            return; // a template of an earlier version of this program
        }

        await TryAsync($"ALTER DATABASE {Quoted} OWNER TO {PostgresNames.Quote(properties.Owner)}");
        if (properties.Grants is { } grants)
        {
            await TryAsync($"REVOKE ALL ON DATABASE {Quoted} FROM PUBLIC");
            foreach (var grant in grants)
            {
                await TryAsync($"GRANT {grant[0]} ON DATABASE {Quoted} TO {grant[1]}{(grant[2] == "t" ? " WITH GRANT OPTION" : "")}");
            }
        }

        foreach (var setting in properties.Settings ?? [])
        {
            await SetAsync(setting[0], setting[1]!, setting[2]!);
        }
    }

    /// <summary>Runs a statement about the database; a refusal is a warning.</summary>
    public async Task TryAsync(string statement)
    {
        var result = await control.TryAsync(statement);
        if (!result.Succeeded)
        {
            progress.Warn($"not as on the captured server: {statement.ReplaceLineEndings(" ")}: {result.ErrorMessage}");
        }
    }

    // Lists like search_path have quoting of their own: the server takes over what the session has.
    private async Task SetAsync(string? role, string setting, string value)
    {
        var whose = role is null ? $"ALTER DATABASE {Quoted}" : $"ALTER ROLE {PostgresNames.Quote(role)} IN DATABASE {Quoted}";
        await control.QueryAsync("BEGIN", "setting a database's settings");
        await TryAsync($"SELECT set_config({PostgresNames.Literal(setting)}, {PostgresNames.Literal(value)}, true)");
        await TryAsync($"{whose} SET {setting} FROM CURRENT");
        await control.QueryAsync("COMMIT", "setting a database's settings");
    }

    private sealed record Properties(string Owner, string[][]? Grants, string?[][]? Settings);
}
