using Replay.Workload;
using static Replay.TestKit.Scripted.PostgresWire;

namespace Replay.Protocol.Tests.PostgreSql;

public class SimpleQueryTests
{
    [Fact]
    public void A_query_is_one_exchange_with_its_rows_columns_and_times()
    {
        var talk = Talk.Joined()
            .Client(Query("select a, b from t"))
            .Server(Columns(("a", 23), ("b", 25)), Row("1", "x"))
            .Server(Row("2", null), Complete("SELECT 2"), Ready('T'));
        var e = talk.Only;
        Assert.Equal(Command.Query, e.Command);
        Assert.Equal("select a, b from t", e.Text);
        Assert.Equal(5, e.TextOffset);
        Assert.Equal(Convert.ToHexString(Query("select a, b from t")), e.Request);
        Assert.Equal(2, e.Rows);
        Assert.Equal(-1, e.Affected);
        Assert.Equal(TransactionState.Open, e.State);
        Assert.Equal("a:23,b:25", e.Columns);
        Assert.Equal("1,x", e.Values);
        Assert.True(e.Has(ExchangeFlags.Complete | ExchangeFlags.RequestComplete | ExchangeFlags.Timed | ExchangeFlags.Hashed | ExchangeFlags.EndsBatch));
        Assert.False(e.Has(ExchangeFlags.AllValues));
        Assert.Equal((1_100, 1_100, 1_200, 1_300), (e.RequestedAt, e.StartedAt, e.FirstByteAt, e.EndedAt));
        Assert.Equal(200, e.Latency);
        Assert.Equal(-1, e.Batch);
    }

    [Fact]
    public void Several_statements_are_one_exchange_their_rows_and_affected_rows_summed()
    {
        var e = Talk.Joined()
            .Client(Query("insert ...; update ...; select 1; select 2"))
            .Server(Complete("INSERT 0 2"), Complete("UPDATE 3"), Columns(("a", 23)), Row("1"), Complete("SELECT 1"), Columns(("b", 23)), Row("2"), Complete("SELECT 1"), Ready())
            .Only;
        Assert.Equal(2, e.Rows);
        Assert.Equal(5, e.Affected);
        Assert.Equal("a:23", e.Columns);
        Assert.Equal("1", e.Values);
    }

    [Fact]
    public void An_empty_query_has_neither_rows_nor_error()
    {
        var e = Talk.Joined().Client(Query("")).Server(Empty, Ready()).Only;
        Assert.Equal((-1, -1, "", ""), (e.Rows, e.Affected, e.Error, e.Text));
        Assert.True(e.Has(ExchangeFlags.Complete));
    }

    [Fact]
    public void An_error_carries_its_code_and_notices_are_counted()
    {
        var e = Talk.Joined().Client(Query("select f()")).Server(Notice("one"), Notice("two"), Error("42883", "function f() does not exist"), Ready('E')).Only;
        Assert.Equal(("42883", "function f() does not exist", 2), (e.Error, e.Message, e.Warnings));
        Assert.Equal(TransactionState.Failed, e.State);
        Assert.True(e.Has(ExchangeFlags.Complete | ExchangeFlags.Timed));
    }

    [Theory]
    [InlineData("INSERT 0 5", 5)]
    [InlineData("UPDATE 0", 0)]
    [InlineData("DELETE 1", 1)]
    [InlineData("MERGE 7", 7)]
    [InlineData("COPY 9", 9)]
    [InlineData("SELECT 4", 4)]
    [InlineData("BEGIN", -1)]
    [InlineData("CREATE TABLE", -1)]
    [InlineData("COPY", -1)]
    public void Affected_rows_come_from_the_tag(string tag, long affected) =>
        Assert.Equal(affected, Talk.Joined().Client(Query("...")).Server(Complete(tag), Ready()).Only.Affected);

    [Fact]
    public void All_values_of_returning_are_kept()
    {
        var e = Talk.Joined()
            .Client(Query("insert into t select ... returning id"))
            .Server(Columns(("id", 23)), Row("7"), Row("8"), Complete("INSERT 0 2"), Ready())
            .Only;
        Assert.Equal(("7;8", 2, 2), (e.Values, e.Rows, e.Affected));
        Assert.True(e.Has(ExchangeFlags.AllValues));
    }

    [Fact]
    public void Of_a_long_first_row_the_beginning_is_kept_value_by_value()
    {
        var limits = new ConversationLimits { MaxFirstRowBytes = 10 };
        var e = Talk.Joined(limits)
            .Client(Query("select ..."))
            .Server(Columns(("a", 25), ("b", 25), ("c", 25)), Row("12345678", "abcdef", null), Row("x", "y", "z"), Complete("SELECT 2"), Ready())
            .Only;
        Assert.Equal("12345678,ab,NULL", e.Values);
        Assert.False(e.Has(ExchangeFlags.AllValues));
        Assert.True(e.Has(ExchangeFlags.Hashed));
    }

