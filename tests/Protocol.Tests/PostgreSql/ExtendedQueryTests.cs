using Replay.Workload;
using static Replay.TestKit.Scripted.PostgresWire;

namespace Replay.Protocol.Tests.PostgreSql;

public class ExtendedQueryTests
{
    private const ExchangeFlags Whole = ExchangeFlags.Complete | ExchangeFlags.RequestComplete;

    [Fact]
    public void Parse_bind_describe_execute_and_sync_are_one_exchange()
    {
        byte[][] request = [Parse("", "select $1::int", 23), Bind("", "", ["5"]), DescribePortal(""), Execute(""), Sync];
        var e = Talk.Joined()
            .Client(request)
            .Server(ParseComplete, BindComplete, Columns(("int4", 23)), Row("5"), Complete("SELECT 1"), Ready())
            .Only;
        Assert.Equal(Command.Execute, e.Command);
        Assert.Equal(("select $1::int", 6, "23", "int4:23", 1, "5"), (e.Text, e.TextOffset, e.Types, e.Columns, e.Rows, e.Values));
        Assert.Equal(Convert.ToHexString(Join(request)), e.Request);
        Assert.True(e.Has(Whole | ExchangeFlags.Timed | ExchangeFlags.EndsBatch | ExchangeFlags.AllValues));
        Assert.Equal(0, e.Batch);
    }

    [Fact]
    public void A_prepared_statement_gives_its_executes_text_types_and_columns_in_the_format_of_the_bind()
    {
        var talk = Talk.Joined()
            .Client(Parse("s1", "select a from t where id = $1"), DescribeStatement("s1"), Sync)
            .Server(ParseComplete, ParameterTypes(23), Columns(("a", 23)), Ready())
            .Client(Bind("", "s1", ["1"], resultFormat: 1), Execute(""), Sync)
            .Server(BindComplete, Row("\0\0\0\u0007"), Complete("SELECT 1"), Ready())
            .Client(Bind("", "s1", ["2"]), Execute(""), Sync)
            .Server(BindComplete, Complete("SELECT 0"), Ready());
        Assert.Equal([Command.Parse, Command.Execute, Command.Execute], talk.Seen.Select(e => e.Command));
        Assert.All(talk.Seen, e => Assert.Equal("select a from t where id = $1", e.Text));
        Assert.Equal(["a:23", "a:23b", "a:23"], talk.Seen.Select(e => e.Columns));
        Assert.Equal([-1, -1, -1], talk.Seen.Skip(1).Select(e => e.TextOffset).Append(-1));
        Assert.Equal(["23", "23", "23"], talk.Seen.Select(e => e.Types));
        Assert.Equal([-1, 1, 0], talk.Seen.Select(e => e.Rows));
        Assert.Equal([0, 1, 2], talk.Seen.Select(e => e.Batch));
        Assert.All(talk.Seen, e => Assert.True(e.Has(Whole | ExchangeFlags.Timed)));
    }

    [Fact]
    public void A_failing_parse_is_an_exchange_and_the_execute_behind_it_was_skipped()
    {
        var talk = Talk.Joined()
            .Client(Parse("", "selekt"), Bind("", ""), DescribePortal(""), Execute(""), Sync)
            .Server(Error("42601", "syntax error"), Ready());
        Assert.Equal([Command.Parse, Command.Execute], talk.Seen.Select(e => e.Command));
        Assert.Equal(("42601", "selekt"), (talk.Seen[0].Error, talk.Seen[0].Text));
        Assert.False(talk.Seen[0].Has(ExchangeFlags.SkippedAfterError));
        Assert.True(talk.Seen[0].Has(Whole | ExchangeFlags.Timed));
        Assert.Equal([false, true], talk.Seen.Select(e => e.Has(ExchangeFlags.Pipelined)));
        Assert.True(talk.Seen[1].Has(Whole | ExchangeFlags.SkippedAfterError | ExchangeFlags.EndsBatch));
        Assert.Equal(("", "selekt"), (talk.Seen[1].Error, talk.Seen[1].Text));
        Assert.Null(talk.Seen[1].Latency);
        Assert.Equal(Convert.ToHexString(Parse("", "selekt")), talk.Seen[0].Request);
        Assert.Equal(Convert.ToHexString(Join(Bind("", ""), DescribePortal(""), Execute(""), Sync)), talk.Seen[1].Request);
    }

