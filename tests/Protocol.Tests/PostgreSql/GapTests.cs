using Replay.Workload;
using static Replay.TestKit.Scripted.PostgresWire;

namespace Replay.Protocol.Tests.PostgreSql;

public class GapTests
{
    [Fact]
    public void A_session_joined_in_the_middle_of_a_response_begins_with_the_next_request()
    {
        var rows = Join([.. Enumerable.Range(0, 50).Select(i => Row($"value {i}"))]);
        var talk = Talk.Joined()
            .Server(rows[7..])
            .Server(Join(Row("last"), Complete("SELECT 51"), Ready())[3..])
            .Client(Query("select 1"))
            .Server(Columns(("a", 23)), Row("1"), Complete("SELECT 1"), Ready());
        Assert.Equal(("select 1", 1), (talk.Only.Text, talk.Only.Rows));
        Assert.True(talk.Only.Has(ExchangeFlags.Complete));
        Assert.Empty(talk.Faults);
        Assert.Null(talk.Conversation.Facts.User);
    }

    [Fact]
    public void A_session_joined_in_the_middle_of_a_request_waits_for_a_message()
    {
        var bind = Join(Bind("", "s", [new string('x', 300)]), Execute(""), Sync);
        var talk = Talk.Joined()
            .Client(bind[50..])
            .Server(BindComplete, Complete("INSERT 0 1"), Ready())
            .Client(Query("select 1"))
            .Server(Complete("SELECT 1"), Ready());
        Assert.Equal("select 1", talk.Only.Text);
        Assert.True(talk.Only.Has(ExchangeFlags.Complete));
    }

    [Fact]
    public void Data_that_look_like_nothing_are_no_messages()
    {
        var talk = Talk.Joined().Client(new byte[1_000]).Client(Enumerable.Repeat((byte)'Q', 600).ToArray()).Server(new byte[1_000]);
        Assert.Empty(talk.Seen);
        Assert.Equal(0, talk.Conversation.PendingRequests);
    }

    [Fact]
    public void A_hole_in_the_response_flags_the_exchange_and_the_next_is_whole_again()
    {
        var talk = Talk.Joined()
            .Client(Query("select 1")).Server(Columns(("a", 23)), Row("1"));
        talk.Conversation.ResponseGap(1_448, talk.Now);
        talk.Server(Join(Row("2"), Complete("SELECT 3"), Ready())[4..])
            .Client(Query("select 2")).Server(Columns(("a", 23)), Row("2"), Complete("SELECT 1"), Ready());
        Assert.Equal(["select 1", "select 2"], talk.Seen.Select(e => e.Text));
        Assert.Equal([false, true], talk.Seen.Select(e => e.Has(ExchangeFlags.Complete)));
        Assert.All(talk.Seen, e => Assert.True(e.Has(ExchangeFlags.RequestComplete)));
        Assert.Null(talk.Seen[0].Latency);
        Assert.Equal(1, talk.Seen[1].Rows);
    }

    [Fact]
    public void A_hole_that_takes_the_ready_for_query_is_over_with_the_next_request()
    {
        var talk = Talk.Joined().Client(Query("select 1"));
        talk.Conversation.ResponseGap(400, talk.Now);
        talk.Client(Query("select 2")).Server(Complete("SELECT 0"), Ready());
        Assert.Equal([false, true], talk.Seen.Select(e => e.Has(ExchangeFlags.Complete)));
        Assert.Equal("select 2", talk.Seen[1].Text);
    }

    [Fact]
    public void Answers_lost_from_a_pipeline_do_not_shift_the_rest_for_ever()
    {
        var talk = Talk.Joined();
        for (var i = 0; i < 4; i++)
        {
            talk.Client(Parse("", $"select {i}"), Bind("", ""), Execute(""), Sync);
        }

        talk.Server(ParseComplete, BindComplete, Complete("SELECT 0"), Ready());
        talk.Conversation.ResponseGap(0, talk.Now);
        talk.Server(ParseComplete, BindComplete, Complete("SELECT 0"), Ready())
            .Wait(200_000)
            .Client(Query("select 9")).Server(Complete("SELECT 0"), Ready());
        Assert.Equal(5, talk.Seen.Count);
        Assert.Equal([true, false, false, false, true], talk.Seen.Select(e => e.Has(ExchangeFlags.Complete)));
        Assert.Equal("select 9", talk.Seen[4].Text);
    }

    [Fact]
    public void A_hole_in_the_requests_takes_what_answers_the_lost_ones_with_it()
    {
        var talk = Talk.Joined().Client(Query("select 1")).Server(Complete("SELECT 0"), Ready());
        talk.Conversation.RequestGap(100, talk.Now);
        talk.Server(Columns(("a", 23)), Row("1"), Complete("SELECT 1"), Ready())
            .Client(Query("select 3")).Server(Complete("SELECT 0"), Ready());
        Assert.Equal(["select 1", "select 3"], talk.Seen.Select(e => e.Text));
        Assert.All(talk.Seen, e => Assert.True(e.Has(ExchangeFlags.Complete)));
        Assert.Empty(talk.Faults);
    }

