using System.Diagnostics;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Agent.Tests.Snapshots;

/// <summary>Snapshots of real servers while the loopback interface is sniffed.</summary>
public sealed class LiveSnapshotTests : IDisposable
{
    private readonly TempFolder _folder = new("snapshot");

    public void Dispose() => _folder.Dispose();

    [ServerFact(Live = true)]
    public async Task PgDumpIsCutByOneStatementOnTheWire()
    {
        await using var server = await TestServer.StartAsync(ServerKind.Postgres15);
        await server.SqlAsync("CREATE TABLE t (id serial PRIMARY KEY, v text); CREATE TYPE mood AS ENUM ('ok'); INSERT INTO t (v) SELECT 'x' FROM generate_series(1, 10); CREATE ROLE reader");
        var tools = Path.GetDirectoryName(await Clients.PostgresClientAsync("pg_dump"))!;
        await CaptureAsync(server, "pg_dump", server.Url("postgres"), tools);

        using var reader = WorkloadReader.Open(_folder.File("w"));
        var snapshot = reader.Manifest.Snapshot!;
        var database = Assert.Single(snapshot.Databases);
        Assert.True(new FileInfo(Path.Combine(reader.SnapshotFolder, database.File)).Length > 0);
        Assert.Contains("reader", snapshot.Roles);
        Assert.Contains("public.mood", database.Types.Values);
        Assert.Equal(10, Assert.Single(database.Sequences).LastValue);
        Assert.NotNull(database.SnapshotText);
        Assert.NotNull(database.WalPosition);
        Assert.NotNull(snapshot.SystemIdentifier);
        Assert.Empty(snapshot.Warnings);
        AssertToolSessionsOnly(reader);

        // the cut is the exchange that took the snapshot, and what this server's only other sessions were at is known from it
        Assert.True(database.SessionsAreExact);
        using var cursor = reader.Read();
        var seen = false;
        while (cursor.MoveNext())
        {
            var exchange = cursor.Current;
            seen |= exchange.Text.IndexOf("dbcapture cut "u8) >= 0
                && exchange.RequestedAtMicroseconds == database.CutEarliestMicroseconds && exchange.EndedAtMicroseconds == database.CutLatestMicroseconds;
        }

        Assert.True(seen);
    }

    [ServerFact(Live = true)]
    public async Task APositionThatIsRefusedDoesNotCostTheSnapshot()
    {
        await using var server = await TestServer.StartAsync(ServerKind.Postgres15);
        await server.SqlAsync("CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t DEFAULT VALUES; CREATE ROLE dumper LOGIN PASSWORD 'secret' IN ROLE pg_read_all_data, pg_read_all_stats; REVOKE EXECUTE ON FUNCTION pg_current_wal_insert_lsn() FROM PUBLIC");
        var tools = Path.GetDirectoryName(await Clients.PostgresClientAsync("pg_dump"))!;
        await CaptureAsync(server, "pg_dump", server.Url("postgres", user: "dumper"), tools);
        using var reader = WorkloadReader.Open(_folder.File("w"));
        var database = Assert.Single(reader.Manifest.Snapshot!.Databases);
        Assert.Null(database.WalPosition);
        Assert.Equal(1, Assert.Single(database.Sequences).LastValue);
        Assert.True(database.SessionsAreExact);
    }

