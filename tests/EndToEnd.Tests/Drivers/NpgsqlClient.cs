using Npgsql;
using NpgsqlTypes;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Drivers;

/// <summary>Npgsql: binary parameters, batches, automatic preparing, multiplexing, COPY in its binary format.</summary>
internal static class NpgsqlClient
{
    private const int MultiplexedCommands = 12;

    public static async Task<GroundTruth> RunAsync(TestServer server, string database)
    {
        var truth = new GroundTruth();
        truth.Own(@"\s*SELECT version\(\);.*|DISCARD ALL|\s*SELECT ns\.nspname.*");
        var where = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = server.Port,
            Username = TestServer.User,
            Password = TestServer.Password,
            Database = database,
            SslMode = SslMode.Disable,
            Pooling = false,
            MaxAutoPrepare = 10,
            AutoPrepareMinUsages = 2,
        };
        await using (var source = NpgsqlDataSource.Create(where))
        await using (var connection = await source.OpenConnectionAsync())
        {
            await CommandsAsync(connection, truth);
            await BatchesAsync(connection, truth);
            await CopyAsync(connection, truth);
        }

        await MultiplexAsync(where, truth);
        return truth;
    }

    private static async Task CommandsAsync(NpgsqlConnection connection, GroundTruth truth)
    {
        async Task RunAsync(string sql, IReadOnlyList<string?>? shown, params object[] values)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            foreach (var value in values)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            try
            {
                long rows = 0;
                await using var reader = await command.ExecuteReaderAsync();
                while (await reader.ReadAsync())
                {
                    rows++;
                }

                truth.Statements.Add(new TrueStatement(sql) { Rows = rows, Affected = reader.RecordsAffected < 0 ? null : reader.RecordsAffected, Parameters = shown });
            }
            catch (PostgresException e)
            {
                truth.Statements.Add(new TrueStatement(sql) { Error = e.SqlState, Parameters = shown });
            }
        }

        await RunAsync("CREATE TABLE npgsql (id int PRIMARY KEY, name text, n numeric, at timestamptz, u uuid, ids int[], j jsonb, b bytea, flag bool)", null);
        const string insert = "INSERT INTO npgsql VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9)";
        for (var i = 1; i <= 4; i++) // the second and later ones use the statement prepared by the driver
        {
            var at = new DateTime(2024, 2, 29, 12, 34, 56, DateTimeKind.Utc);
            await RunAsync(insert, [$"{i}", $"näme {i}", "-1234.50", "2024-02-29 12:34:56+00", $"00000000-0000-0000-0000-00000000000{i}", "{1,2,3}", "{\"a\": null}", "\\x0001fe", "t"],
                i, $"näme {i}", -1234.50m, at, Guid.Parse($"00000000-0000-0000-0000-00000000000{i}"), new[] { 1, 2, 3 }, "{\"a\": null}", new byte[] { 0, 1, 254 }, true);
        }

        await RunAsync(insert, null, 1, "twice", DBNull.Value, DBNull.Value, DBNull.Value, DBNull.Value, "{}", DBNull.Value, DBNull.Value);
        await RunAsync("SELECT * FROM npgsql WHERE id >= $1 ORDER BY id", ["2"], 2);
        await RunAsync("SELECT * FROM npgsql WHERE id >= $1 ORDER BY id", ["3"], 3);
        await RunAsync("SELECT * FROM npgsql WHERE id >= $1 ORDER BY id", ["9"], 9);
        await RunAsync("SELECT 1 / $1", ["0"], 0);
        await RunAsync("SELECT * FROM nowhere WHERE a = $1", null, 1);
        await RunAsync("UPDATE npgsql SET n = n + $1 WHERE id < $2 RETURNING n", ["0.5", "3"], 0.5m, 3);
    }

    private static async Task BatchesAsync(NpgsqlConnection connection, GroundTruth truth)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        truth.Statements.Add(new TrueStatement("BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED"));
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("UPDATE npgsql SET name = 'batch' WHERE id = 1"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT id FROM npgsql") { });
            batch.BatchCommands.Add(new NpgsqlBatchCommand("DELETE FROM npgsql WHERE id > $1") { Parameters = { new NpgsqlParameter { Value = 3 } } });
            await using var reader = await batch.ExecuteReaderAsync();
            do
            {
                while (await reader.ReadAsync())
                {
                }
            }
            while (await reader.NextResultAsync());
        }

        truth.Statements.Add(new TrueStatement("UPDATE npgsql SET name = 'batch' WHERE id = 1") { Affected = 1 });
        truth.Statements.Add(new TrueStatement("SELECT id FROM npgsql") { Rows = 4 });
        truth.Statements.Add(new TrueStatement("DELETE FROM npgsql WHERE id > $1") { Affected = 1, Parameters = ["3"] });
        await transaction.SaveAsync("p");
        truth.Statements.Add(new TrueStatement("SAVEPOINT p"));
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("INSERT INTO npgsql (id) VALUES (50)"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand("INSERT INTO npgsql (id) VALUES (1)"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand("INSERT INTO npgsql (id) VALUES (51)"));
            var error = await Assert.ThrowsAsync<PostgresException>(() => batch.ExecuteNonQueryAsync());
            truth.Statements.Add(new TrueStatement("INSERT INTO npgsql (id) VALUES (50)") { Affected = 1 });
            truth.Statements.Add(new TrueStatement("INSERT INTO npgsql (id) VALUES (1)") { Error = error.SqlState });
            truth.Statements.Add(new TrueStatement("INSERT INTO npgsql (id) VALUES (51)")); // skipped by the server
        }

        await transaction.RollbackAsync("p");
        truth.Statements.Add(new TrueStatement("ROLLBACK TO SAVEPOINT p"));
        await transaction.CommitAsync();
        truth.Statements.Add(new TrueStatement("COMMIT"));
    }

    private static async Task CopyAsync(NpgsqlConnection connection, GroundTruth truth)
    {
        const string into = "COPY npgsql (id, name, at) FROM STDIN (FORMAT BINARY)";
        await using (var writer = await connection.BeginBinaryImportAsync(into))
        {
            for (var i = 100; i < 150; i++)
            {
                await writer.StartRowAsync();
                await writer.WriteAsync(i, NpgsqlDbType.Integer);
                await writer.WriteAsync($"copied {i}", NpgsqlDbType.Text);
                await writer.WriteNullAsync();
            }

            truth.Statements.Add(new TrueStatement(into) { Affected = (long)await writer.CompleteAsync(), Copy = "in" });
        }

        await using (var writer = await connection.BeginBinaryImportAsync(into))
        {
            await writer.StartRowAsync();
            await writer.WriteAsync(200, NpgsqlDbType.Integer);
            // disposed without Complete: the driver tells the server that the COPY failed
        }

        truth.Statements.Add(new TrueStatement(into) { Error = "57014", Copy = "in" });
        const string from = "COPY npgsql (id, name) TO STDOUT (FORMAT BINARY)";
        long rows = 0;
        await using (var reader = await connection.BeginBinaryExportAsync(from))
        {
            while (await reader.StartRowAsync() >= 0)
            {
                await reader.ReadAsync<int>();
                await reader.ReadAsync<string>();
                rows++;
            }
        }

        truth.Statements.Add(new TrueStatement(from) { Rows = rows, Copy = "out" });
    }

    /// <summary>Many commands at once on one connection: the driver writes them into one pipeline.</summary>
    private static async Task MultiplexAsync(NpgsqlConnectionStringBuilder where, GroundTruth truth)
    {
        var builder = new NpgsqlConnectionStringBuilder(where.ConnectionString) { Pooling = true, Multiplexing = true, MaxPoolSize = 1 };
        await using var source = NpgsqlDataSource.Create(builder);
        var counts = await Task.WhenAll(Enumerable.Range(0, MultiplexedCommands).Select(async _ =>
        {
            await using var command = source.CreateCommand("SELECT generate_series(1, 7)");
            await using var reader = await command.ExecuteReaderAsync();
            var rows = 0;
            while (await reader.ReadAsync())
            {
                rows++;
            }

            return rows;
        }));
        truth.Statements.AddRange(counts.Select(rows => new TrueStatement("SELECT generate_series(1, 7)") { Rows = rows }));
    }
}
