using System.Text.Json;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>One transaction at a time, by the target's own log; and by order the one that another waits for in its middle.</summary>
[Collection(KnobsCollection.Name)]
public sealed class ConcurrencyTests(ServersFixture servers)
{
    private const string Rows = "SELECT id, n FROM t ORDER BY id";
    private const string Between = "UPDATE t SET n = n + 1 WHERE id = 2";

    private static readonly string[] Transaction = ["BEGIN", "UPDATE t SET n = n * 2 WHERE id = 1", "UPDATE t SET n = n * 2 WHERE id = 2", "COMMIT"];

    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    [InlineData("mariadb 11.8")]
    public async Task OneTransactionAtATime(string version)
    {
        var kind = ServerKind.Parse(version);
        using var folder = new TempFolder("concurrency");
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        const string Make = "CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL); INSERT INTO t VALUES (1, 10), (2, 10);";
        await source.SqlAsync(Make, database);
        await using (var capture = await LiveCapture.StartAsync(source, folder.File("w.workload")))
        {
            var first = source.SqlAsync($"{Transaction[0]};\n{Transaction[1]};\n\\! sleep 0.8\n{Transaction[2]};\n{Transaction[3]};\n", database);
            await Task.Delay(300);
            await source.SqlAsync($"{Between};\n", database);
            await first;
            await capture.StopAsync();
        }

        var target = await servers.GetTargetAsync(kind);
        await target.SqlAsync($"DROP DATABASE IF EXISTS {database}");
        await target.SqlAsync($"CREATE DATABASE {database}");
        await target.SqlAsync(Make, database);
        await using var log = await StatementLog.StartAsync(target, "");

        var (alone, aloneKnobs) = await RunAsync("alone", "session");
        Assert.True(alone.SequenceEqual([.. Transaction, Between]) || alone.SequenceEqual([Between, .. Transaction]), string.Join('\n', alone));
        Assert.Equal((1, 1, 0), (aloneKnobs.GetProperty("concurrency").GetInt32(), aloneKnobs.GetProperty("mostTransactions").GetInt32(), aloneKnobs.GetProperty("admittedBeyond").GetInt32()));

        await target.SqlAsync("UPDATE t SET n = 10", database);
        var (ordered, orderedKnobs) = await RunAsync("ordered", "key");
        Assert.Equal(Transaction, ordered.Where(static s => s != Between));
        Assert.True(ordered.ToList().IndexOf(Between) < ordered.ToList().IndexOf(Transaction[2]), string.Join('\n', ordered));
        Assert.True(orderedKnobs.GetProperty("mostTransactions").GetInt32() <= 2);
        Assert.Equal(await source.SqlAsync(Rows, database), await target.SqlAsync(Rows, database));

        async Task<(IReadOnlyList<string> Said, JsonElement Knobs)> RunAsync(string name, string order)
        {
            var run = folder.File($"{name}.run");
            await log.TakeAsync();
            await ReplayRunner.RunAsync(
                kind, "run", folder.File("w.workload"), "--target", target.Url(database), "--out", run, "--force", "source", "--explain", "0", "--values", "as-recorded", "--speed", "max", "--order", order, "--concurrency", "1");
            var said = (await log.TakeAsync()).Select(static s => s.Text.TrimEnd(';')).Where(static s => s == Between || Transaction.Contains(s)).ToList();
            using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(run, "run.json")));
            return (said, manifest.RootElement.GetProperty("knobs").Clone());
        }
    }
}