    [ServerFact(Live = true)]
    public async Task MariaDbDumpIsCutByItsOwnTransaction()
    {
        await using var server = await TestServer.StartAsync(ServerKind.MariaDb1011);
        await server.SqlAsync("CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY AUTO_INCREMENT); INSERT INTO shop.t VALUES (), (); SET GLOBAL auto_increment_increment = 3, GLOBAL auto_increment_offset = 2");
        var tools = Path.GetDirectoryName(await Clients.MySqlClientAsync(server.Kind, "mariadb-dump"))!;
        await CaptureAsync(server, "mariadb-dump", server.Url("") + "?sslmode=disable", tools);

        using var reader = WorkloadReader.Open(_folder.File("w"));
        var snapshot = reader.Manifest.Snapshot!;
        Assert.Equal(["shop"], snapshot.Databases.Select(d => d.Name));
        Assert.Contains("INSERT INTO `t`", await File.ReadAllTextAsync(Path.Combine(reader.SnapshotFolder, snapshot.Databases[0].File)), StringComparison.Ordinal);
        Assert.True(snapshot.CommitsHeld);
        Assert.Equal(new AutoIncrementSeries(3, 2), snapshot.AutoIncrement);
        AssertCommitsWereHeldWhileItBegan(reader);
        Assert.Equal(snapshot.CutEarliestMicroseconds, snapshot.CutLatestMicroseconds);
        Assert.Contains("app@%", snapshot.Roles);
        Assert.Empty(snapshot.Warnings);
        AssertToolSessionsOnly(reader);
    }

    [ServerFact(Live = true)]
    public async Task AFailingToolIsSaidAndTheTrafficKept()
    {
        await using var server = await TestServer.StartAsync(ServerKind.Postgres15);
        var tools = Path.GetDirectoryName(await Clients.PostgresClientAsync("pg_dump"))!;
        var (status, error) = await RunAsync(server, "pg_dump", server.Url("postgres", password: "wrong-one"), tools);
        Assert.Equal(2, status);
        Assert.Contains("password authentication failed", error, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-one", error, StringComparison.Ordinal);
        using var reader = WorkloadReader.Open(_folder.File("w"));
        Assert.Null(reader.Manifest.Snapshot);
        Assert.Contains(reader.Sessions, session => session.ErrorCode == "28P01");
    }

    // Between the request that held commits up and the one that let them go on, the dump began.
    private static void AssertCommitsWereHeldWhileItBegan(WorkloadReader reader)
    {
        var seen = new List<string>();
        using var cursor = reader.Read();
        while (cursor.MoveNext())
        {
            var text = System.Text.Encoding.UTF8.GetString(cursor.Current.Text);
            if (text.StartsWith("BACKUP STAGE", StringComparison.Ordinal) || text.Contains("CONSISTENT SNAPSHOT", StringComparison.Ordinal) || text.Contains("READ LOCK", StringComparison.Ordinal))
            {
                seen.Add(text);
            }
        }

        Assert.Equal(["BACKUP STAGE START", "BACKUP STAGE BLOCK_COMMIT", "START TRANSACTION /*!40100 WITH CONSISTENT SNAPSHOT */", "BACKUP STAGE END"], seen);
    }

    private static void AssertToolSessionsOnly(WorkloadReader reader)
    {
        Assert.NotEmpty(reader.Sessions);
        Assert.All(reader.Sessions, session => Assert.Equal(SessionPurpose.SnapshotTool, session.Purpose));
    }

    private async Task CaptureAsync(TestServer server, string tool, string url, string tools)
    {
        var (status, error) = await RunAsync(server, tool, url, tools);
        Assert.True(status == 0, error);
    }

    /// <summary>The capture ends with SIGINT, which waits for the snapshot.</summary>
    private async Task<(int Status, string Error)> RunAsync(TestServer server, string tool, string url, string tools)
    {
        var start = new ProcessStartInfo(ProjectPrograms.Capture,
        [
            "live", "-i", "lo", "--server", $"{server.Kind.Scheme}:{server.Port}", "--out", _folder.File("w"),
            "--snapshot", tool, "--snapshot-url", url, "--snapshot-tools", tools, "--snapshot-wait", "5s",
        ])
        { RedirectStandardError = true, UseShellExecute = false };
        using var capture = Process.Start(start)!;
        var error = new List<string>();
        while (await capture.StandardError.ReadLineAsync() is { } line)
        {
            error.Add(line);
            if (line.StartsWith("sniffing", StringComparison.Ordinal))
            {
                using var kill = Process.Start("kill", ["-INT", $"{capture.Id}"]);
                await kill.WaitForExitAsync();
            }
        }

        await capture.WaitForExitAsync();
        return (capture.ExitCode, string.Join('\n', error));
    }
}