    [Fact]
    public void What_comes_behind_an_error_and_before_the_sync_keeps_its_own_text()
    {
        byte[][] skipped = [Parse("", "select 'skipped'"), Bind("", ""), Execute("")];
        var talk = Talk.Joined()
            .Client(Parse("", "select 1 / $1"), Bind("", "", ["0"]), Execute(""), Flush)
            .Server(ParseComplete, BindComplete, Error("22012", "division by zero"))
            .Client(skipped)
            .Client(Parse("", "select 'too'"))
            .Client(Bind("", ""), Execute(""), Sync)
            .Server(Ready())
            .Client(Bind("", "", ["1"]), Execute(""), Sync)
            .Server(BindComplete, Row("1"), Complete("SELECT 1"), Ready());
        Assert.Equal(["select 1 / $1", "select 'skipped'", "select 'too'", "select 1 / $1"], talk.Seen.Select(e => e.Text));
        Assert.All(talk.Seen, e => Assert.Equal(Command.Execute, e.Command));
        Assert.Equal([false, true, true, false], talk.Seen.Select(e => e.Has(ExchangeFlags.SkippedAfterError)));
        Assert.Equal(Convert.ToHexString(Join(skipped)), talk.Seen[1].Request);
    }

    [Fact]
    public void An_execute_that_is_seen_after_its_parse_failed_has_that_ones_text()
    {
        var talk = Talk.Joined()
            .Client(Parse("", "select 1"), Bind("", ""), Execute(""), Sync)
            .Server(ParseComplete, BindComplete, Row("1"), Complete("SELECT 1"), Ready())
            .Client(Parse("", "selekt"))
            .Server(Error("42601", "syntax error"))
            .Client(Bind("", ""), Execute(""), Sync)
            .Server(Ready());
        Assert.Equal([(Command.Execute, "select 1"), (Command.Parse, "selekt"), (Command.Execute, "selekt")], talk.Seen.Select(e => (e.Command, e.Text)));
    }

    [Fact]
    public void A_failing_bind_is_its_executes_error()
    {
        var talk = Talk.Joined()
            .Client(Parse("", "select $1::int"), Bind("", "", ["x"]), Execute(""), Sync)
            .Server(ParseComplete, Error("22P02", "invalid input syntax"), Ready());
        Assert.Equal((Command.Execute, "22P02"), (talk.Only.Command, talk.Only.Error));
        Assert.False(talk.Only.Has(ExchangeFlags.SkippedAfterError));
    }

    [Fact]
    public void What_a_describe_told_before_the_bind_was_sent_is_the_executes_too()
    {
        byte[] describes = Join(Parse("", "select 1 / $1"), DescribeStatement(""), Flush), executes = Join(Bind("", "", ["0"]), Execute(""), Sync);
        byte[] described = Join(ParseComplete, ParameterTypes(23), Columns(("int4", 23))), failed = Join(Error("22012", "division by zero"), Ready());
        var inSteps = Talk.Joined().Client(describes).Server(described).Client(executes).Server(failed).Only;
        var atOnce = Talk.Joined().Client(describes, executes).Server(described, failed).Only;
        Assert.Equal(("int4:23", 0, "22012"), (inSteps.Columns, inSteps.Rows, inSteps.Error));
        Assert.Equal((atOnce.Columns, atOnce.Rows, atOnce.Error), (inSteps.Columns, inSteps.Rows, inSteps.Error));
    }

