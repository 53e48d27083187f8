using System.Text.Json;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.EndToEnd.Tests.Endurance;

/// <summary>A run that is killed, and one that is interrupted, is gone on with: rows are production's, sums hold, outcomes before the seam are those that it had.</summary>
[Collection(ServersCollection.Name)]
public sealed class ResumeTests(ServersFixture servers)
{
    private const int Steps = 30;
    private const int SigInt = 2;
    private const int SigKill = 9;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    [InlineData("mariadb 11.8")]
    public async Task ABrokenOffRunIsGoneOnWith(string version)
    {
        var kind = ServerKind.Parse(version);
        using var folder = new TempFolder("resume");
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        var id = kind.IsPostgres ? "serial PRIMARY KEY" : "int AUTO_INCREMENT PRIMARY KEY";
        await source.SqlAsync($"CREATE TABLE account (id int PRIMARY KEY, n int); INSERT INTO account VALUES (1, 1), (2, 1); CREATE TABLE step (id {id}, who varchar(10), n int)", database);
        var workload = folder.File("w.workload");
        await CaptureAsync(source, database, folder, workload);
        var target = await servers.GetTargetAsync(kind);
        var url = target.Url(database);
        await target.SqlAsync($"CREATE DATABASE {database}");
        await ReplayRunner.RunAsync(kind, "restore", workload, "--target", url);
        var run = folder.File("a.run");

        await BreakOffAsync(["run", workload, "--target", url, "--out", run, "--speed", "1", "--explain", "3"], 10, SigKill);
        var killed = Outcomes(run);
        Assert.Null(Manifest(run).EndedAt);
        var contradiction = await ReplayRunner.TryAsync(kind, "run", "--resume", run, "--target", url, "--speed", "2");
        Assert.Equal(2, contradiction.ExitCode);
        Assert.Contains("--speed 1", contradiction.Error, StringComparison.Ordinal);

        await BreakOffAsync(["run", "--resume", run, "--target", url], 20, SigInt);
        var interrupted = Outcomes(run);
        Assert.Contains("complete", Manifest(run).Fitness.Gates);

        var ended = await ReplayRunner.RunAsync(kind, "run", "--resume", run, "--target", url);
        Assert.Contains("resumed at", ended.Output, StringComparison.Ordinal);
        Assert.Equal(await TableState.OfAsync(source, database), await TableState.OfAsync(target, database));

        var manifest = Manifest(run);
        Assert.Equal(manifest.Captured, manifest.Replayed + manifest.SkippedByReason.Values.Sum() + manifest.FailedByReason.Values.Sum());
        Assert.Equal(0, manifest.NotReached);
        Assert.Empty(manifest.FailedByReason);
        Assert.Equal(["killed", "interrupted"], manifest.Seams!.Select(static seam => seam.Why));
        AssertKept(workload, killed, interrupted, manifest.Seams![0].AtMicroseconds);
        AssertKept(workload, interrupted, Outcomes(run), manifest.Seams![1].AtMicroseconds);
        using (var reader = RunReader.Open(run))
        {
            using var certificate = JsonDocument.Parse(reader.ReadDocument("certificate.json")!);
            Assert.Equal(2, certificate.RootElement.GetProperty("seams").GetArrayLength());
            Assert.True(certificate.RootElement.GetProperty("over_time").GetProperty("sent").EnumerateArray().Sum(static b => b.GetInt64()) > Steps);
            Assert.NotNull(reader.ReadDocument("order.json"));
            Assert.NotNull(reader.ReadDocument("plans.json"));
        }

        Assert.Empty(Directory.GetFiles(run, "*.lock").Concat(Directory.GetFiles(run, "state.json")));
        var nothing = await ReplayRunner.TryAsync(kind, "run", "--resume", run, "--target", url);
        Assert.Equal(2, nothing.ExitCode);
        Assert.Contains("nothing to resume", nothing.Error, StringComparison.Ordinal);

        var whole = folder.File("b.run");
        await ReplayRunner.RunAsync(kind, "restore", workload, "--target", url, "--reset");
        await ReplayRunner.RunAsync(kind, "run", workload, "--target", url, "--out", whole, "--explain", "3");
        var compared = await ProcessRunner.RunAsync(ProjectPrograms.Compare, [run, "--against", whole, "--json", "-"]);
        using var comparison = JsonDocument.Parse(compared.Output);
        // A read that met a commit on the wire saw it in one run and not in the other; a write done twice or left out would show in all that came after it.
        Assert.InRange(comparison.RootElement.GetProperty("shapes").EnumerateArray().Sum(static s => s.GetProperty("results").GetProperty("different").GetInt64()), 0, 2);
        Assert.All(comparison.RootElement.GetProperty("accounting").EnumerateArray(), a => Assert.Equal(manifest.Captured, a.GetProperty("replayed").GetInt64() + a.GetProperty("skipped").GetInt64() + a.GetProperty("failed").GetInt64()));

        async Task BreakOffAsync(string[] arguments, int step, int signal)
        {
            await using var process = await ReplayRunner.StartAsync(kind, arguments);
            await process.WaitForAsync(signal == SigKill ? "replaying" : "before the window is sent", Patience);
            while (!process.HasExited && int.Parse(await target.SqlAsync("SELECT COALESCE(MAX(n), 0) FROM step WHERE who = 'a'", database), System.Globalization.CultureInfo.InvariantCulture) < step)
            {
                await Task.Delay(20);
            }

            process.Signal(signal);
            var result = await process.WaitAsync();
            Assert.True(signal == SigKill || result.ExitCode == 130, result.Error);
        }
    }

