using System.Text.Json;

namespace Replay.Replayer;

/// <summary>
/// Gives a target the accounts of a snapshot, locked: nobody has to log in as them, but views, triggers, routines and events run as their definer, who
/// has to exist and to have the privileges that they need.
/// </summary>
internal sealed class MySqlAccounts
{
    private const string File = "accounts.json";

    private readonly IReadOnlyDictionary<string, string[]> _definers;
    private readonly Progress _progress;
    private readonly HashSet<string> _created = new(StringComparer.Ordinal);

    private MySqlAccounts(IReadOnlyDictionary<string, string[]> definers, Progress progress) => (_definers, _progress) = (definers, progress);

    /// <summary>Reads what the snapshot tells of them.</summary>
    public static async Task<MySqlAccounts> ReadAsync(string snapshotFolder, Progress progress)
    {
        var definers = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var path = Path.Combine(snapshotFolder, File);
        if (System.IO.File.Exists(path))
        {
            using var document = JsonDocument.Parse(await System.IO.File.ReadAllTextAsync(path));
            // Older snapshots have a list of names there.
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("definers", out var all))
            {
                foreach (var definer in all.EnumerateObject())
                {
                    definers[definer.Name] = [.. definer.Value.EnumerateArray().Select(g => g.GetString()!)];
                }
            }
        }

        return new MySqlAccounts(definers, progress);
    }

    /// <summary>Creates those that are missing, without a password and locked, and lists them.</summary>
    public async Task CreateAsync(TargetControl control, IEnumerable<string> accounts)
    {
        // Under skip_name_resolve, SHOW GRANTS and CREATE USER deny accounts with a host's name that are there.
        var existing = (await control.TryAsync("SELECT CONCAT(user, '@', host) FROM mysql.user")).Rows.Select(row => row[0]).ToHashSet(StringComparer.Ordinal);
        foreach (var account in accounts.Union(_definers.Keys, StringComparer.Ordinal))
        {
            var (name, _) = Split(account);
            // The servers' own, which every one of them has; roles of MariaDB have no host.
            if (name.Length == 0 || name is "mariadb.sys" or "PUBLIC" || name.StartsWith("mysql.", StringComparison.Ordinal)
                || existing.Contains(account) || (await control.TryAsync($"SHOW GRANTS FOR {Quoted(account)}")).Succeeded)
            {
                continue;
            }

            var result = await control.TryAsync($"CREATE USER {Quoted(account)} ACCOUNT LOCK");
            if (result.Succeeded)
            {
                _created.Add(account);
            }
            else
            {
                var matters = _definers.ContainsKey(account) ? "; views, triggers or routines run as it and will fail" : "";
                _progress.Warn($"account {account} was not created: {result.ErrorMessage}{matters}");
            }
        }

        if (_created.Count > 0)
        {
            _progress.Say($"accounts created, locked: {string.Join(", ", _created)}");
        }
    }

    /// <summary>
    /// Gives created accounts that something is defined by their grants of the captured server; what this version does not know of them, as all privileges
    /// on what was restored, which is said.
    /// </summary>
    public async Task GrantAsync(TargetControl control, IReadOnlyList<string> schemas)
    {
        foreach (var account in _created.Where(_definers.ContainsKey))
        {
            string? refusal = _definers[account].Length == 0 ? "the snapshot does not tell its grants" : null;
            foreach (var grant in _definers[account])
            {
                var result = await control.TryAsync(grant);
                refusal = result.Succeeded ? refusal : result.ErrorMessage;
            }

            if (refusal is null)
            {
                continue;
            }

            _progress.Warn($"account {account}, which something is defined by, has all privileges on what was restored instead of its own ({refusal})");
            foreach (var schema in schemas)
            {
                var result = await control.TryAsync($"GRANT ALL PRIVILEGES ON {MySqlNames.Quote(schema)}.* TO {Quoted(account)}");
                if (!result.Succeeded)
                {
                    _progress.Warn($"nor has it those on {schema} ({result.ErrorMessage}): views, triggers or routines that run as it will fail; grant them by hand");
                }
            }
        }
    }

    private static string Quoted(string account)
    {
        var (name, host) = Split(account);
        return $"{MySqlNames.Literal(name)}@{MySqlNames.Literal(host)}";
    }

    private static (string Name, string Host) Split(string account)
    {
        var at = account.LastIndexOf('@');
        return ((at > 0 ? account[..at] : account).Trim('\'', '`'), (at > 0 ? account[(at + 1)..] : "%").Trim('\'', '`'));
    }
}