    [Theory]
    [InlineData(1000, "12345,abc;12,d;3,e", true)]
    [InlineData(18, "12345,abc;12,d", false)]
    [InlineData(8, "12,", false)]
    public void Rows_after_the_first_are_kept_as_many_as_fit(int bytes, string expected, bool areAll)
    {
        var e = Talk.Joined(new ConversationLimits { KeepRows = true, MaxValuesBytes = bytes + 8, MaxFirstRowBytes = 2 })
            .Client(Query("select ..."))
            .Server(Columns(("a", 23), ("b", 25)), bytes == 8 ? Row("1234567", "abcdefgh") : Row("12345", "abc"), Row("12", "d"), Row("3", "e"), Complete("SELECT 3"), Ready())
            .Only;
        Assert.Equal((expected, areAll), (e.Values, e.Has(ExchangeFlags.AllValues)));
    }

    [Fact]
    public void No_values_are_kept_where_none_are_wanted()
    {
        var e = Talk.Joined(new ConversationLimits { KeepValues = false })
            .Client(Query("select 1")).Server(Columns(("a", 23)), Row("1"), Complete("SELECT 1"), Ready()).Only;
        Assert.Equal("", e.Values);
        Assert.NotEqual(0ul, e.SetHash);
    }

    [Fact]
    public void Equal_rows_in_another_order_have_the_same_set_hash_only()
    {
        var talk = Talk.Joined();
        foreach (var rows in new[] { new[] { "1", "2" }, ["2", "1"], ["1", "1"] })
        {
            talk.Client(Query("select a from t")).Server(Columns(("a", 23)), Row(rows[0]), Row(rows[1]), Complete("SELECT 2"), Ready());
        }

        Assert.Equal(talk.Seen[0].SetHash, talk.Seen[1].SetHash);
        Assert.NotEqual(talk.Seen[0].SequenceHash, talk.Seen[1].SequenceHash);
        Assert.NotEqual(talk.Seen[0].SetHash, talk.Seen[2].SetHash);
    }

    [Fact]
    public void A_row_longer_than_the_bound_is_counted_but_not_hashed_and_not_held()
    {
        var talk = Talk.Joined(new ConversationLimits { MaxMessageBytes = 1_000 });
        var row = Row(new string('x', 100_000));
        talk.Client(Query("select big")).Server(Columns(("a", 25)), row[..500]);
        for (var at = 500; at < row.Length; at += 1_448)
        {
            talk.Server(row[at..Math.Min(row.Length, at + 1_448)]);
            Assert.True(talk.Conversation.BufferedBytes < 20_000);
        }

        var e = talk.Server(Complete("SELECT 1"), Ready()).Only;
        Assert.Equal(1, e.Rows);
        Assert.False(e.Has(ExchangeFlags.Hashed));
        Assert.True(e.Has(ExchangeFlags.Complete));
        Assert.True(e.ResponseBytes > 100_000);
    }

    [Fact]
    public void A_function_call_is_an_exchange_with_its_value()
    {
        var e = Talk.Joined()
            .Client(Message('F', 1598, (short)0, (short)0, (short)0))
            .Server(Message('V', 3, new byte[] { (byte)'0', (byte)'.', (byte)'5' }), Ready())
            .Only;
        Assert.Equal((Command.FunctionCall, 1, "0.5"), (e.Command, e.Rows, e.Values));
    }

    [Fact]
    public void Terminate_has_no_response()
    {
        var e = Talk.Joined().Client(Terminate).Only;
        Assert.Equal((Command.Terminate, 1_100, 1_100, 1_100), (e.Command, e.RequestedAt, e.StartedAt, e.EndedAt));
        Assert.True(e.Has(ExchangeFlags.NoResponse | ExchangeFlags.Complete));
        Assert.Null(e.Latency);
    }

    [Fact]
    public void Notifications_and_parameter_changes_come_at_any_moment()
    {
        var talk = Talk.Joined()
            .Server(Message('A', 17, "channel", "payload"))
            .Client(Query("set timezone = 'UTC'"))
            .Server(Status("TimeZone", "UTC"), Complete("SET"), Message('A', 17, "channel", ""), Ready())
            .Server(Status("TimeZone", "CET"));
        Assert.Equal("", talk.Only.Error);
        Assert.Equal("CET", talk.Conversation.Facts.ServerParameters["TimeZone"]);
        Assert.Empty(talk.Faults);
    }

    [Fact]
    public void A_fatal_error_is_a_whole_response_and_what_waits_behind_it_has_none()
    {
        var talk = Talk.Joined()
            .Client(Query("select pg_sleep(9)"))
            .Client(Query("select 2"))
            .Server(Error("57P01", "terminating connection due to administrator command", "FATAL"))
            .Close();
        Assert.Equal("57P01", talk.Seen[0].Error);
        Assert.True(talk.Seen[0].Has(ExchangeFlags.Complete));
        Assert.Equal("select 2", talk.Seen[1].Text);
        Assert.False(talk.Seen[1].Has(ExchangeFlags.Complete));
        Assert.True(talk.Seen[1].Has(ExchangeFlags.RequestComplete));
    }
}
