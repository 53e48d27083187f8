using System.Text;
using Npgsql;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;
using Replay.TestKit.Scripted;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>A target that is not what the workload needs is refused before anything is executed, each time with the check's name and what helps; mended, or mapped, it is played on.</summary>
[Collection(EnduranceCollection.Name)]
public sealed class GuardTests(ServersFixture servers)
{
    private const string Clerk = "clerk";
    private const string Cashier = "cashier";
    private const string Plain = "plain";

    [ServerFact(Live = true)]
    public async Task Postgres()
    {
        var source = await servers.GetAsync(ServerKind.Postgres18);
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync($"DROP ROLE IF EXISTS {Clerk}; CREATE ROLE {Clerk} LOGIN PASSWORD 'x'");
        await source.SqlAsync(
            $"CREATE EXTENSION pgcrypto; CREATE TABLE items (id int PRIMARY KEY, name text, who text DEFAULT session_user); CREATE TABLE spare (id int); GRANT ALL ON items TO {Clerk}", database);
        using var folder = new TempFolder("guards");
        var capture = await CaptureAsync(source, database, folder, async () =>
        {
            await using var client = await OpenAsync(source, database, Clerk, "x");
            await ExecuteAsync(client, "INSERT INTO items (id, name) VALUES (1, 'one')");
            await ExecuteAsync(client, "UPDATE items SET name = 'uno' WHERE id = 1");
            await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(client, "SELECT * FROM never_there"));
        });
        var target = await servers.GetTargetAsync(source.Kind);
        await target.SqlAsync($"DROP ROLE IF EXISTS {Cashier}; DROP ROLE IF EXISTS {Plain}; CREATE ROLE {Cashier} LOGIN; CREATE ROLE {Plain} LOGIN PASSWORD 'x'");
        await target.SqlAsync($"CREATE DATABASE {database}");
        await ReplayRunner.RunAsync(target.Kind, "restore", capture, "--target", target.Url(database));
        var play = new Attempt(target, database, capture, folder);
        var former = $"former_{database}";

        await play.PassesAsync();
        await play.IsRefusedAsync("source", "no mark", url: source.Url(database));
        await source.SqlAsync($"COMMENT ON DATABASE {database} IS '{await target.SqlAsync($"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{database}'")}'");
        await play.IsRefusedAsync("source", "address and the identifier of the server that was captured", url: source.Url(database));
        await play.IsRefusedWithFilesAsync(200, "ulimit -n 201");
        await play.IsRefusedAsync("users", "may not become user", url: target.Url(database, Plain, "x"));
        await play.IsRefusedAsync("users", $"user '{Clerk}' cannot log in", options: ["--login", "captured"]);
        await play.IsRefusedAsync("schema", "column 'name' of 'items'", "ALTER TABLE items RENAME name TO title", "ALTER TABLE items RENAME title TO name");
        await play.IsRefusedAsync("schema", "table 'items' (2 shapes)", "ALTER TABLE items RENAME TO goods");
        await play.PassesAsync("--include", "user=nobody"); // nothing that is sent names it
        await play.IsRefusedAsync("schema", "table 'items'", mending: "ALTER TABLE goods RENAME TO items", options: ["--include", $"user={Clerk}"]);
        await play.IsRefusedAsync("extensions", "CREATE EXTENSION \"pgcrypto\"", "DROP EXTENSION pgcrypto", "CREATE EXTENSION pgcrypto");
        await using (var other = await OpenAsync(target, database, TestServer.User, TestServer.Password))
        {
            await play.IsRefusedAsync("others", $"is connected in '{database}'");
        }

        await play.WarnsAsync("schema", "public.spare", "ALTER TABLE spare RENAME TO scarce");
        await play.IsRefusedAsync("users", $"lacks role '{Clerk}'", $"ALTER ROLE {Clerk} RENAME TO {former}", $"ALTER ROLE {former} RENAME TO {Clerk}");
        await target.SqlAsync($"GRANT ALL ON items TO {Cashier}; ALTER TABLE items OWNER TO {Cashier}", database);
        await target.SqlAsync($"ALTER DATABASE {database} RENAME TO {database}_new");
        await play.IsRefusedAsync("databases", $"lacks database '{database}'", url: target.Url());
        await target.SqlAsync($"ALTER ROLE {Clerk} RENAME TO {former}");
        await play.AreRefusedAsync(target.Url(), "databases", "users");
        await play.RunsAsync(target.Url(), "--map-user", $"{Clerk}={Cashier}", "--map-database", $"{database}={database}_new");
        Assert.Equal($"1|uno|{Cashier}", await target.SqlAsync("SELECT * FROM items", $"{database}_new"));
        await target.SqlAsync($"DROP DATABASE {database}_new");
    }

