using Npgsql;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Values;

/// <summary>
/// Sequences give on a restored copy what they gave in production, also to concurrent writers, where transactions that were rolled back have drawn from them, and where production
/// drew what is not replayed; UUIDs that the server made are found again by the requests that name them, as text and in the binary format.
/// </summary>
[Collection(TrafficCollection.Name)]
public sealed class PostgresValuesTests(ServersFixture servers)
{
    private const int Writers = 8;

    // Longer than what SequenceLedger takes for a busy processor.
    private static readonly TimeSpan BlockedFor = TimeSpan.FromMilliseconds(150);

    private const string Schema = """
        CREATE TABLE parent (id bigserial PRIMARY KEY, name text);
        CREATE TABLE child (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent bigint REFERENCES parent, name text);
        CREATE TABLE code (id bigserial PRIMARY KEY, code text UNIQUE, parent bigint REFERENCES parent);
        CREATE TABLE token (token uuid PRIMARY KEY DEFAULT gen_random_uuid(), secret text DEFAULT encode(sha256(random()::text::bytea), 'hex'), used int NOT NULL DEFAULT 0);
        INSERT INTO parent (name) SELECT 'before' FROM generate_series(1, 20);
        INSERT INTO parent VALUES (5000, 'chosen by its client');
        DELETE FROM parent WHERE id > 15 AND id < 5000;
        """;