    [Fact]
    public void An_error_at_commit_belongs_to_the_batches_last_exchange()
    {
        var e = Talk.Joined()
            .Client(Parse("", "insert"), Bind("", ""), Execute(""), Sync)
            .Server(ParseComplete, BindComplete, Complete("INSERT 0 1"), Error("23503", "foreign key"), Ready())
            .Only;
        Assert.Equal(("23503", 1), (e.Error, e.Affected));
    }

    [Fact]
    public void Executes_behind_an_error_are_skipped_also_those_that_come_later()
    {
        var talk = Talk.Joined()
            .Client(Parse("a", "a"), Bind("", "a"), Execute(""), Bind("", "a"), Execute(""), Flush)
            .Server(ParseComplete, BindComplete, Error("22012", "division by zero"))
            .Client(Bind("", "a"), Execute(""))
            .Client(Sync)
            .Server(Ready())
            .Client(Bind("", "a"), Execute(""), Sync)
            .Server(BindComplete, Complete("SELECT 0"), Ready());
        Assert.Equal(4, talk.Seen.Count);
        Assert.Equal([false, true, true, false], talk.Seen.Select(e => e.Has(ExchangeFlags.SkippedAfterError)));
        Assert.All(talk.Seen, e => Assert.Equal("a", e.Text));
        Assert.Equal([0, 0, 0, 1], talk.Seen.Select(e => e.Batch));
        Assert.Equal(TransactionState.Idle, talk.Seen[2].State);
    }

    [Fact]
    public void A_pipeline_of_batches_is_matched_first_in_first_out()
    {
        var talk = Talk.Joined();
        for (var i = 0; i < 3; i++)
        {
            talk.Client(Parse("", $"select {i}"), Bind("", ""), Execute(""), Sync);
        }

        for (var i = 0; i < 3; i++)
        {
            talk.Server(ParseComplete, BindComplete, Row($"{i}"), Complete("SELECT 1"), Ready());
        }

        Assert.Equal(["select 0", "select 1", "select 2"], talk.Seen.Select(e => e.Text));
        Assert.Equal(["0", "1", "2"], talk.Seen.Select(e => e.Values));
        Assert.Equal([false, true, true], talk.Seen.Select(e => e.Has(ExchangeFlags.Pipelined)));
        Assert.Equal([0, 1, 2], talk.Seen.Select(e => e.Batch));
        // Requested at 1100, 1200, 1300; answered at 1400, 1500, 1600: none counts its predecessor's time.
        Assert.Equal([300L, 100L, 100L], talk.Seen.Select(e => e.Latency!.Value));
    }

    [Fact]
    public void Of_several_responses_in_one_segment_only_the_last_has_times()
    {
        var talk = Talk.Joined()
            .Client(Parse("s", "s"), Bind("", "s"), Execute(""), Bind("", "s"), Execute(""), Bind("", "s"), Execute(""), Sync)
            .Server(ParseComplete, BindComplete, Complete("SELECT 0"), BindComplete, Complete("SELECT 0"), BindComplete)
            .Server(Complete("SELECT 0"), Ready());
        Assert.Equal([null, null, 100L], talk.Seen.Select(e => e.Latency));
        Assert.Equal([false, true, true], talk.Seen.Select(e => e.Has(ExchangeFlags.Pipelined)));
        Assert.Equal([false, false, true], talk.Seen.Select(e => e.Has(ExchangeFlags.EndsBatch)));
    }

    [Fact]
    public void Responses_of_one_batch_in_segments_of_their_own_have_times_of_their_own()
    {
        var talk = Talk.Joined()
            .Client(Parse("s", "s"), Bind("", "s"), Execute(""), Bind("", "s"), Execute(""), Sync)
            .Server(ParseComplete, BindComplete, Complete("SELECT 0"))
            .Wait(900)
            .Server(BindComplete, Complete("SELECT 0"), Ready());
        Assert.Equal([100L, 1_000L], talk.Seen.Select(e => e.Latency!.Value));
    }