    [ServerTheory(Live = true)]
    [InlineData("mariadb 11.8")]
    [InlineData("mysql 9.7")]
    public async Task MySql(string kind)
    {
        var source = await servers.GetAsync(ServerKind.Parse(kind));
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync($"{MySqlWireClient.CreateUser(Clerk)}CREATE TABLE items (id INT PRIMARY KEY, name VARCHAR(20))", database);
        using var folder = new TempFolder("guards");
        var plugin = source.Kind.Engine == "mysql" ? "caching_sha2_password" : "mysql_native_password";
        var capture = await CaptureAsync(source, database, folder, async () =>
        {
            await using var client = await MySqlWireClient.OpenAsync(source, Clerk, database, MySqlWire.Basic | 0x0020_0000, plugin);
            await client.AskAsync(MySqlWire.Query("INSERT INTO items (id, name) VALUES (1, 'one')"));
            await client.AskAsync(MySqlWire.Query("USE mysql"));
            await client.AskAsync(MySqlWire.Command(2, Encoding.ASCII.GetBytes(database)));
            await client.AskAsync(MySqlWire.Query("UPDATE items SET name = 'uno' WHERE id = 1"));
            await client.AskAsync(MySqlWire.Query("USE mysql"));
            await client.AskAsync(MySqlWire.Query($"USE `{database}`"));
            await client.AskAsync(MySqlWire.Query("INSERT INTO items (id, name) VALUES (2, 'two')"));
        });
        var target = await servers.GetTargetAsync(source.Kind);
        await target.SqlAsync($"CREATE DATABASE {database}");
        await ReplayRunner.RunAsync(target.Kind, "restore", capture, "--target", target.Url(database));
        var play = new Attempt(target, database, capture, folder);

        await play.PassesAsync();
        await play.IsRefusedAsync("source", "no mark", url: source.Url(database));
        await play.IsRefusedAsync("users", $"user '{Clerk}' cannot log in", options: ["--login", "captured"]);
        await play.IsRefusedAsync("schema", "column 'name' of 'items'", "ALTER TABLE items CHANGE name title VARCHAR(20)", "ALTER TABLE items CHANGE title name VARCHAR(20)");
        await play.IsRefusedAsync("schema", "table 'items'", "ALTER TABLE items RENAME TO goods", "ALTER TABLE goods RENAME TO items");
        await target.SqlAsync(MySqlWireClient.CreateUser(Cashier));
        await using (var other = await MySqlWireClient.OpenAsync(target, Cashier, database, MySqlWire.Basic | 0x0020_0000, plugin))
        {
            await play.IsRefusedAsync("others", $"is connected in '{database}'");
        }

        await target.SqlAsync($"CREATE DATABASE {database}_new; RENAME TABLE {database}.items TO {database}_new.items; DROP DATABASE {database}");
        await play.IsRefusedAsync("databases", $"lacks database '{database}'", url: target.Url());
        // An account without a password cannot be in the file; the captured user is one here.
        await File.WriteAllTextAsync(folder.File("passwords"), $"{Clerk}:\n");
        await play.RunsAsync(target.Url(), "--map-user", $"{Clerk}={Cashier}", "--map-database", $"{database}={database}_new", "--password-file", folder.File("passwords"));
        Assert.Equal("1\tuno\n2\ttwo", await target.SqlAsync("SELECT * FROM items ORDER BY id", $"{database}_new"));
        await target.SqlAsync($"DROP DATABASE {database}_new");
    }

