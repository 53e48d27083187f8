using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Comparing;

/// <summary>
/// Real servers that differ in indexes (one of a single value), a collation, statistics, a planner's setting and functions that are slow for one value or one user: the report names each under the shape that it explains, and the
/// commands that it gives show them.
/// </summary>
[Collection(ComparisonsCollection.Name)]
public sealed class ExplainedTests(ServersFixture servers)
{
    private const int Rows = 20_000;
    private const int Executions = 60;

    // The value that a third of the executions has, and that takes 80 ms on the new server: on a busy machine any other may take 20.
    private const int Slow = 7;

    // Of the statement whose plan depends on the value: a third has the slow one, which few rows have in PostgreSQL's condition and nearly all in the others'.
    private const int Skewed = 60;

    // Rows of its table: so few that reading all of them takes next to nothing beside the 80 ms.
    private const int Skew = 2000;

    // Of the prepared statement: a third has the slow value too. With 13 slow ones, three others that the machine held up are enough to hide the value.
    private const int Prepared = 80;

    // Statements that take as long on both servers: were most of them slower, that would be the server as a whole.
    private static readonly string[] Unchanged = ["p.id", "p.grp", "p.pad", "p.id, p.grp", "p.id, p.pad", "p.grp, p.pad", "p.grp, p.id", "p.pad, p.id", "p.pad, p.grp", "p.id, p.grp, p.pad"];