    [Fact]
    public void A_suspended_portal_is_an_exchange_each_time_it_is_executed()
    {
        var talk = Talk.Joined()
            .Client(Parse("", "select a from t"), Bind("c1", ""), DescribePortal("c1"), Execute("c1", 1), Sync)
            .Server(ParseComplete, BindComplete, Columns(("a", 23)), Row("1"), Suspended, Ready('T'))
            .Client(Execute("c1", 1), Sync)
            .Server(Row("2"), Suspended, Ready('T'))
            .Client(Execute("c1", 1), ClosePortal("c1"), Sync)
            .Server(Complete("SELECT 0"), CloseComplete, Ready('T'));
        Assert.Equal(3, talk.Seen.Count);
        Assert.All(talk.Seen, e => Assert.Equal((Command.Execute, "select a from t", "a:23"), (e.Command, e.Text, e.Columns)));
        Assert.Equal([true, true, false], talk.Seen.Select(e => e.Has(ExchangeFlags.PortalSuspended)));
        Assert.Equal([1, 1, 0], talk.Seen.Select(e => e.Rows));
    }

    [Fact]
    public void Messages_that_travel_alone_are_exchanges_with_their_names()
    {
        var talk = Talk.Joined()
            .Client(Parse("s", "select 1"), Sync).Server(ParseComplete, Ready())
            .Client(Bind("p", "s"), Sync).Server(BindComplete, Ready())
            .Client(DescribeStatement("s"), Sync).Server(ParameterTypes(), Columns(("a", 23)), Ready())
            .Client(CloseStatement("s"), CloseStatement("t"), Sync).Server(CloseComplete, CloseComplete, Ready())
            .Client(Flush)
            .Client(Sync).Server(Ready());
        Assert.Equal([Command.Parse, Command.Bind, Command.Describe, Command.Close, Command.Close, Command.Sync], talk.Seen.Select(e => e.Command));
        Assert.Equal("a:23", talk.Seen[2].Columns);
        Assert.Equal(Convert.ToHexString(Join(Flush, Sync)), talk.Seen[5].Request);
        Assert.All(talk.Seen, e => Assert.True(e.Has(Whole)));
    }

    [Fact]
    public void What_serves_an_execute_is_found_among_messages_that_do_not()
    {
        var talk = Talk.Joined()
            .Client(CloseStatement("old"), Parse("a", "select a"), Parse("b", "select b"), Parse("c", "select c"), Bind("", "b"), Execute(""), Bind("", "a"), Execute(""), Sync)
            .Server(CloseComplete, ParseComplete, ParseComplete, ParseComplete, BindComplete, Complete("SELECT 0"), BindComplete, Complete("SELECT 0"), Ready());
        Assert.Equal(["select b", "select a", "select c"], talk.Seen.Select(e => e.Text));
        Assert.Equal([Command.Execute, Command.Execute, Command.Parse], talk.Seen.Select(e => e.Command));
        Assert.Equal(Convert.ToHexString(Join(CloseStatement("old"), Parse("b", "select b"), Bind("", "b"), Execute(""))), talk.Seen[0].Request);
        Assert.Equal(Convert.ToHexString(Join(Parse("a", "select a"), Bind("", "a"), Execute(""))), talk.Seen[1].Request);
        Assert.Equal(6, talk.Seen[1].TextOffset - 1);
    }

    [Fact]
    public void A_statement_flushed_before_its_bind_belongs_to_the_execute()
    {
        var e = Talk.Joined()
            .Client(Parse("", "select $1"), DescribeStatement(""), Flush)
            .Server(ParseComplete, ParameterTypes(25), Columns(("t", 25)))
            .Client(Bind("", "", ["x"]), Execute(""), Sync)
            .Server(BindComplete, Row("x"), Complete("SELECT 1"), Ready())
            .Only;
        Assert.Equal((Command.Execute, "select $1", "25", "t:25", 100L), (e.Command, e.Text, e.Types, e.Columns, e.Latency));
    }

