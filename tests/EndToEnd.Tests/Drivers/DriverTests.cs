using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Drivers;

/// <summary>
/// Traffic of independent drivers, sniffed: what was captured is what each driver says that it did, and a replay on an empty server of the same
/// version ends as production did.
/// </summary>
[Collection(ClientsCollection.Name)]
public sealed partial class DriverTests(ServersFixture servers, DriverTraffic traffic) : IClassFixture<DriverTraffic>
{
    // Why an exchange of these programs may rightly be left out: its moment cannot be met, it ends others' statements, the server passes over it as production's did.
    private static readonly string[] RightfulReasons = ["cancel", "dangerous", "skipped_after_error"];

    [ServerTheory(Live = true)]
    [DriverData("postgres 13", "php")]
    [DriverData("postgres 13", "perl")]
    [DriverData("postgres 13", "node")]
    [DriverData("postgres 15", "python")]
    [DriverData("postgres 15", "java")]
    [DriverData("postgres 15", "npgsql")]
    [DriverData("postgres 17", "php")]
    [DriverData("postgres 17", "java")]
    [DriverData("postgres 17", "psql")]
    [DriverData("postgres 18", "php")]
    [DriverData("postgres 18", "perl")]
    [DriverData("postgres 18", "python")]
    [DriverData("postgres 18", "node")]
    [DriverData("postgres 18", "psql")]
    [DriverData("postgres 18", "npgsql")]
    [DriverData("mariadb 10.11", "php")]
    [DriverData("mariadb 10.11", "perl")]
    [DriverData("mariadb 10.11", "java")]
    [DriverData("mariadb 10.11", "cli")]
    [DriverData("mariadb 11.8", "php")]
    [DriverData("mariadb 11.8", "python")]
    [DriverData("mariadb 11.8", "java")]
    [DriverData("mariadb 11.8", "node")]
    [DriverData("mysql 9.7", "php")]
    [DriverData("mysql 9.7", "perl")]
    [DriverData("mysql 9.7", "python")]
    [DriverData("mysql 9.7", "node")]
    [DriverData("mysql 9.7", "cli")]
    public async Task WhatADriverDidIsCapturedAndReplayed(string kind, string driver)
    {
        var recorded = await GetAsync(ServerKind.Parse(kind));

        var captured = recorded.ExchangesOf(driver);
        None($"{driver} against its capture", Compared.With(recorded.Truths[driver], captured));
        Assert.All(recorded.SessionsOf(driver), s => Assert.Null(s.GetProperty("undecodable").GetString()));
        None($"{driver}, replayed on the same version", Divergences(captured, recorded.Same));
        if (recorded.Next is { } next)
        {
            None($"{driver}, replayed on the next version", Divergences(captured, next));
        }
    }

    [ServerTheory(Live = true)]
    [InlineData("postgres 13")]
    [InlineData("postgres 15")]
    [InlineData("postgres 17")]
    [InlineData("postgres 18")]
    [InlineData("mariadb 10.11")]
    [InlineData("mariadb 11.8")]
    [InlineData("mysql 9.7")]
    public async Task NothingIsMissingAndTheReplayCountsNoDifference(string kind)
    {
        var recorded = await GetAsync(ServerKind.Parse(kind));
        Assert.Empty(recorded.Shown.Gaps);
        Assert.Equal(0, recorded.Info.GetProperty("counters").GetProperty("faults").EnumerateObject().Sum(f => f.Value.GetInt64()));
        Assert.Matches(@"against\s+the capture: 0 new errors, 0 errors gone, 0 other row counts, 0 other values", recorded.Same.Summary);
    }

    private Task<Recorded> GetAsync(ServerKind kind)
    {
        // the rows of the theory say which drivers a server gets
        var rows = typeof(DriverTests).GetMethod(nameof(WhatADriverDidIsCapturedAndReplayed))!.GetCustomAttributes(typeof(DriverDataAttribute), inherit: false).Cast<DriverDataAttribute>();
        var drivers = rows.Where(r => r.Skip is null).Select(r => r.GetData(null!).Single()).Where(r => (string)r[0] == kind.ToString()).Select(r => (string)r[1]).ToList();
        ServerKind? next = kind == ServerKind.Postgres13 ? ServerKind.Postgres15 : kind == ServerKind.Postgres17 ? ServerKind.Postgres18 : kind == ServerKind.MariaDb1011 ? ServerKind.MariaDb118 : null;
        return traffic.GetAsync(servers, kind, drivers, next);
    }

    private static List<string> Divergences(IEnumerable<ShownExchange> captured, Replayed run)
    {
        var found = new List<string>();
        foreach (var before in captured)
        {
            var after = run.Exchanges[before.Key];
            if (after.Status != "replayed")
            {
                if (!RightfulReasons.Contains(after.Reason) && !(WasVictim(before) && after.Reason == "victim_in_capture"))
                {
                    found.Add($"{before.Key} {after.Status} ({after.Reason}): {before.Command} {before.Sql}");
                }
            }
            else if ((before.Rows, before.Affected, before.ErrorCode) != (after.Rows, after.Affected, after.ErrorCode))
            {
                found.Add($"{before.Key} {before.Sql}: rows, affected, error were {(before.Rows, before.Affected, before.ErrorCode)} and are {(after.Rows, after.Affected, after.ErrorCode)}");
            }
        }

        return found;
    }

    /// <summary>Whether production's server ended it for what others did, or for its time: a replay leaves it out.</summary>
    private static bool WasVictim(ShownExchange e) => e.ErrorCode is "57014" or "55P03" or "40001" or "40P01" or "1317" or "1205" or "1213" or "3024" or "1969" or "3572";

    private static void None(string what, IReadOnlyList<string> differences) =>
        Assert.True(differences.Count == 0, $"{what}: {differences.Count} differences, of which the first:\n{string.Join('\n', differences.Take(10))}");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
