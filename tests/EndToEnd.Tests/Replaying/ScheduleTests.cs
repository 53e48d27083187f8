using System.Text.Json;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>The knobs of time move statements as they say, by the target's own log, and change nothing else.</summary>
[Collection(KnobsCollection.Name)]
public sealed class ScheduleTests(ServersFixture servers)
{
    private const string Mark = "mark_";

    // The session's four statements: 300 ms of thinking before and after the second one, which takes 100 ms in the capture and 600 on the target; then 1.5 s of nothing. The other session comes in between.
    private const double Slow = 0.6;

    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    [InlineData("mariadb 11.8")]
    public async Task EachKnobMovesWhatItSaysAndNothingElse(string version)
    {
        var kind = ServerKind.Parse(version);
        using var folder = new TempFolder("schedule");
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        await MakeAsync(source, database, pause: 0.1);
        await CaptureAsync(source, database, folder.File("w.workload"));
        var target = await servers.GetTargetAsync(kind);
        await target.SqlAsync($"DROP DATABASE IF EXISTS {database}; ");
        await target.SqlAsync($"CREATE DATABASE {database}");
        await MakeAsync(target, database, pause: Slow);
        await using var log = await StatementLog.StartAsync(target, Mark);

        var plain = await RunAsync("plain");
        Near(plain.Due("a2") - plain.Due("a1"), 0.3);
        Near(plain.Due("a4") - plain.Due("a3"), 1.5);
        Near(plain.Due("b1") - plain.Due("a1"), 0.5);
        Assert.True(plain.At("a3") - plain.At("a2") >= Slow, "a3 has to wait for a2");
        Assert.Equal((plain.Ordinal("a2"), true), (plain.Blamed("a3"), plain.IsInherited("a3")));

        var thinking = await RunAsync("thinking", "--schedule", "think-time");
        Near(thinking.At("a3") - thinking.At("a2"), Slow + 0.3);
        Near(thinking.Due("a2") - thinking.Due("a1"), 0.3);
        Assert.Null(thinking.Blamed("a3"));

        var rushed = await RunAsync("rushed", "--schedule", "think-time", "--think-time", "0%");
        Near(rushed.At("a3") - rushed.At("a1"), Slow);
        Near(rushed.At("a4") - rushed.At("a3"), 0);
        Near(rushed.Due("b1") - rushed.Due("a1"), 0.5);

        var together = await RunAsync("together", "--connect-time", "0%");
        Near(together.Due("b1") - together.Due("a1"), 0);
        Near(together.Due("a4") - together.Due("a1"), plain.Due("a4") - plain.Due("a1"));

        var skipped = await RunAsync("skipped", "--idle-skip", "500ms", "--warm-up", "1200ms");
        Near(skipped.Due("a4") - skipped.Due("a3"), 0.5);
        Near(skipped.Due("a3") - skipped.Due("a1"), plain.Due("a3") - plain.Due("a1"));
        Assert.Equal((true, true, false), (skipped.IsWarmUp("a1"), skipped.IsWarmUp("b1"), skipped.IsWarmUp("a4")));

        var refused = await ReplayRunner.TryAsync(kind, "run", folder.File("w.workload"), "--target", target.Url(database), "--out", folder.File("no.run"), "--speed", "max", "--idle-skip", "1s");
        Assert.Equal(2, refused.ExitCode);

        // All runs said the same, session by session.
        Assert.All([thinking, rushed, together, skipped], run => Assert.Equal(plain.Said, run.Said));

        async Task<Played> RunAsync(string name, params string[] knobs)
        {
            var run = folder.File($"{name}.run");
            await ReplayRunner.RunAsync(kind, ["run", folder.File("w.workload"), "--target", target.Url(database), "--out", run, "--force", "source", "--explain", "0", .. knobs]);
            var shown = await ReplayRunner.RunAsync(kind, "show", run, "--format", "ndjson");
            return new Played(await log.TakeAsync(), shown.Output);
        }
    }

    private static Task MakeAsync(TestServer server, string database, double pause) =>
        server.SqlAsync(FormattableString.Invariant($"CREATE TABLE pause (seconds double precision); INSERT INTO pause VALUES ({pause})"), database);

    private static async Task CaptureAsync(TestServer source, string database, string folder)
    {
        await using var capture = await LiveCapture.StartAsync(source, folder);
        var sleep = source.Kind.IsPostgres ? "pg_sleep(seconds)" : "sleep(seconds)";
        var first = source.SqlAsync(
            $"""
            SELECT '{Mark}a1';
            \! sleep 0.3
            SELECT '{Mark}a2', {sleep} FROM pause;
            \! sleep 0.3
            SELECT '{Mark}a3';
            \! sleep 1.5
            SELECT '{Mark}a4';
            """,
            database);
        await Task.Delay(500);
        await source.SqlAsync($"SELECT '{Mark}b1'", database);
        await first;
        await capture.StopAsync();
    }

    // What starts a shell and a client takes its time too, in the capture.
    private static void Near(double seconds, double expected) => Assert.InRange(seconds, expected - 0.15, expected + 0.35);

    private sealed class Played
    {
        private readonly IReadOnlyList<LoggedStatement> _log;
        private readonly List<JsonElement> _shown;

        public Played(IReadOnlyList<LoggedStatement> log, string shown)
        {
            _log = log;
            _shown = [.. shown.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static l => JsonDocument.Parse(l).RootElement).Where(static e => e.GetProperty("type").GetString() == "exchange")];
        }

        /// <summary>Statements in order, by session, those in order of their first.</summary>
        public string Said => string.Join('\n', _log.GroupBy(static s => s.Session).OrderBy(static s => s.First().Text, StringComparer.Ordinal).Select(static s => string.Join("; ", s.Select(static one => one.Text))));

        public double At(string name) => (Assert.Single(_log, s => s.Text.Contains(Mark + name, StringComparison.Ordinal)).At - DateTime.UnixEpoch).TotalSeconds;

        public double Due(string name) => (DateTime.Parse(Exchange(name).GetProperty("due_at").GetString()!, System.Globalization.CultureInfo.InvariantCulture) - DateTime.UnixEpoch).TotalSeconds;

        public int Ordinal(string name) => Exchange(name).GetProperty("ordinal").GetInt32();

        public int? Blamed(string name) => Exchange(name).GetProperty("lag_from") is { ValueKind: JsonValueKind.Number } ordinal ? ordinal.GetInt32() : null;

        public bool IsInherited(string name) => Exchange(name).GetProperty("lag_us").GetInt64() > 100_000;

        public bool IsWarmUp(string name) => Exchange(name).GetProperty("warm_up").GetBoolean();

        private JsonElement Exchange(string name) =>
            Assert.Single(_shown, e => e.GetProperty("sql").GetString()?.Contains(Mark + name, StringComparison.Ordinal) == true);
    }
}
