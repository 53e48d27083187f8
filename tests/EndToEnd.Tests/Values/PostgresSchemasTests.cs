using Npgsql;
using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Values;

/// <summary>Tables of one name in two schemas, each with its sequence, written through their names alone: which is meant is the session's search_path.</summary>
[Collection(TrafficCollection.Name)]
public sealed class PostgresSchemasTests(ServersFixture servers)
{
    private const int Writers = 6;

    private const string Schema = """
        CREATE SCHEMA archive;
        CREATE TABLE public.orders (id bigserial PRIMARY KEY, who text, n int NOT NULL DEFAULT 0);
        CREATE TABLE archive.orders (id bigserial PRIMARY KEY, who text, n int NOT NULL DEFAULT 0);
        SELECT setval('archive.orders_id_seq', 5000);
        INSERT INTO public.orders (who) SELECT 'before' FROM generate_series(1, 5);
        INSERT INTO archive.orders (who) SELECT 'before' FROM generate_series(1, 5);
        """;

    private const string Rows = "SELECT * FROM public.orders ORDER BY id; SELECT * FROM archive.orders ORDER BY id";

    [ServerTheory(Live = true)]
    [InlineData("postgres 18")]
    public async Task IdsComeOutAsTheyDidInBoth(string version)
    {
        var kind = ServerKind.Parse(version);
        var source = await servers.GetAsync(kind);
        var database = await servers.NewDatabaseAsync(source);
        await source.SqlAsync(Schema, database);
        using var folder = new TempFolder("schemas");
        await using var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), "--snapshot", VendorTools.SnapshotTool(kind), "--snapshot-url", source.Url(database));
        await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => WriteAsync(source, database, w)));
        await capture.StopAsync();

        var target = await servers.GetTargetAsync(kind);
        await ReplayRunner.RunAsync(kind, "restore", capture.Folder, "--target", target.Url(database));
        // As if the dump had read the sequences long after its cut.
        await target.SqlAsync("SELECT setval('public.orders_id_seq', 900), setval('archive.orders_id_seq', 9000)", database);
        var run = await ReplayRunner.RunAsync(kind, "run", capture.Folder, "--target", target.Url(database), "--out", folder.File("r.run"), "--speed", "max");

        Assert.Empty(await Divergences.OfAsync(capture.Folder, folder.File("r.run")));
        Assert.Equal(await source.SqlAsync(Rows, database), await target.SqlAsync(Rows, database));
        Assert.Matches("values     exact: .*; 0 missed", run.Output);
        Assert.DoesNotContain("everything", run.Output, StringComparison.Ordinal);
    }

    // A third each by SET, by SET LOCAL in a transaction, and by the startup message.
    private static async Task WriteAsync(TestServer server, string database, int writer)
    {
        await using var client = new NpgsqlConnection(
            $"Host=127.0.0.1;Port={server.Port};Database={database};Username={TestServer.User};Password={TestServer.Password};Pooling=false;SSL Mode=Disable;Server Compatibility Mode=NoTypeLoading"
            + (writer % 3 == 2 ? ";Search Path=archive" : ""));
        await client.OpenAsync();
        for (var round = 0; round < 20; round++)
        {
            var isArchive = round % 2 == 0;
            switch (writer % 3)
            {
                case 0:
                    await RunAsync(client, $"SET search_path TO {(isArchive ? "archive" : "public")}");
                    await InsertAsync(client, $"{writer}-{round}");
                    break;
                case 1:
                    await RunAsync(client, "BEGIN");
                    await RunAsync(client, $"SET LOCAL search_path TO {(isArchive ? "archive, public" : "public")}");
                    await InsertAsync(client, $"{writer}-{round}");
                    await RunAsync(client, round % 5 == 4 ? "ROLLBACK" : "COMMIT");
                    break;
                default:
                    await InsertAsync(client, $"{writer}-{round}");
                    await RunAsync(client, "UPDATE orders SET n = n + id WHERE id IN (3, 5003)");
                    break;
            }
        }
    }

    // Sums: which of two single updates that answer together came first, the wire does not tell.
    private static async Task InsertAsync(NpgsqlConnection client, string who)
    {
        await RunAsync(client, $"INSERT INTO orders (who) VALUES ('{who}') RETURNING id");
        await RunAsync(client, "UPDATE orders SET n = n + 1 WHERE id IN (3, 5003)");
    }

    private static async Task RunAsync(NpgsqlConnection client, string sql)
    {
        await using var command = new NpgsqlCommand(sql, client);
        await command.ExecuteNonQueryAsync();
    }
}