    [Fact]
    public void An_execute_that_is_flushed_ends_before_its_sync_which_travels_alone()
    {
        var talk = Talk.Joined()
            .Client(Parse("", "select 1"), Bind("", ""), Execute(""), Flush)
            .Server(ParseComplete, BindComplete, Row("1"), Complete("SELECT 1"))
            .Wait(5_000)
            .Client(Sync)
            .Server(Ready());
        Assert.Equal([Command.Execute, Command.Sync], talk.Seen.Select(e => e.Command));
        Assert.Equal([100L, 100L], talk.Seen.Select(e => e.Latency!.Value));
        Assert.Equal([0, 0], talk.Seen.Select(e => e.Batch));
    }

    [Fact]
    public void Statements_prepared_before_the_capture_are_unknown()
    {
        var e = Talk.Joined().Client(Bind("", "S_1", ["1"]), Execute(""), Sync).Server(BindComplete, Complete("UPDATE 1"), Ready()).Only;
        Assert.Equal(("", -1, 1), (e.Text, e.TextOffset, e.Affected));
        Assert.True(e.Has(ExchangeFlags.UnknownStatement | Whole));
    }

    [Fact]
    public void A_failed_parse_leaves_the_statement_that_had_the_name()
    {
        var talk = Talk.Joined()
            .Client(Parse("s", "select 1"), Sync).Server(ParseComplete, Ready())
            .Client(Parse("s", "select 2"), Sync).Server(Error("42P05", "prepared statement \"s\" already exists"), Ready())
            .Client(Bind("", "s"), Execute(""), Sync).Server(BindComplete, Complete("SELECT 0"), Ready());
        Assert.Equal(["select 1", "select 2", "select 1"], talk.Seen.Select(e => e.Text));
    }

    [Fact]
    public void The_oldest_statements_are_forgotten_when_there_are_too_many()
    {
        var talk = Talk.Joined(new ConversationLimits { MaxPreparedStatements = 2 });
        foreach (var name in new[] { "a", "b", "c" })
        {
            talk.Client(Parse(name, name), Sync).Server(ParseComplete, Ready());
        }

        foreach (var name in new[] { "a", "b", "c" })
        {
            talk.Client(Bind("", name), Execute(""), Sync).Server(BindComplete, Complete("SELECT 0"), Ready());
        }

        Assert.Equal(["", "b", "c"], talk.Seen.Skip(3).Select(e => e.Text));
        Assert.Equal([true, false, false], talk.Seen.Skip(3).Select(e => e.Has(ExchangeFlags.UnknownStatement)));
    }

    [Fact]
    public void A_statement_in_use_outlives_many_that_are_made_and_closed()
    {
        var talk = Talk.Joined(new ConversationLimits { MaxPreparedStatements = 4 }).Client(Parse("old", "old"), Sync).Server(ParseComplete, Ready());
        for (var i = 0; i < 50; i++)
        {
            talk.Client(Parse($"n{i}", "new"), Bind("", $"n{i}"), Execute(""), CloseStatement($"n{i}"), Sync)
                .Server(ParseComplete, BindComplete, Complete("SELECT 0"), CloseComplete, Ready());
        }

        talk.Client(Bind("", "old"), Execute(""), Sync).Server(BindComplete, Complete("SELECT 0"), Ready());
        Assert.Equal("old", talk.Seen[^1].Text);
        Assert.Equal(52, talk.Seen.Count);
    }

    [Fact]
    public void Too_long_a_pipeline_is_given_up()
    {
        var talk = Talk.Joined(new ConversationLimits { MaxPendingRequests = 10 });
        for (var i = 0; i < 11; i++)
        {
            talk.Client(Sync);
        }

        Assert.True(talk.Conversation.IsUndecodable);
        Assert.Equal(ProtocolFault.OverLimit, Assert.Single(talk.Faults));
        Assert.Equal(10, talk.Seen.Count);
    }
}
