using System.Text.Json;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>What is selected is played, what that needs is sent, and nothing else, by the target's own log; and the data are what they have to be.</summary>
[Collection(SelectionsCollection.Name)]
public sealed class SelectionTests(ServersFixture servers)
{
    private const string Mark = "mark_";

    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    [InlineData("mariadb 11.8")]
    public async Task WhatIsSentIsWhatWasAskedForAndWhatThatNeeds(string version)
    {
        var kind = ServerKind.Parse(version);
        using var folder = new TempFolder("selection");
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        await MakeAsync(source, database);
        await CaptureAsync(source, database, folder.File("w.workload"));
        var target = await servers.GetTargetAsync(kind);
        await target.SqlAsync($"DROP DATABASE IF EXISTS {database}");
        await target.SqlAsync($"CREATE DATABASE {database}");
        await using var log = await StatementLog.StartAsync(target, Mark);

        // From 0.7 s to 2.2 s: the writes before, then the window; not what came after.
        var (said, run) = await RunAsync("window", "--from", "700ms", "--to", "2200ms");
        Assert.Equal(["prepare", "w1", "w2", "r3", "execute", "w4", "rb", "w3"], said);
        Assert.Equal("42", await NumberAsync());
        var reasons = run.GetProperty("skippedByReason");
        Assert.True(reasons.GetProperty("before_window").GetInt64() >= 2);
        Assert.True(reasons.GetProperty("after_window").GetInt64() >= 2);
        Assert.DoesNotContain(run.GetProperty("fitness").GetProperty("reasons").EnumerateArray(), static r => r.GetString()!.Contains("were replayed", StringComparison.Ordinal));
        var shown = await ShownWorkload.OfRunAsync(folder.File("window.run"));
        Assert.All(shown.Exchanges.Where(static e => e.Sql?.Contains("mark_w1") == true || e.Sql?.Contains("mark_w2") == true), static e => Assert.Null(e.LatencyMicroseconds));
        Assert.NotNull(Assert.Single(shown.Exchanges, static e => e.Sql?.Contains("mark_w4") == true).LatencyMicroseconds);

        // Hardly a session is in the sample: all writes nevertheless, and the one whose text does not tell.
        (said, _) = await RunAsync("sample", "--sample", "0.0001%", "--speed", "4");
        Assert.Equal(["prepare", "w1", "w2", "execute", "w4", "w3", "w5"], said);
        Assert.Equal("0", await NumberAsync());

        // The reads, and the transaction that has one.
        (said, _) = await RunAsync("reads", "--include", "class=read", "--speed", "4");
        Assert.Equal(["prepare", "r1", "r2", "w2", "r3", "rb", "r5"], said);
        Assert.Equal("10", await NumberAsync());

        async Task<(List<string> Said, JsonElement Run)> RunAsync(string name, params string[] knobs)
        {
            await target.SqlAsync("DROP TABLE IF EXISTS account", database);
            await MakeAsync(target, database);
            await log.TakeAsync();
            await ReplayRunner.RunAsync(kind, ["run", folder.File("w.workload"), "--target", target.Url(database), "--out", folder.File($"{name}.run"), "--force", "source", "--explain", "0", .. knobs]);
            var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder.File($"{name}.run"), "run.json"))).RootElement;
            return ([.. (await log.TakeAsync()).OrderBy(static s => s.At).Select(static s => NameOf(s.Text))], manifest);
        }

        Task<string> NumberAsync() => target.SqlAsync("SELECT n FROM account", database);
    }

    private static string NameOf(string text) =>
        text.StartsWith("PREPARE", StringComparison.OrdinalIgnoreCase) ? "prepare"
        : text.StartsWith("EXECUTE", StringComparison.OrdinalIgnoreCase) ? "execute"
        : text[(text.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)..][..2];

    private static Task MakeAsync(TestServer server, string database) =>
        server.SqlAsync("CREATE TABLE account (id int PRIMARY KEY, n int, note varchar(20)); INSERT INTO account VALUES (1, 1, '')", database);

    private static async Task CaptureAsync(TestServer source, string database, string folder)
    {
        await using var capture = await LiveCapture.StartAsync(source, folder);
        var first = source.SqlAsync(
            $"""
            PREPARE {Mark}p {(source.Kind.IsPostgres ? "AS SELECT n FROM account" : "FROM 'SELECT n FROM account'")};
            SELECT '{Mark}r1', n FROM account;
            UPDATE account SET n = n + 0, note = '{Mark}w1' WHERE id = 1;
            BEGIN;
            SELECT '{Mark}r2', n FROM account;
            UPDATE account SET n = n * 10, note = '{Mark}w2' WHERE id = 1;
            COMMIT;
            \! sleep 1.2
            SELECT '{Mark}r3', n FROM account;
            EXECUTE {Mark}p;
            UPDATE account SET n = n + 11, note = '{Mark}w4' WHERE id = 1;
            \! sleep 1.2
            SELECT '{Mark}r5', n FROM account;
            UPDATE account SET n = 0, note = '{Mark}w5' WHERE id = 1;
            """,
            database);
        await Task.Delay(1700);
        await source.SqlAsync($"SELECT '{Mark}rb', n FROM account; UPDATE account SET n = n * 2, note = '{Mark}w3' WHERE id = 1", database);
        await first;
        await capture.StopAsync();
    }
}