    private static async Task<string> CaptureAsync(TestServer source, string database, TempFolder folder, Func<Task> traffic)
    {
        var snapshot = await GatedSnapshot.CreateAsync(source, database, folder);
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), snapshot.Options);
        await snapshot.TakeAsync();
        await traffic();
        await capture.StopAsync();
        return capture.Folder;
    }

    private static async Task<NpgsqlConnection> OpenAsync(TestServer server, string database, string user, string password)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = server.Port,
            Username = user,
            Password = password,
            Database = database,
            SslMode = SslMode.Disable,
            Pooling = false,
        }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A workload and its target, tried in one state after the other.</summary>
    private sealed class Attempt(TestServer target, string database, string workload, TempFolder folder)
    {
        public async Task PassesAsync(params string[] options)
        {
            var result = await CheckAsync(target.Url(database), options);
            Assert.DoesNotContain("refused", result.Output, StringComparison.Ordinal);
            Assert.Equal(0, result.ExitCode);
        }

        /// <summary>Refused by this one check, with these words and with what helps; nothing is begun.</summary>
        public async Task IsRefusedAsync(string check, string words, string? breaking = null, string? mending = null, string? url = null, string[]? options = null)
        {
            await SqlAsync(breaking);
            var run = await ReplayRunner.TryAsync(target.Kind, ["run", workload, "--target", url ?? target.Url(database), "--out", folder.File("r.run"), .. options ?? []]);
            IsRefusal(run, check, words);
            await SqlAsync(mending);
        }

        /// <summary>The same where a program may open so many files.</summary>
        public async Task IsRefusedWithFilesAsync(int files, string words)
        {
            var run = $"{ProjectPrograms.Replay} run {workload} --target '{target.Url(database)}' --out {folder.File("r.run")}";
            IsRefusal(await ProcessRunner.RunAsync("bash", ["-c", $"ulimit -n {files}; {run}"]), "files", words);
        }

        /// <summary>What check prints of several that refuse: all of them.</summary>
        public async Task AreRefusedAsync(string url, params string[] checks)
        {
            var result = await CheckAsync(url, []);
            Assert.Equal(1, result.ExitCode);
            Assert.Equal(checks, result.Output.Split('\n').Where(static l => l.StartsWith("refused", StringComparison.Ordinal)).Select(static l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));
        }

        public async Task WarnsAsync(string check, string words, string breaking)
        {
            await SqlAsync(breaking);
            var result = await CheckAsync(target.Url(database), []);
            Assert.Matches($"(?m)^warning +{check} .*{words}", result.Output);
            Assert.Equal(0, result.ExitCode);
        }

        public async Task RunsAsync(string url, params string[] options)
        {
            Assert.Equal(0, (await CheckAsync(url, options)).ExitCode);
            var run = await ReplayRunner.RunAsync(target.Kind, ["run", workload, "--target", url, "--out", folder.File("r.run"), "--speed", "max", .. options]);
            Assert.Contains("0 new errors", run.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("played as the URL's user", run.Output, StringComparison.Ordinal);
        }

        private void IsRefusal(ProcessResult run, string check, string words)
        {
            Assert.True(run.ExitCode == 2, run.Output + run.Error);
            var line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.Contains(words, line, StringComparison.Ordinal);
            Assert.Contains($"--force {check}", line, StringComparison.Ordinal);
            Assert.DoesNotContain("also refused", line, StringComparison.Ordinal);
            Assert.False(Directory.Exists(folder.File("r.run")));
        }

        private Task<ProcessResult> CheckAsync(string url, string[] options) => ReplayRunner.TryAsync(target.Kind, ["check", workload, "--target", url, .. options]);

        private async Task SqlAsync(string? sql)
        {
            if (sql is not null)
            {
                await target.SqlAsync(sql, database);
            }
        }
    }
}
