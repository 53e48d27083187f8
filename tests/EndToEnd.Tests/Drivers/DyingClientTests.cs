using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Drivers;

/// <summary>Clients that are killed in the middle of a file, a result or a transaction: what they left undone stays undone in the replay.</summary>
[Collection(CapturesCollection.Name)]
public sealed class DyingClientTests(ServersFixture servers)
{
    [ServerTheory(Live = true)]
    [DriverData("postgres 15", "python")]
    [DriverData("mariadb 10.11", "python")]
    [DriverData("mysql 9.7", "python")]
    public async Task WhatTheyLeftUndoneStaysUndone(string kindText, string driver)
    {
        var kind = ServerKind.Parse(kindText);
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        using var folder = new TempFolder("dying");
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"));
        var truth = await ClientProgram.RunAsync(source, driver, database, "odd.py");
        var shown = await capture.StopAsync();

        var sessions = shown.Sessions.Where(s => s.GetProperty("database").GetString() == database).Select(s => s.GetProperty("session").GetInt64()).ToHashSet();
        var captured = shown.Exchanges.Where(e => sessions.Contains(e.Session)).ToList();
        var differences = Compared.With(truth, captured);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.Empty(shown.Gaps);

        var target = await servers.GetTargetAsync(kind);
        await target.SqlAsync($"CREATE DATABASE {database}");
        (await ProcessRunner.RunAsync(ProjectPrograms.Replay,
            ["run", capture.Folder, "--target", target.Url(kind.IsPostgres ? "postgres" : "mysql"), "--out", folder.File("r.run"), "--force", "source"])).Expect();
        Assert.Equal(await TableState.OfAsync(source, database), await TableState.OfAsync(target, database));
        var replayed = (await ShownWorkload.OfRunAsync(folder.File("r.run"))).Exchanges.ToDictionary(e => e.Key);
        foreach (var before in captured)
        {
            var after = replayed[before.Key];
            // PostgreSQL is told that the data end in failure; MySQL has no word for that, so such a statement is left out.
            var isHalfAFile = before is { Copy: "in", Complete: false } && !kind.IsPostgres;
            Assert.Equal((isHalfAFile ? "skipped" : "replayed", isHalfAFile ? "request_incomplete" : null), (after.Status, after.Reason));
            if (before.Complete)
            {
                Assert.Equal((before.Sql, before.Rows, before.Affected, before.ErrorCode), (after.Sql, after.Rows, after.Affected, after.ErrorCode));
            }
        }
    }

    [ServerTheory("openssl", Live = true)]
    [InlineData("mariadb 11.8")]
    [InlineData("mysql 9.7")]
    public async Task CiphertextIsCountedAsSuch(string kindText)
    {
        var kind = ServerKind.Parse(kindText);
        var server = await servers.GetAsync(kind, tls: true);
        var client = await Clients.MySqlClientAsync(kind, kind.Engine == "mysql" ? "mysql" : "mariadb");
        string tls = kind.Engine == "mysql" ? "--ssl-mode=REQUIRED" : "--disable-ssl-verify-server-cert";
        using var folder = new TempFolder("tls");
        await using var capture = await LiveCapture.StartAsync(server, folder.File("w.workload"));
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["MYSQL_PWD"] = TestServer.Password };
        (await ProcessRunner.RunAsync(client, ["--no-defaults", tls, "-h127.0.0.1", $"-P{server.Port}", $"-u{TestServer.User}", "-e", "SELECT 'secret'"], new ProcessOptions { Environment = environment })).Expect();
        var shown = await capture.StopAsync();
        Assert.Empty(shown.Exchanges);
        Assert.True(Assert.Single(shown.Sessions).GetProperty("encrypted").GetBoolean());
        var info = (await ProcessRunner.RunAsync(ProjectPrograms.Capture, ["info", capture.Folder])).Expect().Output;
        Assert.Contains("1 encrypted", info, StringComparison.Ordinal);
    }
}
