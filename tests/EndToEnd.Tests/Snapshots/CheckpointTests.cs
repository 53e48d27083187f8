using System.Text.Json;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Snapshots;

/// <summary>A checkpoint has what had changed the data by its moment, once; runs from there add the rest to it, as often as it is put back.</summary>
[Collection(SelectionsCollection.Name)]
public sealed class CheckpointTests(ServersFixture servers)
{
    private const string Mark = "mark_";

    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    [InlineData("mariadb 11.8")]
    public async Task RunsBeginWhereItStands(string version)
    {
        var kind = ServerKind.Parse(version);
        using var folder = new TempFolder("checkpoint");
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync("CREATE TABLE account (id int PRIMARY KEY, n int, note varchar(20)); INSERT INTO account VALUES (1, 1, '')", database);
        var workload = folder.File("w.workload");
        await CaptureAsync(source, database, folder, workload);
        var target = await servers.GetTargetAsync(kind);
        var url = target.Url(database);
        await target.SqlAsync($"CREATE DATABASE {database}");
        await using var log = await StatementLog.StartAsync(target, Mark);
        var captured = await ShownWorkload.OfWorkloadAsync(workload);
        var moment = Assert.Single(captured.Exchanges, static e => e.Sql?.Contains("mark_w2", StringComparison.Ordinal) == true).StartedAt!.Value.AddSeconds(0.4).ToString("O");

        var made = await ReplayRunner.RunAsync(kind, "checkpoint", workload, "--target", url, "--from", moment);
        Assert.Contains("0 new errors", made.Output, StringComparison.Ordinal);
        Assert.Equal(["w1", "w2"], await SaidAsync());
        Assert.Equal("20", await NumberAsync());
        await RunAsync("first");

        var again = await ReplayRunner.RunAsync(kind, "checkpoint", workload, "--target", url, "--from", moment);
        Assert.Equal(kind.IsPostgres, again.Output.Contains("put back", StringComparison.Ordinal));
        Assert.Equal(kind.IsPostgres ? [] : ["w1", "w2"], await SaidAsync());
        Assert.Equal("20", await NumberAsync());
        await RunAsync("second");

        var elsewhere = await ReplayRunner.TryAsync(kind, "run", workload, "--target", url, "--out", folder.File("no.run"));
        Assert.Equal(2, elsewhere.ExitCode);
        Assert.Contains("checkpoint of", elsewhere.Error, StringComparison.Ordinal);
        Assert.Empty(await SaidAsync());

        async Task RunAsync(string name)
        {
            await ReplayRunner.RunAsync(kind, "run", workload, "--target", url, "--from", moment, "--out", folder.File($"{name}.run"), "--explain", "0");
            Assert.Equal(["r3", "w3", "w4"], await SaidAsync());
            Assert.Equal(await source.SqlAsync("SELECT n FROM account", database), await NumberAsync());
            using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder.File($"{name}.run"), "run.json")));
            Assert.True(manifest.RootElement.GetProperty("skippedByReason").GetProperty("in_checkpoint").GetInt64() >= 4);
        }

        Task<string> NumberAsync() => target.SqlAsync("SELECT n FROM account", database);

        async Task<List<string>> SaidAsync() => [.. (await log.TakeAsync()).Select(static s => s.Text[(s.Text.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)..][..2]).Where(static s => s[0] is 'w' or 'r')];
    }

    // w2's transaction has a statement that only reads; w4's is open when the checkpoint is made, and is in it with nothing.
    private static async Task CaptureAsync(TestServer source, string database, TempFolder folder, string workload)
    {
        var snapshot = await GatedSnapshot.CreateAsync(source, database, folder);
        await using var capture = await LiveCapture.StartAsync(source, workload, snapshot.Options);
        await snapshot.TakeAsync();
        await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
        await source.SqlAsync(
            $"""
            UPDATE account SET n = n + 1, note = '{Mark}w1' WHERE id = 1;
            BEGIN;
            SELECT '{Mark}r2', n FROM account;
            UPDATE account SET n = n * 10, note = '{Mark}w2' WHERE id = 1;
            COMMIT;
            BEGIN;
            SELECT '{Mark}r3', n FROM account;
            UPDATE account SET n = n + 1, note = '{Mark}w3' WHERE id = 1;
            \! sleep 0.8
            UPDATE account SET n = n * 2, note = '{Mark}w4' WHERE id = 1;
            COMMIT;
            """,
            database);
        await capture.StopAsync();
    }
}