    // One session steps, with a temporary table that it was given at the beginning; one has a transaction open over both seams; one reads.
    private static async Task CaptureAsync(TestServer source, string database, TempFolder folder, string workload)
    {
        var snapshot = await GatedSnapshot.CreateAsync(source, database, folder);
        await using var capture = await LiveCapture.StartAsync(source, workload, snapshot.Options);
        await snapshot.TakeAsync();
        await capture.WaitForAsync("snapshot: done", Patience);
        var steps = string.Concat(Enumerable.Range(1, Steps).Select(static i => $"BEGIN; UPDATE account SET n = (n * 3 + {i}) % 1000 WHERE id = 1; INSERT INTO step (who, n) SELECT 'a', v + {i} FROM mine; COMMIT;\n\\! sleep 0.09\n"));
        var reads = string.Concat(Enumerable.Range(1, Steps).Select(static i => $"SELECT n, {i} FROM account WHERE id = 1;\n\\! sleep 0.09\n"));
        await Task.WhenAll(
            source.SqlAsync($"CREATE TEMPORARY TABLE mine (v int); INSERT INTO mine VALUES (0);\n{steps}", database),
            source.SqlAsync($"BEGIN; UPDATE account SET n = n + 6 WHERE id = 2;\n\\! sleep 2.6\nUPDATE account SET n = n * 2 WHERE id = 2; INSERT INTO step (who, n) VALUES ('b', 1); COMMIT;", database),
            source.SqlAsync(reads, database));
        await capture.StopAsync();
    }

    private static RunManifest Manifest(string run)
    {
        using var reader = RunReader.Open(run);
        return reader.Manifest;
    }

    private static RunOutcome[] Outcomes(string run)
    {
        using var reader = RunReader.Open(run);
        var outcomes = new RunOutcome[reader.Count];
        reader.Read(0, outcomes);
        return outcomes;
    }

    private static void AssertKept(string workload, RunOutcome[] before, RunOutcome[] after, long seam)
    {
        using var reader = WorkloadReader.Open(workload);
        using var cursor = reader.Read();
        var kept = 0;
        while (cursor.MoveNext())
        {
            if (cursor.Current.RequestedAtMicroseconds < seam && before[cursor.Position].Status == RunStatus.Replayed)
            {
                Assert.Equal(before[cursor.Position] with { Flags = after[cursor.Position].Flags }, after[cursor.Position]);
                kept++;
            }
        }

        Assert.True(kept > 20, $"{kept} outcomes lie before the seam");
    }
}
