using Replay.TestKit.Scripted;
using Replay.Workload;
using static Replay.TestKit.Scripted.PostgresWire;

namespace Replay.Client.Tests.PostgreSql;

/// <summary>What no real server does on demand.</summary>
public class ScriptedServerTests
{
    [Fact]
    public async Task Outcomes_come_once_a_tag_in_order_with_their_times()
    {
        await using var server = new ScriptedPostgres(async session =>
        {
            await session.LetInAsync();
            await session.ExpectAsync("QPBES");
            await session.SendAsync(Columns(("a", 23)), Row("1"), Complete("SELECT 1"), Ready(), ParseComplete, BindComplete);
            await Task.Delay(20);
            await session.SendAsync(Complete("UPDATE 3"), Ready('T'));
            await session.WaitForEndAsync();
        });
        await using var connection = await OpenAsync(server.Url());
        var receiver = new RecordingReceiver();
        connection.Start(receiver);
        Send(connection, 7, Command.Query, Query("select 1"));
        Send(connection, 8, Command.Execute, Join(Parse("", "update"), Bind("", ""), Execute(""), Sync));
        var seen = await receiver.TakeAsync(2);
        Assert.Equal([7L, 8L], seen.Select(r => r.Tag));
        Assert.Equal([(1, -1), (-1, 3)], seen.Select(r => (r.Rows, r.Affected)));
        Assert.Equal(TransactionState.Open, seen[1].State);
        Assert.InRange(seen[1].Latency!.Value, 15_000, 30_000_000);
        Assert.All(seen, r => Assert.True(r.Has(ExchangeFlags.Complete) && r.EndedAt >= r.RequestedAt));
    }

    [Fact]
    public async Task Each_send_is_one_outcome_also_where_the_server_answers_otherwise_than_production_did()
    {
        // Captured: a Parse that failed and made an exchange of its own, and an Execute that was skipped. Now the Parse succeeds, then the other way round.
        await using var server = new ScriptedPostgres(async session =>
        {
            await session.LetInAsync();
            await session.ExpectAsync("PBES");
            await session.SendAsync(ParseComplete, BindComplete, Complete("SELECT 0"), Ready());
            await session.ExpectAsync("PBES");
            await session.SendAsync(Error("42601", "no"), Ready());
            await session.WaitForEndAsync();
        });
        await using var connection = await OpenAsync(server.Url());
        var receiver = new RecordingReceiver();
        connection.Start(receiver);
        Send(connection, 0, Command.Parse, Parse("", "x"));
        Send(connection, 1, Command.Execute, Join(Bind("", ""), Execute(""), Sync));
        await receiver.TakeAsync(2);
        Send(connection, 2, Command.Execute, Join(Parse("", "x"), Bind("", ""), Execute(""), Sync));
        var seen = await receiver.TakeAsync(1);
        Assert.Equal([0L, 1L, 2L], seen.Select(r => r.Tag));
        Assert.Equal(["", "", "42601"], seen.Select(r => r.Error));
    }

    [Fact]
    public async Task What_an_error_skips_is_complete_at_once()
    {
        await using var server = new ScriptedPostgres(async session =>
        {
            await session.LetInAsync();
            await session.ExpectAsync("PBEH");
            await session.SendAsync(ParseComplete, Error("22012", "division by zero"));
            await session.ExpectAsync("BEH");
            await session.ExpectAsync("S");
            await session.SendAsync(Ready());
            await session.WaitForEndAsync();
        });
        await using var connection = await OpenAsync(server.Url());
        var receiver = new RecordingReceiver();
        connection.Start(receiver);
        Send(connection, 0, Command.Execute, Join(Parse("", "x"), Bind("", ""), Execute(""), Flush));
        await receiver.TakeAsync(1);
        Send(connection, 1, Command.Execute, Join(Bind("", ""), Execute(""), Flush));
        await receiver.TakeAsync(1);
        Send(connection, 2, Command.Sync, Sync);
        var seen = await receiver.TakeAsync(1);
        Assert.Equal([false, true, false], seen.Select(r => r.Has(ExchangeFlags.SkippedAfterError)));
    }

