using Replay.Client.PostgreSql;
using Replay.TestKit;
using Replay.Workload;
using static Replay.TestKit.Scripted.PostgresWire;

namespace Replay.Client.Tests.PostgreSql;

[CollectionDefinition("postgres servers")]
public class PostgresServers : ICollectionFixture<ServersFixture>;

[Collection("postgres servers")]
public class RealServerTests(ServersFixture servers)
{
    [ServerTheory]
    [InlineData("13")]
    [InlineData("18")]
    public async Task Recorded_requests_of_every_kind_are_answered(string major)
    {
        var server = await servers.GetAsync(new ServerKind("postgres", major));
        await using var connection = await OpenAsync(server.Url());
        Assert.StartsWith(major, connection.ServerVersion, StringComparison.Ordinal);
        (await connection.QueryAsync("create temp table t (a int, b text)")).OrThrow("create");
        var receiver = new RecordingReceiver();
        connection.Start(receiver);
        (Command Command, byte[] Bytes)[] sends =
        [
            (Command.Query, Query("insert into t values (1, 'x'), (2, null) returning a")),
            (Command.Parse, Join(Parse("s1", "select * from t where a >= $1 order by a", 23), DescribeStatement("s1"), Sync)),
            (Command.Execute, Join(Bind("", "s1", ["1"], 1), DescribePortal(""), Execute(""), Sync)),
            (Command.Execute, Join(Bind("c", "s1", ["1"]), Execute("c", 1), Bind("", "s1", ["2"]), Execute(""), Sync)),
            (Command.Query, Query("select * from missing")),
            (Command.Query, Join(Query("copy t from stdin"), CopyData("3\tthree\n4\t\\N\n"), CopyDone)),
            (Command.Execute, Join(Parse("", "copy t from stdin"), Bind("", ""), DescribePortal(""), Execute(""), Sync, CopyData("5\tfive\n"), CopyDone, Sync)),
            (Command.Query, Join(Query("copy t from stdin"), CopyData("x\ty\n"), CopyDone)),
            (Command.Query, Query("copy t to stdout")),
            (Command.Execute, Join(Parse("", "selekt"), Bind("", ""), Execute(""), Sync)),
            (Command.Query, Query("begin; select 1/0")),
            (Command.Query, Query("rollback")),
        ];
        for (var i = 0; i < sends.Length; i++)
        {
            Assert.True(connection.TrySend(new RecordedRequest { Command = sends[i].Command, Bytes = sends[i].Bytes }, i, out var problem), problem);
        }

        var seen = await receiver.TakeAsync(sends.Length);
        Assert.Equal(Enumerable.Range(0, sends.Length).Select(i => (long)i), seen.Select(r => r.Tag));
        Assert.Equal(["", "", "", "", "42P01", "", "", "22P02", "", "42601", "22012", ""], seen.Select(r => r.Error));
        Assert.Equal([2, -1, 2, 2, -1, -1, -1, -1, 5, -1, -1, -1], seen.Select(r => r.Rows));
        Assert.Equal([2, -1, -1, -1, -1, 2, 1, -1, -1, -1, -1, -1], seen.Select(r => r.Affected));
        Assert.Equal((TransactionState.Failed, TransactionState.Idle), (seen[10].State, seen[11].State));
        Assert.All(seen, r => Assert.True(r.Has(ExchangeFlags.Complete)));
        // The first query was the connection's exchange 0.
        Assert.Equal(Enumerable.Range(1, sends.Length), seen.Select(r => r.Ordinal));
        Assert.Equal("5", (await connection.QueryAsync("select count(*) from t")).Scalar);
    }

    [ServerTheory]
    [InlineData("13")]
    [InlineData("18")]
    public async Task Passwords_of_all_kinds_let_in_and_wrong_ones_do_not(string major)
    {
        var server = await servers.GetAsync(new ServerKind("postgres", major));
        await server.SqlAsync($"set password_encryption = 'md5'; create role md5_{major} login password 'pässwörd'; set password_encryption = 'scram-sha-256'; create role scram_{major} login password 'p w';");
        // Newer servers of the kit ask for SCRAM alone.
        foreach (var (user, password) in new[] { ($"md5_{major}", "pässwörd"), ($"scram_{major}", "p w") }.Skip(major == "13" ? 0 : 1))
        {
            var url = TargetUrl.Parse(server.Url());
            await using var connection = TargetConnection.Create(url);
            await connection.OpenAsync(new ConnectionOptions { Url = url, User = user, Password = password });
            Assert.Equal(user, (await connection.QueryAsync("select current_user")).Scalar);
            await using var wrong = TargetConnection.Create(url);
            var e = await Assert.ThrowsAsync<TargetLoginException>(async () => await wrong.OpenAsync(new ConnectionOptions { Url = url, User = user, Password = "hunter2" }));
            Assert.Equal("28P01", e.Code);
            Assert.DoesNotContain("hunter2", e.Message, StringComparison.Ordinal);
        }
    }

