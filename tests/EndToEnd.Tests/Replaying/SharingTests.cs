using System.Globalization;
using System.Text.Json;
using Npgsql;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;
using Replay.TestKit.Scripted;

namespace Replay.EndToEnd.Tests.Replaying;

/// <summary>
/// Two hundred sessions that are open at one time, each with settings, a prepared statement and a database or a path of its own, on a target that allows twenty connections: the same statements run, by the
/// target's own log on no more connections than were asked for, and every answer is production's.
/// </summary>
public sealed class SharingTests
{
    private const int Sessions = 200;
    private const int Connections = 12;
    private const int Allowed = 20;
    private const string User = "many";
    private const string Mark = "shared";

    // Of PostgreSQL's sessions that ask for currval() each keeps its connection, so they are few.
    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    [InlineData("mariadb 11.8")]
    public async Task TwoHundredSessionsOnTwelveConnections(string version)
    {
        var kind = ServerKind.Parse(version);
        using var folder = new TempFolder("sharing");
        await using var source = await TestServer.StartAsync(kind, new TestServerOptions { Options = [kind.IsPostgres ? $"max_connections={Sessions + 20}" : $"--max-connections={Sessions + 20}"] });
        await using var target = await TestServer.StartAsync(kind, new TestServerOptions { Options = [kind.IsPostgres ? $"max_connections={Allowed}" : $"--max-connections={Allowed}"] });
        await MakeAsync(source);
        await MakeAsync(target);
        var workload = folder.File("w.workload");
        IReadOnlyList<LoggedStatement> asked;
        await using (var log = await StatementLog.StartAsync(source, Mark))
        await using (var capture = await LiveCapture.StartAsync(source, workload))
        {
            await PlayAsync(source);
            await capture.StopAsync();
            asked = await log.TakeAsync();
        }

        Assert.Equal(Sessions, asked.Select(static s => s.Session).Distinct().Count());
        var url = target.Url(kind.IsPostgres ? null : "one");
        var refused = await ReplayRunner.TryAsync(kind, "run", workload, "--target", url, "--out", folder.File("refused.run"), "--force", "source");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains($"the capture had {Sessions} sessions open at one time", refused.Error, StringComparison.Ordinal);

        await using var targetLog = await StatementLog.StartAsync(target, Mark);
        foreach (var (name, speed) in ((string, string)[])[("full", "max"), ("paced", "1")])
        {
            await target.SqlAsync("DELETE FROM made; UPDATE n SET n = 0;", kind.IsPostgres ? null : "one");
            var run = folder.File($"{name}.run");
            await targetLog.TakeAsync();
            var result = await ReplayRunner.RunAsync(
                kind, "run", workload, "--target", url, "--out", run, "--force", "source", "--explain", "0", "--speed", speed, "--connections", Connections.ToString(CultureInfo.InvariantCulture));
            var said = await targetLog.TakeAsync();
            Assert.Equal(asked.Select(static s => s.Text).Order(StringComparer.Ordinal), said.Select(static s => s.Text).Order(StringComparer.Ordinal));
            Assert.Contains("against    the capture: 0 new errors, 0 errors gone, 0 other row counts, 0 other values", result.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("could not be handed over", result.Output, StringComparison.Ordinal);
            using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(run, "run.json")));
            var sharing = manifest.RootElement.GetProperty("knobs").GetProperty("sharing");
            Assert.True(sharing.GetProperty("most").GetInt32() <= Connections, sharing.ToString());
            Assert.True(sharing.GetProperty("handOvers").GetInt64() > Sessions, sharing.ToString());
            var pinned = sharing.GetProperty("pinned");
            Assert.Equal((4, 2), (pinned.GetProperty("temporary_table").GetInt32(), pinned.GetProperty("session_lock").GetInt32()));
            Assert.True(pinned.GetProperty("own_writes").GetInt32() > 0);
            Assert.Equal(0, manifest.RootElement.GetProperty("connectionsLost").GetInt32());
            using var certificate = JsonDocument.Parse((await ReplayRunner.RunAsync(kind, "show", run, "--document", "certificate.json")).Output);
            Assert.True(certificate.RootElement.GetProperty("connection_wait_us").GetProperty("count").GetInt64() > 0);
            Assert.Equal(0, certificate.RootElement.GetProperty("order").GetProperty("violations").GetInt64());
            Assert.Equal(0, certificate.RootElement.GetProperty("connections").GetProperty("state_refused").GetInt64());

            // Those that were replaced because they ended with a session that kept them are others to the server.
            var connections = said.Select(static s => s.Session).Distinct().Count();
            Assert.True(connections <= Connections + 15, $"{connections}");
        }
    }

    private static async Task MakeAsync(TestServer server)
    {
        if (server.Kind.IsPostgres)
        {
            await server.SqlAsync(
                "CREATE ROLE clerk; GRANT clerk TO app; CREATE SCHEMA one; CREATE SCHEMA two; CREATE TABLE one.t AS SELECT 1 AS n; CREATE TABLE two.t AS SELECT 2 AS n; GRANT ALL ON SCHEMA one, two TO clerk; GRANT ALL ON ALL TABLES IN SCHEMA one, two TO clerk;"
                + "CREATE TABLE made (id serial PRIMARY KEY, n int); CREATE TABLE n AS SELECT i AS id, 0 AS n FROM generate_series(0, 9) i; ALTER TABLE n ADD PRIMARY KEY (id)");
            return;
        }

        await server.SqlAsync(
            $"CREATE DATABASE one; CREATE DATABASE two; CREATE TABLE one.t AS SELECT 1 AS n; CREATE TABLE two.t AS SELECT 2 AS n; CREATE TABLE one.made (id INT AUTO_INCREMENT PRIMARY KEY, n INT); CREATE TABLE one.n (id INT PRIMARY KEY, n INT);"
            + $"INSERT INTO one.n VALUES (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0); {MySqlWireClient.CreateUser(User)}");
    }

    private static async Task PlayAsync(TestServer server)
    {
        var clients = new List<Client>();
        for (var i = 0; i < Sessions; i++)
        {
            clients.Add(server.Kind.IsPostgres ? await PostgresClient.OpenAsync(server) : await MySqlClient.OpenAsync(server));
        }

        for (var i = 0; i < Sessions; i++)
        {
            await clients[i].BeginAsync(i);
        }

        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < Sessions; i++)
            {
                await clients[i].GoOnAsync(i, round);
            }
        }

        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    private abstract class Client : IAsyncDisposable
    {
        protected static string Of(int i, params string[] values) => values[i % values.Length];

        public abstract Task BeginAsync(int i);

        public abstract Task GoOnAsync(int i, int round);

        public abstract ValueTask DisposeAsync();
    }

    private sealed class PostgresClient(NpgsqlDataSource source, NpgsqlConnection connection) : Client
    {
        private readonly NpgsqlCommand _prepared = new($"SELECT '{Mark}', $1 + n FROM t", connection) { Parameters = { new NpgsqlParameter<int>() } };

        public static async Task<PostgresClient> OpenAsync(TestServer server)
        {
            var builder = new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder
            {
                Host = "127.0.0.1",
                Port = server.Port,
                Username = TestServer.User,
                Password = TestServer.Password,
                Database = "postgres",
                SslMode = SslMode.Disable,
                Pooling = false,
            }.ConnectionString);
            builder.ConfigureTypeLoading(static types => types.EnableTypeLoading(false));
            var source = builder.Build();
            var connection = await source.OpenConnectionAsync();
            return new PostgresClient(source, connection);
        }

        public override async Task BeginAsync(int i)
        {
            await DoAsync($"SET search_path TO {Of(i, "one", "two")}, public");
            await DoAsync($"SET timezone TO '{Of(i, "UTC", "Asia/Tokyo", "America/Lima")}'");
            await _prepared.PrepareAsync();
            if (i % 5 == 0)
            {
                await DoAsync("SET ROLE clerk");
            }

            if (i % 50 == 1)
            {
                await DoAsync($"CREATE TEMP TABLE kept AS SELECT {i} AS n");
            }

            if (i % 100 == 2)
            {
                await DoAsync($"SELECT '{Mark}', pg_advisory_lock({i})");
            }
        }

        public override async Task GoOnAsync(int i, int round)
        {
            await DoAsync($"SELECT '{Mark}', current_setting('search_path'), current_setting('timezone'), current_user, '2020-01-01 12:00+00'::timestamptz::text, n FROM t");
            _prepared.Parameters[0].Value = i + round;
            await _prepared.ExecuteScalarAsync();
            if (i % 5 != 0)
            {
                await DoAsync("BEGIN");
                await DoAsync($"UPDATE n SET n = n + 1 WHERE id = {i % 10} AND '{Mark}' <> ''");
                await DoAsync("SET LOCAL work_mem = '1MB'");
                await DoAsync("COMMIT");
            }

            if (i % 50 == 1)
            {
                await DoAsync($"SELECT '{Mark}', n FROM kept");
            }

            if (i % 100 == 2 && round == 1)
            {
                await DoAsync($"SELECT '{Mark}', pg_advisory_unlock({i})");
            }

            if (i % 100 == 3)
            {
                await DoAsync($"INSERT INTO made (n) SELECT {i} WHERE '{Mark}' <> ''");
                await DoAsync($"SELECT '{Mark}', currval('made_id_seq')");
            }
        }

        public override async ValueTask DisposeAsync()
        {
            await _prepared.DisposeAsync();
            await connection.DisposeAsync();
            await source.DisposeAsync();
        }

        private async Task DoAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    private sealed class MySqlClient(MySqlWireClient client) : Client
    {
        private const ushort BigInt = 8;

        private uint _prepared;

        public static async Task<MySqlClient> OpenAsync(TestServer server) =>
            new(await MySqlWireClient.OpenAsync(server, User, "one", MySqlWire.Basic | MySqlWire.WithDatabase, "mysql_native_password"));

        public override async Task BeginAsync(int i)
        {
            await DoAsync($"SET time_zone = '{Of(i, "+00:00", "+09:00", "-05:00")}'");
            await DoAsync($"SET SESSION sql_mode = '{Of(i, "ANSI_QUOTES", "", "STRICT_ALL_TABLES")}'");
            await DoAsync($"SET @who = 'w{i}'");
            if (i % 2 == 1)
            {
                await DoAsync("USE two");
            }

            _prepared = await client.PrepareAsync($"SELECT '{Mark}', ? + n, @who, DATABASE() FROM t");
            if (i % 50 == 1)
            {
                await DoAsync($"CREATE TEMPORARY TABLE kept AS SELECT {i} AS n");
            }

            if (i % 100 == 2)
            {
                await DoAsync($"SELECT '{Mark}', GET_LOCK('lock{i}', 1)");
            }
        }

        public override async Task GoOnAsync(int i, int round)
        {
            await DoAsync($"SELECT '{Mark}', DATABASE(), @@sql_mode, @@time_zone, @who, FROM_UNIXTIME(1000), n FROM t");
            await AskAsync(MySqlWire.Execute(_prepared, [BigInt], MySqlWire.Little((ulong)(i + round), 8)));
            if (i % 5 != 0)
            {
                await DoAsync("BEGIN");
                await DoAsync($"UPDATE one.n SET n = n + 1 WHERE id = {i % 10} AND '{Mark}' <> ''");
                await DoAsync("COMMIT");
            }

            if (i % 50 == 1)
            {
                await DoAsync($"SELECT '{Mark}', n FROM kept");
            }

            if (i % 100 == 2 && round == 1)
            {
                await DoAsync($"SELECT '{Mark}', RELEASE_LOCK('lock{i}')");
            }

            if (i % 10 == 3)
            {
                await DoAsync($"INSERT INTO one.made (n) SELECT {i} FROM t WHERE '{Mark}' <> ''");
                await DoAsync($"SELECT '{Mark}', LAST_INSERT_ID()");
            }
        }

        public override ValueTask DisposeAsync() => client.DisposeAsync();

        private Task DoAsync(string sql) => AskAsync(MySqlWire.Query(sql));

        // An OK, or definitions and rows, each with an EOF behind them.
        private async Task AskAsync(byte[] request)
        {
            await client.SendAsync(request);
            var first = await client.ReadAsync();
            Assert.True(first[4] != 0xFF, System.Text.Encoding.UTF8.GetString(first));
            for (var ends = first[4] == 0 ? 0 : 2; ends > 0;)
            {
                var packet = await client.ReadAsync();
                ends -= packet[4] == 0xFE && packet.Length < 13 ? 1 : 0;
            }
        }
    }
}