    [Fact]
    public void A_hole_inside_a_long_query_leaves_the_boundaries_known()
    {
        var sql = "select '" + new string('x', 5_000) + "'";
        var talk = Talk.Joined().Client(Query(sql)[..2_000]);
        talk.Conversation.RequestGap(1_000, talk.Now);
        talk.Client(Query(sql)[3_000..]).Server(Complete("SELECT 1"), Ready())
            .Client(Query("select 2")).Server(Complete("SELECT 0"), Ready());
        Assert.Equal(2, talk.Seen.Count);
        Assert.StartsWith("select 'xx", talk.Seen[0].Text);
        Assert.False(talk.Seen[0].Has(ExchangeFlags.RequestComplete));
        Assert.False(talk.Seen[0].Has(ExchangeFlags.Complete));
        Assert.True(talk.Seen[1].Has(ExchangeFlags.Complete));
    }

    [Fact]
    public void A_hole_inside_a_long_row_leaves_the_boundaries_known()
    {
        var row = Row(new string('x', 5_000));
        var talk = Talk.Joined().Client(Query("select a")).Server(Columns(("a", 25)), row[..1_000]);
        talk.Conversation.ResponseGap(2_000, talk.Now);
        var e = talk.Server(row[3_000..], Complete("SELECT 1"), Ready()).Only;
        Assert.Equal(1, e.Rows);
        Assert.False(e.Has(ExchangeFlags.Complete));
        Assert.False(e.Has(ExchangeFlags.Hashed));
        Assert.True(e.Has(ExchangeFlags.RequestComplete));
    }

    [Fact]
    public void A_hole_in_copy_data_flags_the_request()
    {
        var talk = Talk.Joined().Client(Query("copy t from stdin")).Server(CopyIn).Client(CopyData("1\n"));
        talk.Conversation.RequestGap(5_000, talk.Now);
        var e = talk.Client(CopyData("9\n"), CopyDone).Server(Complete("COPY 9"), Ready()).Only;
        Assert.Equal(9, e.Affected);
        Assert.False(e.Has(ExchangeFlags.RequestComplete));
    }

    [Fact]
    public void A_hole_in_the_login_makes_it_a_session_joined_later()
    {
        var talk = new Talk(fromStart: true);
        talk.Conversation.RequestGap(80, talk.Now);
        talk.Server(Authentication(0), Status("server_version", "17.2"), Ready())
            .Client(Query("select 1")).Server(Complete("SELECT 0"), Ready());
        Assert.Equal("select 1", talk.Only.Text);
        Assert.Equal("17.2", talk.Conversation.Facts.ServerVersion);
    }

    [Fact]
    public void Bytes_that_make_no_message_are_told_and_the_session_finds_hold_again()
    {
        var talk = Talk.Joined()
            .Client(Query("select 1")).Server(Complete("SELECT 0"), Ready())
            .Client([0xFF, 1, 2, 3, 4, 5, 6])
            .Client(Query("select 2")).Server(Complete("SELECT 0"), Ready());
        Assert.Equal(ProtocolFault.BadFraming, Assert.Single(talk.Faults));
        Assert.Equal(["select 1", "select 2"], talk.Seen.Select(e => e.Text));
    }

    [Fact]
    public void A_response_that_cannot_be_is_told_and_flagged()
    {
        var talk = Talk.Joined()
            .Client(Query("select 1")).Server(Complete("SELECT 0"), Ready())
            .Client(Query("select 2")).Server(BindComplete, Complete("SELECT 0"), Ready())
            .Client(Query("select 3")).Server(Complete("SELECT 0"), Ready());
        Assert.Equal(ProtocolFault.UnexpectedMessage, Assert.Single(talk.Faults));
        Assert.Equal([true, false, true], talk.Seen.Select(e => e.Has(ExchangeFlags.Complete)));
    }

    [Fact]
    public void An_answer_to_nothing_is_told_once()
    {
        var talk = Talk.Joined().Client(Query("select 1")).Server(Complete("SELECT 0"), Ready()).Server(Complete("SELECT 0"), Ready(), Ready());
        Assert.Equal(ProtocolFault.OrphanResponse, Assert.Single(talk.Faults));
    }

    [Fact]
    public void The_end_of_the_session_hands_out_what_was_open()
    {
        var talk = Talk.Joined()
            .Client(Query("select 1")).Server(Columns(("a", 23)), Row("1"))
            .Client(Parse("s", "select 2"))
            .Close();
        Assert.Equal([Command.Query, Command.Parse], talk.Seen.Select(e => e.Command));
        Assert.All(talk.Seen, e => Assert.False(e.Has(ExchangeFlags.Complete)));
        Assert.All(talk.Seen, e => Assert.True(e.Has(ExchangeFlags.RequestComplete)));
        Assert.Equal(0, talk.Conversation.BufferedBytes);
    }
}
