using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Whether sessions can log in and become who they were: one session of each user in each database is opened as the run would open it, and closed.</summary>
internal static class LoginGuard
{
    /// <summary>The most logins that are tried: 100. A server with more users and databases is likely to treat them alike.</summary>
    public const int MaxTrials = 100;

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    public static async Task<Guard> CheckAsync(GuardDemand demand, SessionNeeds needs, TargetFacts facts, CancellationToken cancellation)
    {
        var url = demand.Target;
        var refusals = new List<(string User, string Problem)>();
        var opener = new TargetLinkOpener(url, demand.Login, demand.Passwords, demand.Reader.Manifest.Snapshot, Within, static _ => { });
        foreach (var (login, session) in needs.Logins.Take(MaxTrials))
        {
            if (login.Database is { Length: > 0 } database && !facts.Databases.ContainsKey(url.Names.Database(database)))
            {
                continue; // another check says so
            }

            try
            {
                await using var link = await opener.OpenAsync(session, new Unheard(), cancellation);
            }
            // Whether there are connections enough another check says.
            catch (TargetException e) when (e is not TargetUnreachableException && !ConnectionGate.IsFull(e.Code))
            {
                refusals.Add((login.User ?? url.User, e.Message));
            }
        }

        return refusals.Count > 0
            ? new Guard("users", GuardLevel.Refused, $"{TargetGuards.List("user", [.. refusals.Select(r => r.User).Distinct(StringComparer.Ordinal)])} cannot log in: {refusals[0].Problem}; mend that there or in --password-file, or say --force users, and their sessions fail")
            : AsUrlUser(demand, needs, facts);
    }

    // Who gets in, but not as itself.
    private static Guard AsUrlUser(GuardDemand demand, SessionNeeds needs, TargetFacts facts)
    {
        var url = demand.Target;
        var users = needs.Users.Select(url.Names.User).Distinct(StringComparer.Ordinal).ToList();
        if (demand.Login == LoginMode.Captured)
        {
            return new Guard("users", GuardLevel.Passed, $"{TargetGuards.List("user", users)} can log in{(needs.Logins.Count > MaxTrials ? $" (of {needs.Logins.Count} users and databases {MaxTrials} were tried)" : "")}");
        }

        if (url.Engine == Engine.PostgreSql)
        {
            var others = users.Where(u => u != url.User).ToList();
            return !facts.IsSuperuser && others.Count > 0
                ? new Guard("users", GuardLevel.Refused, $"'{url.User}' may not become {TargetGuards.List("user", others)} (SET SESSION AUTHORIZATION is for superusers); give the URL of a superuser, or --login captured with --password-file, or --map-user OLD={url.User}; --force users plays their sessions as '{url.User}'")
                : new Guard("users", GuardLevel.Passed, $"the target has {TargetGuards.List("role", users)}, and '{url.User}' may become any");
        }

        var withPassword = needs.Users.Where(u => demand.Passwords.Find(u) is not null || demand.Passwords.Find(url.Names.User(u)) is not null).ToList();
        return new Guard("users", GuardLevel.Passed, withPassword.Count == 0
            ? $"sessions play as '{url.User}', or as the captured user if --password-file has its password"
            : $"sessions of {TargetGuards.List("user", withPassword)} play as themselves, others as '{url.User}'");
    }

    private sealed class Unheard : ILinkReceiver
    {
        public void OnExchange(long tag, in Exchange exchange)
        {
            // Nothing is sent.
        }

        public void OnClosed(string code, string message)
        {
            // It was let in, which is what was asked.
        }
    }
}