    [Fact]
    public async Task Copy_data_wait_until_the_server_asks_and_what_follows_waits_behind_them()
    {
        var heard = new TaskCompletionSource<byte[]>();
        await using var server = new ScriptedPostgres(async session =>
        {
            await session.LetInAsync();
            await session.ExpectAsync("Q");
            Assert.True(await session.IsQuietAsync());
            await session.SendAsync(CopyIn);
            heard.SetResult(await session.ExpectAsync("ddcQ"));
            await session.SendAsync(Complete("COPY 2"), Ready(), Complete("SELECT 0"), Ready());
            await session.WaitForEndAsync();
        });
        await using var connection = await OpenAsync(server.Url());
        var receiver = new RecordingReceiver();
        connection.Start(receiver);
        byte[] data = Join(CopyData("1\n"), CopyData("2\n"), CopyDone);
        Send(connection, 0, Command.Query, Join(Query("copy t from stdin"), data));
        Send(connection, 1, Command.Query, Query("select 1"));
        var seen = await receiver.TakeAsync(2);
        Assert.Equal([2L, -1L], seen.Select(r => r.Affected));
        Assert.Equal(Join(data, Query("select 1")), await heard.Task);
    }

    [Fact]
    public async Task Copy_data_that_the_server_never_asks_for_are_dropped()
    {
        await using var server = new ScriptedPostgres(async session =>
        {
            await session.LetInAsync();
            await session.ExpectAsync("PBES");
            await session.SendAsync(Error("42P01", "no table"), Ready());
            await session.ExpectAsync("Q");
            await session.SendAsync(Complete("SELECT 0"), Ready());
            await session.WaitForEndAsync();
        });
        await using var connection = await OpenAsync(server.Url());
        var receiver = new RecordingReceiver();
        connection.Start(receiver);
        Send(connection, 0, Command.Execute, Join(Parse("", "copy"), Bind("", ""), Execute(""), Sync, CopyData("1\n"), CopyDone, Sync));
        Send(connection, 1, Command.Query, Query("select 1"));
        var seen = await receiver.TakeAsync(2);
        Assert.Equal(["42P01", ""], seen.Select(r => r.Error));
        Assert.Equal(0, connection.UnsentBytes);
    }

    [Fact]
    public async Task A_server_that_asks_for_data_that_were_not_recorded_is_refused_them()
    {
        await using var server = new ScriptedPostgres(async session =>
        {
            await session.LetInAsync();
            await session.ExpectAsync("PBES");
            await session.SendAsync(ParseComplete, BindComplete, CopyIn);
            await session.ExpectAsync("fS");
            await session.SendAsync(Error("57014", "COPY from stdin failed"), Ready());
            await session.WaitForEndAsync();
        });
        await using var connection = await OpenAsync(server.Url());
        var receiver = new RecordingReceiver();
        connection.Start(receiver);
        Send(connection, 0, Command.Execute, Join(Parse("", "copy"), Bind("", ""), Execute(""), Sync));
        Assert.Equal("57014", Assert.Single(await receiver.TakeAsync(1)).Error);
    }

    [Fact]
    public async Task Sending_from_within_an_outcome_is_allowed()
    {
        await using var server = new ScriptedPostgres(async session =>
        {
            await session.LetInAsync();
            for (var i = 0; i < 100; i++)
            {
                await session.ExpectAsync("Q");
                await session.SendAsync(Complete("SELECT 0"), Ready());
            }

            await session.ExpectAsync("X");
        });
        await using var connection = await OpenAsync(server.Url());
        var receiver = new RecordingReceiver
        {
            Then = (c, r) =>
            {
                if (r.Tag < 99)
                {
                    Send(c, r.Tag + 1, Command.Query, Query("select 1"));
                }
                else if (r.Tag == 99)
                {
                    Send(c, 100, Command.Terminate, Terminate);
                }
            },
        };
        connection.Start(receiver);
        Send(connection, 0, Command.Query, Query("select 1"));
        var seen = await receiver.TakeAsync(101);
        Assert.Equal(Enumerable.Range(0, 101).Select(i => (long)i), seen.Select(r => r.Tag));
        Assert.True(seen[100].Has(ExchangeFlags.NoResponse));
        Assert.Equal(TargetErrorCodes.ConnectionLost, (await receiver.ClosedAsync()).Code);
    }

    [Fact]
    public async Task A_fatal_error_is_an_outcome_then_the_connection_is_over()
    {
        await using var server = new ScriptedPostgres(async session =>
        {
            await session.LetInAsync();
            await session.ExpectAsync("Q");
            await session.SendAsync(Error("57P01", "shutdown", "FATAL"));
        });
        await using var connection = await OpenAsync(server.Url());
        var receiver = new RecordingReceiver();
        connection.Start(receiver);
        Send(connection, 0, Command.Query, Query("select 1"));
        Assert.Equal("57P01", Assert.Single(await receiver.TakeAsync(1)).Error);
        Assert.Equal(TargetErrorCodes.ConnectionLost, (await receiver.ClosedAsync()).Code);
        Assert.False(connection.TrySend(new RecordedRequest { Command = Command.Query, Bytes = Query("select 2") }, 1, out var problem));
        Assert.NotNull(problem);
    }