    // Executions of the slow client, 80 ms each too, and its user; the new server knows that one by another name.
    private const int Reports = 20;
    private const string Reporter = "reporter";

    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    [InlineData("mariadb 11.8")]
    [InlineData("mysql 9.7")]
    public async Task TheReportNamesTheCauses(string version)
    {
        var kind = ServerKind.Parse(version);
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync(
            $"""
            CREATE TABLE lookup (id INT PRIMARY KEY, code INT NOT NULL, pad VARCHAR(100) NOT NULL);
            INSERT INTO lookup WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT a.i * 100 + b.i, a.i * 100 + b.i, '{new string('x', 100)}' FROM n a, n b WHERE a.i <= {Rows / 100} AND b.i <= 100;
            CREATE INDEX lookup_code ON lookup (code);
            CREATE TABLE names (id INT PRIMARY KEY, name VARCHAR(20) {(kind.IsPostgres ? "COLLATE \"C\"" : "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")});
            INSERT INTO names VALUES (1, 'a'), (2, 'B'), (3, 'c'), (4, 'D');
            CREATE TABLE part (id INT PRIMARY KEY, grp INT NOT NULL, pad VARCHAR(100) NOT NULL);
            INSERT INTO part SELECT id, id % 500, pad FROM lookup WHERE id <= 5000;
            CREATE INDEX part_grp ON part (grp);
            CREATE TABLE aged (id INT PRIMARY KEY, ref INT NOT NULL, pad VARCHAR(100) NOT NULL);
            INSERT INTO aged SELECT id, id % 5000 + 1, pad FROM lookup;
            CREATE INDEX aged_ref ON aged (ref);
            CREATE TABLE skew (id INT PRIMARY KEY, kind INT NOT NULL, pad VARCHAR(100) NOT NULL);
            INSERT INTO skew SELECT id, CASE WHEN id <= 1000 THEN {Slow + 1} WHEN id <= 1050 THEN {Slow} ELSE 1000 + id END, pad FROM lookup WHERE id <= {Skew};
            {(kind.IsPostgres ? $"CREATE INDEX skew_hot ON skew (kind) WHERE kind = {Slow}; CREATE INDEX skew_kind ON skew (kind) WHERE kind > 1000" : "CREATE INDEX skew_kind ON skew (kind)")};
            {Function(kind, "toll", "x")}
            {Function(kind, "fare", "x")}
            {UserOf(kind, Reporter, database)}
            {(kind.IsPostgres ? "CREATE FUNCTION stamp(x int) RETURNS void LANGUAGE sql AS $$UPDATE lookup SET pad = 'stamped' WHERE id = x$$;" : "")}
            """,
            database);
        using var folder = new TempFolder("explained");
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), "--snapshot", VendorTools.SnapshotTool(kind), "--snapshot-url", source.Url(database));
        await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
        await Task.WhenAll(
            source.SqlAsync(
                string.Concat(Enumerable.Range(1, Executions).Select(i =>
                    $"SELECT pad FROM lookup l WHERE l.code = {i * 97};\nSELECT count(*) FROM names WHERE name < 'b';\nUPDATE lookup SET pad = 'secret {i}' WHERE id = {i * 101};\nSELECT toll({(i % 3 == 0 ? Slow : 1000 + i)}) FROM names WHERE id = 1;\n"
                    + $"SELECT fare({i}) FROM names WHERE id = 2;\nSELECT count(*) FROM part WHERE id = {i} OR grp = {i + 7};\n{(i % 12 == 0 ? "SELECT count(*) FROM aged a JOIN part p ON p.id = a.ref;\n" : "")}"
                    + string.Concat(Unchanged.Select(columns => $"SELECT {columns} FROM part p WHERE p.id = {i};\n"))))
                + $"SELECT id FROM names WHERE id = 4 FOR UPDATE;\n{(kind.IsPostgres ? "SELECT stamp(101);" : "")}",
                database),
            source.SqlAsync(
                string.Concat(Enumerable.Range(1, Skewed).Select(i => $"SELECT max(length(pad)), toll(min(kind)) FROM skew WHERE kind {(kind.IsPostgres ? "=" : ">=")} {(i % 3 == 0 ? Slow : 1000 + Skew - i)};\n")),
                database),
            ReportsAsync(source, database),
            PreparedAsync(source, database));
        await capture.StopAsync();

        // The source stands for the old server: it has the data.
        var target = await servers.GetTargetAsync(kind);
        await ReplayRunner.RunAsync(kind, "restore", capture.Folder, "--target", target.Url(database));
        await source.SqlAsync(kind.IsPostgres ? "VACUUM (FREEZE, ANALYZE)" : "ANALYZE TABLE lookup, names, part, aged, skew", database);
        await PlantAsync(kind, target, database);
        await File.WriteAllTextAsync(folder.File("passwords"), $"{Reporter}:{TestServer.Password}\n{Reporter}_b:{TestServer.Password}\n");
        try
        {
            foreach (var round in new[] { 1, 2 })
            {
                await Task.WhenAll(
                    ReplayRunner.RunAsync(kind, "run", capture.Folder, "--target", source.Url(database), "--out", folder.File($"A{round}.run"), "--speed", "max", "--password-file", folder.File("passwords"), "--force", "source"),
                    ReplayRunner.RunAsync(kind, "run", capture.Folder, "--target", target.Url(database), "--out", folder.File($"B{round}.run"), "--speed", "max", "--password-file", folder.File("passwords"), "--map-user", $"{Reporter}={Reporter}_b"));
            }

            await JudgeAsync(kind, target, database, capture.Folder, folder);
        }
        finally
        {
            await target.SqlAsync((kind.IsPostgres ? $"ALTER DATABASE {database} RESET enable_bitmapscan;" : "SET GLOBAL optimizer_switch = 'index_merge=on';") + WithoutUser(kind, $"{Reporter}_b"));
            await source.SqlAsync(WithoutUser(kind, Reporter));
        }
    }

    private static async Task JudgeAsync(ServerKind kind, TestServer target, string database, string workload, TempFolder folder)
    {
        await CompareAsync(folder, "c.json", "--html", folder.File("c.html"), "--csv", folder.File("c.csv"));
        using var report = JsonDocument.Parse(File.ReadAllText(folder.File("c.json")));
        JsonElement Shape(string text) => report.RootElement.GetProperty("shapes").EnumerateArray().Single(s => s.GetProperty("sql").GetString()!.Contains(text, StringComparison.OrdinalIgnoreCase));

        var lookup = Shape("from lookup");
        var plan = lookup.GetProperty("plans").GetProperty("words").GetString()!;
        Assert.True(plan.Contains("on lookup_code became a sequential scan on lookup", StringComparison.Ordinal), plan + lookup);
        Assert.Contains("the new server has no index lookup_code on lookup", lookup.GetProperty("explanations")[0].GetProperty("words").GetString(), StringComparison.Ordinal);
        Assert.Contains("(code)", lookup.GetProperty("explanations")[0].GetProperty("baseline").GetString(), StringComparison.Ordinal);

        var names = Shape("from names where name");
        Assert.Equal("value", names.GetProperty("results").GetProperty("kind").GetString());
        Assert.Contains("column names.name is sorted and compared by collation", names.GetProperty("explanations")[0].GetProperty("words").GetString(), StringComparison.Ordinal);

        // A write is explained too, and looks up by its key on both.
        var written = Shape("update lookup").GetProperty("plans");
        Assert.Equal("modify", written.GetProperty("candidate").GetProperty("step").GetString());
        Assert.Equal("Both servers plan it alike.", written.GetProperty("words").GetString());

        // One value of the parameter is slow. It is named only if literals may be shown.
        var toll = Shape("select toll").GetProperty("causes").GetProperty("findings");
        Assert.True(toll.GetArrayLength() > 0, Shape("select toll").ToString());
        Assert.Equal(("parameter", "parameter 1", null), (toll[0].GetProperty("dimension").GetString(), toll[0].GetProperty("name").GetString(), toll[0].GetProperty("value").GetString()));
        await CompareAsync(folder, "shown.json", "--show-literals");
        Assert.Contains($"Parameter 1 = {Slow}: 3", File.ReadAllText(folder.File("shown.json")), StringComparison.Ordinal);

        // Its plan depends on it: the first execution's says nothing.
        var skewed = Shape("from skew");
        Assert.True(skewed.GetProperty("causes") is { ValueKind: JsonValueKind.Object } causes && causes.GetProperty("findings").GetArrayLength() > 0, skewed.ToString());
        var why = skewed.GetProperty("causes").GetProperty("findings")[0];
        Assert.True(why.GetProperty("dimension").GetString() == "plan" && why.GetProperty("value").GetString()!.StartsWith("sequential scan on skew", StringComparison.Ordinal), skewed.ToString());
        Assert.Contains(why.GetProperty("same_executions").EnumerateArray(), one => one.GetString()!.Contains("parameter 1", StringComparison.Ordinal));
        if (kind.IsPostgres)
        {
            var words = skewed.GetProperty("plans").GetProperty("words").GetString()!;
            Assert.True(words.StartsWith($"Exchange {skewed.GetProperty("plans").GetProperty("execution").GetProperty("ordinal")} of session ", StringComparison.Ordinal) && words.Contains("on skew_hot became a sequential scan on skew", StringComparison.Ordinal), words);
            Assert.Contains("the new server has no index skew_hot", skewed.GetProperty("explanations")[0].GetProperty("words").GetString(), StringComparison.Ordinal);
            var other = skewed.GetProperty("samples")[0].GetProperty("commands")[0].GetString()!.Split(' ');
            Assert.Matches($@"kind = {Slow}\b[\s\S]*Seq Scan on skew", await ExecAsync(kind, target.Url(database), other[2..5]));
        }

        if (HasPrepared(kind))
        {
            // Of a prepared statement too, whose values only the wire protocol tells.
            Assert.Equal("One value of parameter 1", Shape("select name, toll").GetProperty("causes").GetProperty("findings")[0].GetProperty("words").GetString()!.Split(':')[0]);
            using var shown = JsonDocument.Parse(File.ReadAllText(folder.File("shown.json")));
            Assert.Contains($"Parameter 1 = {Slow}", shown.RootElement.GetProperty("shapes").EnumerateArray().Single(s => s.GetProperty("sql").GetString()!.Contains("name, toll", StringComparison.OrdinalIgnoreCase)).ToString(), StringComparison.Ordinal);
        }

        // One client's user is slow.
        var fare = Shape("select fare");
        Assert.True(fare.GetProperty("causes").GetProperty("findings").EnumerateArray().Any(one => one.GetProperty("words").GetString()!.StartsWith($"User {Reporter}: ", StringComparison.Ordinal)), fare.ToString());

        // A planner's setting and statistics: the plan is another one, whatever it takes.
        var merged = Shape("from part where id");
        Assert.Contains(kind.IsPostgres ? "enable_bitmapscan" : "index_merge", merged.GetProperty("explanations")[0].GetProperty("words").GetString(), StringComparison.Ordinal);
        var aged = Shape("from aged");
        Assert.True(!HasOldStatistics(kind) || aged.GetProperty("explanations").EnumerateArray().Any(one => one.GetProperty("words").GetString()!.Contains("planner reckons with", StringComparison.Ordinal)), aged.ToString());

        var page = File.ReadAllText(folder.File("c.html"));
        Assert.Contains("became a sequential scan on lookup", page, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", page, StringComparison.Ordinal);
        Assert.DoesNotContain("not executable by iterator executor", page, StringComparison.Ordinal);
        Assert.Contains("became a sequential scan on lookup", File.ReadAllText(folder.File("c.csv")), StringComparison.Ordinal);

        // The commands show it: the slow value takes its 80 ms, the plan is the new one, and what is written is taken back.
        var sample = Shape("select toll").GetProperty("samples")[0];
        var command = sample.GetProperty("commands")[0].GetString()!.Split(' ');
        Assert.Equal(["dbreplay", "exec", folder.File("B1.run")], command[..3]);
        AssertSlow($"toll({Slow})", await ExecAsync(kind, target.Url(database), command[2..5]));
        command = [.. fare.GetProperty("samples")[0].GetProperty("commands")[0].GetString()!.Split(' ')];
        Assert.Equal(["--password-file", folder.File("passwords"), "--map-user", $"{Reporter}={Reporter}_b"], command[7..]);
        AssertSlow("fare(", await ExecAsync(kind, target.Url(database), [.. command[2..5], .. command[7..]]));
        var statements = (await ShownWorkload.OfWorkloadAsync(workload)).Statements;
        string[] Of(string text) => statements.First(s => s.Sql?.Contains(text, StringComparison.Ordinal) == true) is { } one ? [folder.File("B1.run"), $"{one.Session}", $"{one.Ordinal}"] : [];
        Assert.Matches("Seq Scan on lookup|\"access_type\": \"ALL\"|Table scan on l", await ExecAsync(kind, target.Url(database), Of("FROM lookup l")));
        Assert.Matches("Seq Scan on part|\"access_type\": \"(ALL|index)\"|[Ss]can on part", await ExecAsync(kind, target.Url(database), Of("FROM part WHERE")));
        if (HasOldStatistics(kind))
        {
            Assert.Matches("Nested Loop|\"table_name\": \"a\"[\\s\\S]*\"table_name\": \"p\"", await ExecAsync(kind, target.Url(database), Of("FROM aged")));
        }

        await target.SqlAsync("UPDATE lookup SET pad = 'before'", database);
        var update = await ExecAsync(kind, target.Url(database), Of("UPDATE lookup"));
        Assert.Contains("rolled back", update, StringComparison.Ordinal);
        Assert.Contains("secret 1", update, StringComparison.Ordinal);
        Assert.Matches("Update on lookup|\"table_name\": \"lookup\"|table=lookup", update);

        // What reads by its text and writes or locks is executed too, and taken back.
        Assert.DoesNotMatch("refused|READ ONLY", await ExecAsync(kind, target.Url(database), Of("FOR UPDATE")));
        if (kind.IsPostgres)
        {
            Assert.Matches("rolled back[\\s\\S]*here: [\\s\\S]*Result", await ExecAsync(kind, target.Url(database), Of("SELECT stamp")));
        }
        else
        {
            // What a trigger writes to a table without transactions would be kept.
            await target.SqlAsync("CREATE TABLE kept (id INT) ENGINE = MyISAM; CREATE TRIGGER keeps AFTER UPDATE ON lookup FOR EACH ROW INSERT INTO kept VALUES (NEW.id)", database);
            var kept = await ReplayRunner.TryAsync(kind, ["exec", .. Of("UPDATE lookup"), "--target", target.Url(database)]);
            kept.Expect(2);
            Assert.Contains("a trigger or function of it may write what is not rolled back: kept (MyISAM)", kept.Error, StringComparison.Ordinal);
            await target.SqlAsync("DROP TRIGGER keeps; DROP TABLE kept", database);
        }

        Assert.Equal("before", (await target.SqlAsync("SELECT DISTINCT pad FROM lookup", database)).Trim());
        var refused = await ReplayRunner.TryAsync(kind, "exec", folder.File("B1.run"), "9999", "0", "--target", target.Url(database));
        refused.Expect(2);
        Assert.Contains("no exchange 0 in session 9999", refused.Error, StringComparison.Ordinal);
    }

    // The second client, at the same time as the first.
    private static async Task ReportsAsync(TestServer source, string database)
    {
        var fares = string.Concat(Enumerable.Range(1, Reports).Select(i => $"SELECT fare({500 + i}) FROM names WHERE id = 2;\n"));
        if (source.Kind.IsPostgres)
        {
            await source.SqlAsync($"\\c - {Reporter}\n{fares}", database);
            return;
        }

        await ServerScript.RunAsync(
            ["tool", source.Kind.Engine, source.Kind.Major, source.Kind.Engine, "--no-defaults", "-N", "-h127.0.0.1", $"-P{source.Port}", $"-u{Reporter}", source.Kind.Engine == "mariadb" ? "--skip-ssl" : "--get-server-public-key", $"-D{database}"],
            new ProcessOptions { Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["MYSQL_PWD"] = TestServer.Password }, Input = fares });
    }

    // MySQL's own client sends no values apart from the text.
    private static bool HasPrepared(ServerKind kind) => kind.IsPostgres || Clients.WhyMissing("php") is null;

    private static async Task PreparedAsync(TestServer source, string database)
    {
        if (source.Kind.IsPostgres)
        {
            await source.SqlAsync(string.Concat(Enumerable.Range(1, Prepared).Select(i => $"SELECT name, toll($1) FROM names WHERE id = 1 \\bind {(i % 3 == 0 ? Slow : 1000 + i)} \\g\n")), database);
        }
        else if (HasPrepared(source.Kind))
        {
            var script = $$"""
                $link = new mysqli('127.0.0.1', $argv[2], $argv[3], $argv[4], (int)$argv[1]);
                $statement = $link->prepare('SELECT name, toll(?) FROM names WHERE id = 1');
                $statement->bind_param('i', $value);
                for ($i = 1; $i <= {{Prepared}}; $i++) {
                    $value = $i % 3 == 0 ? {{Slow}} : 1000 + $i;
                    $statement->execute();
                    $statement->get_result()->free();
                }
                """;
            (await ProcessRunner.RunAsync("php", ["-r", script, "--", $"{source.Port}", TestServer.User, TestServer.Password, database])).Expect();
        }
    }

    private static string UserOf(ServerKind kind, string name, string database) => kind.IsPostgres
        ? $"CREATE ROLE {name} LOGIN PASSWORD '{TestServer.Password}'; GRANT SELECT ON names TO PUBLIC;"
        : $"CREATE USER {name} IDENTIFIED BY '{TestServer.Password}'; GRANT ALL ON {database}.* TO {name};";

    private static string WithoutUser(ServerKind kind, string name) => kind.IsPostgres ? $"DROP ROLE {name};" : $"DROP USER {name};";

    // MySQL's statistics are the engine's alone, whose number of rows follows what is written.
    private static bool HasOldStatistics(ServerKind kind) => kind.Engine != "mysql";

    // What the new server has otherwise. Statistics are of a time when the table was nearly empty.
    private static Task PlantAsync(ServerKind kind, TestServer target, string database)
    {
        const string aside = "CREATE TABLE aside AS SELECT * FROM aged WHERE id > 20; DELETE FROM aged WHERE id > 20;", back = "INSERT INTO aged SELECT * FROM aside; DROP TABLE aside;";
        return target.SqlAsync(
            kind.IsPostgres
                ? $"""
                DROP INDEX lookup_code, skew_hot;
                ALTER TABLE names ALTER COLUMN name TYPE varchar(20) COLLATE "en-x-icu";
                {Function(kind, "toll", $"x FROM pg_sleep(CASE WHEN x = {Slow} THEN 0.08 ELSE 0 END)")}
                {Function(kind, "fare", $"x FROM pg_sleep(CASE WHEN session_user LIKE '{Reporter}%' THEN 0.08 ELSE 0 END)")}
                ALTER TABLE aged SET (autovacuum_enabled = false);
                {aside} ANALYZE; {back}
                ALTER DATABASE {database} SET enable_bitmapscan = off;
                {UserOf(kind, $"{Reporter}_b", database)}
                """
                : $"""
                DROP INDEX lookup_code ON lookup;
                ALTER TABLE names MODIFY name VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
                DROP FUNCTION toll;
                {Function(kind, "toll", $"x + SLEEP(CASE WHEN x = {Slow} THEN 0.08 ELSE 0 END)")}
                DROP FUNCTION fare;
                {Function(kind, "fare", $"x + SLEEP(CASE WHEN USER() LIKE '{Reporter}%' THEN 0.08 ELSE 0 END)")}
                {(HasOldStatistics(kind) ? $"{aside} ANALYZE TABLE aged PERSISTENT FOR ALL; {back}" : "")}
                ANALYZE TABLE part, skew;
                SET GLOBAL optimizer_switch = 'index_merge=off';
                {UserOf(kind, $"{Reporter}_b", database)}
                """,
            database);
    }

    private static string Function(ServerKind kind, string name, string body) => kind.IsPostgres
        ? $"CREATE OR REPLACE FUNCTION {name}(x int) RETURNS int LANGUAGE sql VOLATILE AS $$SELECT {body}$$;"
        : $"CREATE FUNCTION {name}(x INT) RETURNS INT NOT DETERMINISTIC READS SQL DATA RETURN {body};";

    // All three executions slept for 80 ms; a machine that was held up meanwhile shows more, up to seconds.
    private static void AssertSlow(string call, string output)
    {
        Assert.Contains(call, output, StringComparison.Ordinal);
        var here = output.Split('\n').FirstOrDefault(line => line.StartsWith("here: ", StringComparison.Ordinal)) ?? "";
        var times = Regex.Matches(here, "([0-9.]+) (us|ms|s)\\b");
        Assert.True(times.Count == 3 && times.All(time => double.Parse(time.Groups[1].Value, CultureInfo.InvariantCulture) * (time.Groups[2].Value switch { "us" => 0.001, "ms" => 1, _ => 1000 }) >= 79), output);
    }

    private static async Task<string> ExecAsync(ServerKind kind, string url, string[] place) =>
        (await ReplayRunner.RunAsync(kind, ["exec", .. place, "--target", url, "--times", "2"])).Output;

    private static async Task<ProcessResult> CompareAsync(TempFolder folder, string json, params string[] others)
    {
        var result = await ProcessRunner.RunAsync(ProjectPrograms.Compare, [folder.File("A1.run"), folder.File("A2.run"), "--against", folder.File("B1.run"), folder.File("B2.run"), "--json", folder.File(json), .. others]);
        result.Expect(1);
        return result;
    }
}