    [ServerTheory]
    [InlineData("13")]
    [InlineData("18")]
    public async Task Tls_is_used_and_checked_as_the_url_says(string major)
    {
        var server = await servers.GetAsync(new ServerKind("postgres", major), tls: true);
        foreach (var (parameters, isTls) in new[] { ("?sslmode=disable", "f"), ("", "t"), ("?sslmode=require", "t"), ($"?sslmode=verify-full&sslrootcert={server.CertificateFile}", "t") })
        {
            // With TLS the server offers SCRAM-SHA-256-PLUS, and the login is bound to the channel.
            await using var connection = await OpenAsync(server.Url() + parameters);
            Assert.Equal(isTls, (await connection.QueryAsync("select ssl from pg_stat_ssl where pid = pg_backend_pid()")).Scalar);
            Assert.Equal("100000", (await connection.QueryAsync("select count(*) from generate_series(1, 100000)")).Scalar);
        }

        await Assert.ThrowsAsync<TargetTlsException>(() => OpenAsync(server.Url() + "?sslmode=verify-ca"));
    }

    [ServerFact]
    public async Task User_types_with_other_oids_are_found_by_their_names()
    {
        var server = await servers.GetAsync(ServerKind.Postgres18);
        var maps = new List<Dictionary<uint, string>>();
        var urls = new List<string>();
        foreach (var padding in new[] { 1, 7 })
        {
            var database = await servers.NewDatabaseAsync(server);
            urls.Add(server.Url(database));
            await using var connection = await OpenAsync(server.Url(database));
            for (var i = 0; i < padding; i++)
            {
                (await connection.QueryAsync($"create type padding{i} as enum ('x')")).OrThrow("create");
            }

            (await connection.QueryAsync("create type mood as enum ('sad', 'happy'); create table m (v mood[])")).OrThrow("create");
            var types = await connection.QueryAsync("select t.oid, n.nspname || '.' || t.typname from pg_type t join pg_namespace n on n.oid = t.typnamespace");
            maps.Add(types.Rows.ToDictionary(r => uint.Parse(r[0]!), r => r[1]!));
        }

        uint oid = maps[0].Single(p => p.Value == "public.mood").Key, array = maps[0].Single(p => p.Value == "public._mood").Key;
        var value = Message('?', 1, 0, (int)oid, 1, 1, 3, "sad"u8.ToArray())[5..];
        var request = Join(
            Parse("", "insert into m values ($1)", (int)array),
            Message('B', "", "", (short)1, (short)1, (short)1, value.Length, value, (short)0),
            Execute(""),
            Sync);
        foreach (var (map, error) in new[] { (OidMap.None, "42704"), (OidMap.Between(maps[0], maps[1]), "") })
        {
            var url = TargetUrl.Parse(urls[1]);
            await using var target = TargetConnection.Create(url);
            await target.OpenAsync(new ConnectionOptions { Url = url, Oids = map });
            var receiver = new RecordingReceiver();
            target.Start(receiver);
            Assert.True(target.TrySend(new RecordedRequest { Command = Command.Execute, Bytes = request, ParameterTypes = BitConverter.GetBytes(array) }, 0, out _));
            var outcome = Assert.Single(await receiver.TakeAsync(1));
            Assert.True(error.Length == 0 ? outcome.Error.Length == 0 : outcome.Error.Length > 0, outcome.Error);
        }
    }

    private static async Task<TargetConnection> OpenAsync(string text)
    {
        var url = TargetUrl.Parse(text);
        var connection = TargetConnection.Create(url);
        await connection.OpenAsync(new ConnectionOptions { Url = url });
        return connection;
    }
}
