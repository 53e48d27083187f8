using Replay.Workload;
using static Replay.TestKit.Scripted.PostgresWire;

namespace Replay.Protocol.Tests.PostgreSql;

public class CopyTests
{
    [Fact]
    public void Copy_in_keeps_the_data_in_the_request_and_counts_from_its_beginning()
    {
        byte[][] request = [Query("copy t from stdin"), CopyData("1\n"), CopyData("2\n"), CopyDone];
        var e = Talk.Joined()
            .Client(request[0])
            .Server(CopyIn)
            .Client(request[1]).Client(request[2], request[3])
            .Server(Complete("COPY 2"), Ready())
            .Only;
        Assert.Equal(Convert.ToHexString(Join(request)), e.Request);
        Assert.Equal((2, -1, "copy t from stdin"), (e.Affected, e.Rows, e.Text));
        Assert.True(e.Has(ExchangeFlags.CopyIn | ExchangeFlags.Complete | ExchangeFlags.RequestComplete));
        Assert.Equal((1_100, 400L), (e.RequestedAt, e.Latency));
    }

    [Fact]
    public void The_server_passes_over_a_sync_before_the_data_so_libpq_sends_two()
    {
        byte[][] first = [Parse("", "copy t from stdin"), Bind("", ""), DescribePortal(""), Execute(""), Sync];
        var talk = Talk.Joined()
            .Client(first)
            .Server(ParseComplete, BindComplete, NoData, CopyIn)
            .Client(CopyData("1\n"), CopyDone, Sync)
            .Server(Complete("COPY 1"), Ready())
            .Client(Query("select 1"))
            .Server(Complete("SELECT 0"), Ready());
        Assert.Equal(2, talk.Seen.Count);
        Assert.Equal(Convert.ToHexString(Join([.. first, CopyData("1\n"), CopyDone, Sync])), talk.Seen[0].Request);
        Assert.True(talk.Seen[0].Has(ExchangeFlags.EndsBatch | ExchangeFlags.Complete));
        Assert.Equal((TransactionState.Idle, 1_100, 300L), (talk.Seen[0].State, talk.Seen[0].RequestedAt, talk.Seen[0].Latency));
        Assert.Empty(talk.Faults);
    }

    [Fact]
    public void Data_sent_without_waiting_end_at_the_copy_done_before_the_sync()
    {
        var talk = Talk.Joined()
            .Client(Parse("", "copy t from stdin"), Bind("", ""), Execute(""), CopyData("1\n"), CopyDone, Sync)
            .Client(Sync)
            .Server(ParseComplete, BindComplete, CopyIn, Complete("COPY 1"), Ready(), Ready());
        Assert.Equal([Command.Execute, Command.Sync], talk.Seen.Select(e => e.Command));
        Assert.Empty(talk.Faults);
    }

    [Fact]
    public void Copy_fail_is_answered_by_an_error()
    {
        var e = Talk.Joined()
            .Client(Query("copy t from stdin")).Server(CopyIn)
            .Client(CopyData("1\n"), Message('f', "stop")).Server(Error("57014", "COPY from stdin failed: stop"), Ready())
            .Only;
        Assert.Equal("57014", e.Error);
    }

    [Fact]
    public void Data_behind_an_error_are_dropped_as_the_server_drops_them()
    {
        var talk = Talk.Joined()
            .Client(Query("copy t from stdin")).Server(CopyIn)
            .Client(CopyData("x\n")).Server(Error("22P02", "invalid input"), Ready())
            .Client(CopyData("2\n")).Client(CopyDone)
            .Client(Query("select 1")).Server(Complete("SELECT 0"), Ready());
        Assert.Equal(["22P02", ""], talk.Seen.Select(e => e.Error));
        Assert.All(talk.Seen, e => Assert.True(e.Has(ExchangeFlags.Complete)));
        Assert.Equal(Convert.ToHexString(Query("select 1")), talk.Seen[1].Request);
    }

    [Fact]
    public void Copy_out_has_the_rows_of_its_tag_and_its_data_are_not_held()
    {
        var data = CopyData(new string('x', 300_000));
        var talk = Talk.Joined().Client(Query("copy t to stdout")).Server(CopyOut);
        for (var at = 0; at < data.Length; at += 10_000)
        {
            talk.Server(data[at..Math.Min(data.Length, at + 10_000)]);
            Assert.True(talk.Conversation.BufferedBytes < 20_000);
        }

        var e = talk.Server(CopyDone, Complete("COPY 12"), Ready()).Only;
        Assert.Equal((12, -1), (e.Rows, e.Affected));
        Assert.True(e.Has(ExchangeFlags.CopyOut | ExchangeFlags.Complete));
        Assert.False(e.Has(ExchangeFlags.Hashed));
    }

    [Fact]
    public void Two_copies_in_one_query_are_one_exchange()
    {
        var e = Talk.Joined()
            .Client(Query("copy a from stdin; copy b from stdin"))
            .Server(CopyIn).Client(CopyData("1\n"), CopyDone)
            .Server(Complete("COPY 1"), CopyIn).Client(CopyData("2\n3\n"), CopyDone)
            .Server(Complete("COPY 2"), Ready())
            .Only;
        Assert.Equal(3, e.Affected);
    }

    [Fact]
    public void Data_beyond_the_bound_go_by_and_the_request_is_flagged()
    {
        var talk = Talk.Joined(new ConversationLimits { MaxRequestBytes = 100_000 }).Client(Query("copy t from stdin")).Server(CopyIn);
        for (var i = 0; i < 50; i++)
        {
            talk.Client(CopyData(new string('x', 9_000)));
            Assert.True(talk.Conversation.BufferedBytes < 600_000);
        }

        var e = talk.Client(CopyDone).Server(Complete("COPY 50"), Ready()).Client(Query("select 1")).Server(Complete("SELECT 1"), Ready()).Seen[0];
        Assert.True(e.Has(ExchangeFlags.RequestTruncated | ExchangeFlags.CopyIn | ExchangeFlags.Complete));
        Assert.False(e.Has(ExchangeFlags.RequestComplete));
        Assert.Equal(50, e.Affected);
        Assert.Equal(2, talk.Seen.Count);
    }

    [Fact]
    public void A_query_longer_than_the_bound_keeps_its_beginning()
    {
        var sql = "select '" + new string('x', 200_000) + "'";
        var e = Talk.Joined(new ConversationLimits { MaxRequestBytes = 100_000 })
            .Client(Query(sql)[..1_000], Query(sql)[1_000..]).Server(Complete("SELECT 1"), Ready()).Only;
        Assert.True(e.Has(ExchangeFlags.RequestTruncated));
        Assert.StartsWith("select 'xxx", e.Text);
    }
}
