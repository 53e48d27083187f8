namespace Replay.Replayer;

/// <summary>
/// Gives a target the roles of a snapshot: names, attributes, memberships and settings as pg_dumpall told them; names alone where it could not. Roles
/// that the target has keep their attributes, above all the one that restores. Passwords are in no snapshot.
/// </summary>
internal sealed class PostgresRoles(string snapshotFolder, Progress progress)
{
    private const string Script = "roles.sql";
    private const int Shown = 5; // of what was refused

    private static readonly string[] OptionWords = [" WITH ", " GRANTED BY "];

    private readonly List<string> _refused = [];

    /// <summary>Creates what is missing of <paramref name="wanted"/> and of the script; lists it.</summary>
    public async Task CreateAsync(TargetControl control, IReadOnlySet<string> existing, IEnumerable<string> wanted)
    {
        var created = new HashSet<string>(StringComparer.Ordinal);
        var path = Path.Combine(snapshotFolder, Script);
        foreach (var statement in File.Exists(path) ? PostgresScript.Split(await File.ReadAllLinesAsync(path)) : [])
        {
            await ApplyAsync(control, statement, existing, created);
        }

        var bare = wanted.Where(r => !r.StartsWith("pg_", StringComparison.Ordinal) && !existing.Contains(r) && !created.Contains(r)).Distinct(StringComparer.Ordinal).ToList();
        foreach (var role in bare)
        {
            await control.QueryAsync($"CREATE ROLE {PostgresNames.Quote(role)} LOGIN", $"creating role '{role}'");
        }

        Tell(created, bare);
    }

    private async Task ApplyAsync(TargetControl control, string statement, IReadOnlySet<string> existing, HashSet<string> created)
    {
        if (After(statement, "CREATE ROLE ") is { } create)
        {
            var name = PostgresScript.Identifier(create).Name;
            if (!existing.Contains(name) && await TryAsync(control, statement))
            {
                created.Add(name);
            }
        }
        else if (After(statement, "ALTER ROLE ") is { } alter)
        {
            var (name, rest) = PostgresScript.Identifier(alter);
            // A setting for one database comes with that database.
            if (rest.StartsWith("SET ", StringComparison.Ordinal) || (rest.StartsWith("WITH ", StringComparison.Ordinal) && created.Contains(name)))
            {
                await TryAsync(control, statement);
            }
        }
        else if (statement.StartsWith("GRANT ", StringComparison.Ordinal) && !(await control.TryAsync(statement)).Succeeded)
        {
            await TryAsync(control, Plain(statement));
        }
    }

    /// <summary>A membership as every version understands it: options that 16 added, and the grantor, left out.</summary>
    internal static string Plain(string grant)
    {
        var end = OptionWords.Select(word => grant.IndexOf(word, StringComparison.Ordinal)).Where(at => at > 0).DefaultIfEmpty(grant.Length).Min();
        var isAdmin = grant.AsSpan(end).Contains(" ADMIN OPTION", StringComparison.Ordinal) || grant.AsSpan(end).Contains("ADMIN TRUE", StringComparison.Ordinal);
        return grant[..end] + (isAdmin ? " WITH ADMIN OPTION" : "");
    }

    private async Task<bool> TryAsync(TargetControl control, string statement)
    {
        var result = await control.TryAsync(statement);
        if (!result.Succeeded)
        {
            _refused.Add($"{statement}: {result.ErrorMessage}");
        }

        return result.Succeeded;
    }

    private void Tell(HashSet<string> created, List<string> bare)
    {
        if (created.Count > 0)
        {
            progress.Say($"roles created, without passwords: {string.Join(", ", created)}");
        }

        if (bare.Count > 0)
        {
            progress.Say($"roles created by name only, the snapshot tells no more of them: {string.Join(", ", bare)}");
        }

        foreach (var line in _refused.Take(Shown))
        {
            progress.Warn($"not as on the captured server: {line.ReplaceLineEndings(" ")}");
        }

        if (_refused.Count > Shown)
        {
            progress.Warn($"not as on the captured server: {_refused.Count - Shown} more statements about roles");
        }
    }

    private static string? After(string statement, string start) => statement.StartsWith(start, StringComparison.Ordinal) ? statement[start.Length..] : null;
}