    [Fact]
    public async Task Abort_ends_a_waiting_connection_and_tells_why()
    {
        await using var server = new ScriptedPostgres(async session =>
        {
            await session.LetInAsync();
            await session.WaitForEndAsync();
        });
        await using var connection = await OpenAsync(server.Url());
        var receiver = new RecordingReceiver();
        connection.Start(receiver);
        Send(connection, 0, Command.Query, Query("select pg_sleep(1000)"));
        connection.Abort("no answer within 5 s");
        Assert.Equal((TargetErrorCodes.Aborted, "no answer within 5 s"), await receiver.ClosedAsync());
        Assert.Empty(receiver.Seen);
    }

    [Fact]
    public async Task More_than_the_socket_takes_goes_on_in_the_background()
    {
        var big = Query("select '" + new string('x', 8 << 20) + "'");
        var mayRead = new TaskCompletionSource();
        await using var server = new ScriptedPostgres(async session =>
        {
            await session.LetInAsync();
            await mayRead.Task;
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal(big, await session.ExpectAsync("Q"));
                await session.SendAsync(Complete("SELECT 1"), Ready());
            }

            await session.WaitForEndAsync();
        });
        await using var connection = await OpenAsync(server.Url());
        var receiver = new RecordingReceiver();
        connection.Start(receiver);
        for (var i = 0; i < 3; i++)
        {
            Send(connection, i, Command.Query, big);
        }

        Assert.True(connection.UnsentBytes > 0);
        mayRead.SetResult();
        Assert.Equal(3, (await receiver.TakeAsync(3)).Count);
        Assert.Equal(0, connection.UnsentBytes);
    }

    [Fact]
    public async Task A_query_of_ones_own_has_its_rows_or_its_error()
    {
        await using var server = new ScriptedPostgres(async session =>
        {
            await session.LetInAsync();
            await session.ExpectAsync("Q");
            await session.SendAsync(Columns(("a", 25), ("b", 25)), Row("1", null));
            await session.SendAsync(Row("2", "x"), Complete("SELECT 2"), Ready());
            await session.ExpectAsync("Q");
            await session.SendAsync(Error("42P01", "no table"), Ready());
            await session.ExpectAsync("Q");
        });
        await using var connection = await OpenAsync(server.Url());
        var result = await connection.QueryAsync("select a, b from t");
        Assert.Equal(["a", "b"], result.Columns);
        Assert.Equal([["1", null], ["2", "x"]], result.Rows);
        Assert.Equal("42P01", (await connection.QueryAsync("select")).ErrorCode);
        await Assert.ThrowsAsync<TargetException>(async () => await connection.QueryAsync("select"));
    }

    [Fact]
    public async Task The_captured_parameters_are_asked_for_again()
    {
        Dictionary<string, string>? heard = null;
        await using var server = new ScriptedPostgres(async session =>
        {
            await session.LetInAsync();
            heard = session.StartupParameters;
            await session.WaitForEndAsync();
        });
        var url = TargetUrl.Parse(server.Url());
        await using var connection = TargetConnection.Create(url);
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["application_name"] = "shop", ["replication"] = "true", ["_pq_.x"] = "1", ["options"] = "-c a=b" };
        await connection.OpenAsync(new ConnectionOptions { Url = url, Database = "other", Parameters = parameters });
        Assert.Equal("application_name=shop database=other options=-c a=b user=bob", string.Join(' ', heard!.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}")));
        Assert.Equal(("17.2", 4711L), (connection.ServerVersion, connection.Facts.ServerConnectionId));
        Assert.NotNull(connection.LocalEndPoint);
    }

    private static async Task<TargetConnection> OpenAsync(string text)
    {
        var url = TargetUrl.Parse(text);
        var connection = TargetConnection.Create(url);
        await connection.OpenAsync(new ConnectionOptions { Url = url });
        return connection;
    }

    private static void Send(TargetConnection connection, long tag, Command command, byte[] bytes)
    {
        var copy = bytes.ToArray();
        Assert.True(connection.TrySend(new RecordedRequest { Command = command, Bytes = copy }, tag, out var problem), problem);
        Array.Clear(copy);
    }
}