    private const string Rows = "SELECT * FROM parent ORDER BY id; SELECT * FROM child ORDER BY id; SELECT * FROM code ORDER BY id; SELECT used, count(*) FROM token GROUP BY used ORDER BY used";

    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    public async Task RowsComeOutAsTheyDid(string version)
    {
        var kind = ServerKind.Parse(version);
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync(Schema, database);
        using var folder = new TempFolder("values");
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), "--snapshot", VendorTools.SnapshotTool(kind), "--snapshot-url", source.Url(database));
        await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => source.SqlAsync(Writer(w), database)));
        for (var round = 0; round < 3; round++)
        {
            await source.SqlAsync(Round(round), database);
            await UseTokensAsync(source, database);
        }

        await UseTokensInBinaryAsync(source, database);
        await WaitForLocksAsync(source, database);
        await capture.StopAsync();

        var target = await servers.GetTargetAsync(kind);
        await ReplayRunner.RunAsync(kind, "restore", capture.Folder, "--target", target.Url(database));
        // As if the dump had read the sequence long after its cut.
        await target.SqlAsync("SELECT setval('parent_id_seq', 900)", database);
        var run = await ReplayRunner.RunAsync(kind, "run", capture.Folder, "--target", target.Url(database), "--out", folder.File("r.run"));

        Assert.Empty(await Divergences.OfAsync(capture.Folder, folder.File("r.run")));
        Assert.Equal(await source.SqlAsync(Rows, database), await target.SqlAsync(Rows, database));
        Assert.Matches("values     exact: set [0-9]+ sequence; 7 of the server's own mapped, into 14 requests; 0 missed", run.Output);

        // The order does it, not the clock.
        await ReplayRunner.RunAsync(kind, "restore", capture.Folder, "--target", target.Url(database), "--reset");
        await ReplayRunner.RunAsync(kind, "run", capture.Folder, "--target", target.Url(database), "--out", folder.File("s.run"), "--speed", "max");
        Assert.Equal(await source.SqlAsync(Rows, database), await target.SqlAsync(Rows, database));
    }

    // Who answers first need not have drawn first.
    private static string Writer(int writer) => string.Concat(Enumerable.Range(0, 20).Select(round => $"""
        INSERT INTO parent (name) VALUES ('{writer}-{round}') RETURNING id;
        INSERT INTO child (parent, name) VALUES (currval('parent_id_seq'), '{writer}-{round}') RETURNING id;
        BEGIN;
        INSERT INTO parent (name) VALUES ('{writer}-{round} gone') RETURNING id;
        ROLLBACK;

        """));

    private static string Round(int round) => $"""
        INSERT INTO parent (name) VALUES ('a{round}') RETURNING id;
        INSERT INTO child (parent, name) VALUES (currval('parent_id_seq'), 'c{round}') RETURNING id;
        BEGIN;
        INSERT INTO parent (name) VALUES ('gone{round}') RETURNING id;
        ROLLBACK;
        INSERT INTO parent (name) VALUES ('b{round}'), ('c{round}');
        INSERT INTO child (parent, name) SELECT id, name FROM parent WHERE name = 'b{round}' RETURNING *;

        """;

    private static async Task UseTokensAsync(TestServer server, string database)
    {
        var made = (await server.SqlAsync("INSERT INTO token DEFAULT VALUES RETURNING token, secret", database)).Split('|', '\t');
        await server.SqlAsync($"UPDATE token SET used = used + 1 WHERE token = '{made[0]}'; UPDATE token SET used = used + 1 WHERE secret = '{made[1]}'", database);
        await server.SqlAsync($"PREPARE find (uuid) AS UPDATE token SET used = used + 1 WHERE token = $1; EXECUTE find('{made[0]}'); EXECUTE find('{made[0].ToUpperInvariant()}');", database);
    }

    // An id is drawn before a lock is waited for, and by what fails too: so others draw larger ones and answer sooner. Of some no response tells the id.
    private static async Task WaitForLocksAsync(TestServer server, string database)
    {
        await using var holder = await OpenAsync(server, database);
        await using var blocked = await OpenAsync(server, database);
        await using var other = await OpenAsync(server, database);
        for (var round = 0; round < 2; round++)
        {
            await RunAsync(holder, "BEGIN");
            await RunAsync(holder, $"INSERT INTO code (code) VALUES ('same {round}') RETURNING id");
            var shown = RunAsync(blocked, $"INSERT INTO code (code) VALUES ('same {round}'){(round == 0 ? " RETURNING id" : "")}");
            await Task.Delay(BlockedFor);
            await RunAsync(other, $"INSERT INTO code (code) VALUES ('first {round}') RETURNING id");
            await RunAsync(other, $"INSERT INTO code (code) VALUES ('second {round}')");
            await Assert.ThrowsAsync<PostgresException>(() => RunAsync(other, $"INSERT INTO code (code) VALUES ('first {round}') RETURNING id"));
            await Assert.ThrowsAsync<PostgresException>(() => RunAsync(other, $"INSERT INTO code (code, parent) VALUES ('no parent {round}', -1)"));
            await RunAsync(other, $"INSERT INTO code (code) VALUES ('third {round}'), ('fourth {round}')");
            await RunAsync(holder, "ROLLBACK");
            await shown;
            await RunAsync(other, $"INSERT INTO code (code) VALUES ('first {round}') ON CONFLICT DO NOTHING");
            await RunAsync(holder, $"INSERT INTO code (code) VALUES ('last {round}')");
        }
    }

    private static async Task<NpgsqlConnection> OpenAsync(TestServer server, string database)
    {
        var client = new NpgsqlConnection(
            $"Host=127.0.0.1;Port={server.Port};Database={database};Username={TestServer.User};Password={TestServer.Password};Pooling=false;SSL Mode=Disable;Server Compatibility Mode=NoTypeLoading");
        await client.OpenAsync();
        return client;
    }

    private static async Task RunAsync(NpgsqlConnection client, string sql)
    {
        await using var command = new NpgsqlCommand(sql, client);
        await command.ExecuteNonQueryAsync();
    }

    // Made and read in 16 bytes, used in them and as text.
    private static async Task UseTokensInBinaryAsync(TestServer server, string database)
    {
        await using var client = await OpenAsync(server, database);
        await using var insert = new NpgsqlCommand("INSERT INTO token (used) VALUES (20) RETURNING token", client);
        var made = (Guid)(await insert.ExecuteScalarAsync())!;
        await using var update = new NpgsqlCommand("UPDATE token SET used = used + 1 WHERE token = $1", client) { Parameters = { new NpgsqlParameter { Value = made } } };
        Assert.Equal(1, await update.ExecuteNonQueryAsync());
        await server.SqlAsync($"UPDATE token SET used = used + 1 WHERE token = '{made}'", database);
    }
}
