using System.Text;
using Replay.TestKit.Scripted;
using Replay.Workload;

namespace Replay.Protocol.Tests.MySql;

public sealed class QueryTests
{
    public static TheoryData<bool> BothEofs => new() { true, false };

    [Theory]
    [MemberData(nameof(BothEofs))]
    public void RowsOfOneResultSet(bool deprecateEof)
    {
        var end = deprecateEof ? MySqlWire.Ok(6, status: MySqlWire.InTransaction, warnings: 2, header: 0xFE) : MySqlWire.Eof(7, MySqlWire.InTransaction, 2);
        var first = deprecateEof ? 4 : 5;
        var sink = MySqlScript.LoggedIn(MySqlWire.Basic | (deprecateEof ? MySqlWire.DeprecateEof : 0))
            .Client(MySqlWire.Query("select id, name from t"))
            .Server(
                MySqlWire.Packet(1, [2]),
                MySqlWire.Column(2, "id", 3, flags: 0x4203, collation: 63),
                MySqlWire.Column(3, "name", decimals: 31),
                deprecateEof ? [] : MySqlWire.Eof(4),
                MySqlWire.TextRow(first, "1", "ann"),
                MySqlWire.TextRow(first + 1, "2", null),
                end)
            .PlayAllWays();

        var exchange = Assert.Single(sink.Exchanges);
        Assert.Equal("select id, name from t", exchange.Text);
        Assert.Equal(5, exchange.TextOffset);
        Assert.Equal(MySqlWire.Query("select id, name from t"), exchange.Request);
        Assert.Equal((2L, -1L, 2), (exchange.Rows, exchange.Affected, exchange.Warnings));
        Assert.Equal(TransactionState.Open, exchange.TransactionState);
        Assert.Equal([new Column("id", 3 + (256 * 0x4203), 63, false), new Column("name", 0xFD, 45 + (65536 * 31), false)], exchange.Columns);
        Assert.Equal(["1", "ann"], exchange.FirstRow());
        Assert.Equal(2, exchange.ColumnHashes);
        Assert.Equal(ExchangeFlags.Complete | ExchangeFlags.RequestComplete | ExchangeFlags.Timed | ExchangeFlags.Hashed | ExchangeFlags.NormalHashed, exchange.Flags);
        Assert.Empty(sink.Faults);
    }

    [Theory]
    [InlineData(1000, 3, true)]
    [InlineData(40, 2, false)]
    [InlineData(12, 1, false)]
    public void RowsAfterTheFirstAreKeptAsManyAsFit(int bytes, int kept, bool areAll)
    {
        var recorder = new RowRecorder(new ConversationLimits { KeepRows = true, MaxValuesBytes = bytes, MaxFirstRowBytes = 14 });
        recorder.Reset();
        foreach (var value in new[] { "first row", "other row", "third row" })
        {
            recorder.BeginRow(1);
            recorder.Value(Encoding.ASCII.GetBytes(value));
            recorder.EndRow();
        }

        var rows = RowValues.Decode(recorder.Values);
        Assert.Equal((kept, areAll, 3), (rows.Count, recorder.HasAllValues, recorder.Rows));
        Assert.Equal(kept == 1 ? "f" : "first row", Encoding.ASCII.GetString(rows[0][0]!));
    }

    [Fact]
    public void TimesAreThoseOfTheSegments()
    {
        var row = MySqlWire.TextRow(3, "1");
        var (sink, _) = MySqlScript.LoggedIn(MySqlWire.Basic | MySqlWire.DeprecateEof)
            .Client(MySqlWire.Query("select 1")[..5])
            .Client(MySqlWire.Query("select 1")[5..])
            .Server(MySqlWire.Packet(1, [1])[..2])
            .Server(MySqlWire.Packet(1, [1])[2..], MySqlWire.Column(2, "1"), row)
            .Server(MySqlWire.Ok(4, header: 0xFE))
            .Play();

        var exchange = Assert.Single(sink.Exchanges);
        Assert.Equal((6000L, 6000L, 7000L, 9000L), (exchange.RequestedAt, exchange.StartedAt, exchange.FirstByteAt, exchange.EndedAt));
    }

    [Fact]
    public void OneRowIsKeptWhole()
    {
        var value = new string('v', 1000);
        var sink = Select(value);

        Assert.True(sink.Exchanges[0].Flags.HasFlag(ExchangeFlags.AllValues));
        Assert.Equal([value], sink.Exchanges[0].FirstRow());
    }

    [Fact]
    public void RowBeyondTheBoundIsCut()
    {
        var sink = Select(new string('v', 5000));

        Assert.False(sink.Exchanges[0].Flags.HasFlag(ExchangeFlags.AllValues));
        Assert.True(sink.Exchanges[0].Flags.HasFlag(ExchangeFlags.Hashed));
        Assert.InRange(sink.Exchanges[0].FirstRow().First()!.Length, 200, 256);
    }

    [Fact]
    public void ChangeTellsRowsAndId()
    {
        var sink = MySqlScript.LoggedIn()
            .Client(MySqlWire.Query("insert into t values (1), (2)"))
            .Server(MySqlWire.Ok(1, affected: 300, insertId: 70_000, warnings: 1, more: Encoding.ASCII.GetBytes("Records: 300")))
            .PlayAllWays();

        var exchange = Assert.Single(sink.Exchanges);
        Assert.Equal((-1L, 300L, 70_000UL, 1), (exchange.Rows, exchange.Affected, exchange.InsertId, exchange.Warnings));
        Assert.Equal(TransactionState.Idle, exchange.TransactionState);
    }

    [Fact]
    public void ErrorIsAnOutcome()
    {
        var sink = MySqlScript.LoggedIn().Client(MySqlWire.Query("selct")).Server(MySqlWire.Error(1, 1064, "syntax", "42000")).PlayAllWays();

        var exchange = Assert.Single(sink.Exchanges);
        Assert.Equal(("1064", "syntax", true), (exchange.ErrorCode, exchange.ErrorMessage, exchange.IsComplete));
    }

    [Fact]
    public void SeveralResultsAreOneExchange()
    {
        var sink = MySqlScript.LoggedIn()
            .Client(MySqlWire.Query("select 1; update t set a = 1; select 2; delete from nope"))
            .Server(
                MySqlWire.Packet(1, [1]),
                MySqlWire.Column(2, "1"),
                MySqlWire.Eof(3),
                MySqlWire.TextRow(4, "1"),
                MySqlWire.Eof(5, MySqlWire.MoreResults, 1),
                MySqlWire.Ok(6, affected: 7, insertId: 5, status: MySqlWire.MoreResults, warnings: 2))
            .Server(
                MySqlWire.Packet(7, [1]),
                MySqlWire.Column(8, "2"),
                MySqlWire.Eof(9),
                MySqlWire.TextRow(10, "2"),
                MySqlWire.TextRow(11, "3"),
                MySqlWire.Eof(12, MySqlWire.MoreResults),
                MySqlWire.Error(13, 1146, "no such table"))
            .PlayAllWays();

        var exchange = Assert.Single(sink.Exchanges);
        Assert.Equal((3L, 7L, 3, 5UL), (exchange.Rows, exchange.Affected, exchange.Warnings, exchange.InsertId));
        Assert.Equal("1146", exchange.ErrorCode);
        Assert.Equal("1", Assert.Single(exchange.Columns).Name);
        Assert.False(exchange.Flags.HasFlag(ExchangeFlags.AllValues));
    }

    [Fact]
    public void ReturningKeepsAllRows()
    {
        var sink = MySqlScript.LoggedIn()
            .Client(MySqlWire.Query("/* till 7 */ INSERT INTO t (v) VALUES ('a'), ('b') RETURNING id"))
            .Server(MySqlWire.Packet(1, [1]), MySqlWire.Column(2, "id"), MySqlWire.Eof(3), MySqlWire.TextRow(4, "8"), MySqlWire.TextRow(5, "9"), MySqlWire.Eof(6))
            .PlayAllWays();

        var exchange = Assert.Single(sink.Exchanges);
        Assert.True(exchange.Flags.HasFlag(ExchangeFlags.AllValues));
        Assert.Equal(["8", "9"], exchange.Values.Select(r => Encoding.ASCII.GetString(r[0]!)));
    }

    [Fact]
    public void LocalInfileBelongsToItsStatement()
    {
        var data = MySqlWire.Packet(2, Encoding.ASCII.GetBytes("1\tann\n2\tbob\n"));
        var end = MySqlWire.Packet(3);
        var statement = MySqlWire.Query("load data local infile 'x' into table t");
        var sink = MySqlScript.LoggedIn()
            .Client(statement)
            .Server(MySqlWire.Packet(1, [0xFB], Encoding.ASCII.GetBytes("x")))
            .Client(data, end)
            .Server(MySqlWire.Ok(4, affected: 2))
            .Client(MySqlWire.Command(14))
            .Server(MySqlWire.Ok(1))
            .PlayAllWays();

        Assert.Equal(2, sink.Exchanges.Count);
        var load = sink.Exchanges[0];
        Assert.Equal(MySqlWire.Join(statement, data, end), load.Request);
        Assert.Equal("load data local infile 'x' into table t", load.Text);
        Assert.Equal(2, load.Affected);
        Assert.True(load.Flags.HasFlag(ExchangeFlags.CopyIn | ExchangeFlags.Complete));
        Assert.Empty(sink.Faults);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // MySQL tells the dead client that it was cut off
    public void AFileWithoutItsEndIsNoRequestThatCouldBeSentAgain(bool answers)
    {
        var script = MySqlScript.LoggedIn()
            .Client(MySqlWire.Query("load data local infile 'x' into table t"))
            .Server(MySqlWire.Packet(1, [0xFB], Encoding.ASCII.GetBytes("x")))
            .Client(MySqlWire.Packet(2, Encoding.ASCII.GetBytes("1\tann\n")));
        var (sink, _) = (answers ? script.Server(MySqlWire.Error(3, 1158, "Got an error reading communication packets")) : script).Play();

        var load = Assert.Single(sink.Exchanges);
        Assert.True(load.Flags.HasFlag(ExchangeFlags.CopyIn));
        Assert.False(load.Flags.HasFlag(ExchangeFlags.RequestComplete));
        Assert.False(load.Flags.HasFlag(ExchangeFlags.Complete));
        Assert.Equal(answers ? "1158" : "", load.ErrorCode);
    }

    [Fact]
    public void FilesOfManyPacketsMayWrapTheSequence()
    {
        var data = MySqlWire.Join([.. Enumerable.Range(0, 300).Select(i => MySqlWire.Packet((2 + i) & 0xFF, [0x0E, (byte)i]))]);
        var (sink, _) = MySqlScript.LoggedIn()
            .Client(MySqlWire.Query("load data local infile 'x' into table t"))
            .Server(MySqlWire.Packet(1, [0xFB], [(byte)'x']))
            .Client(data, MySqlWire.Packet(302 & 0xFF))
            .Server(MySqlWire.Ok(303 & 0xFF, affected: 300))
            .Play();

        Assert.Equal(300, Assert.Single(sink.Exchanges).Affected);
        Assert.Empty(sink.Faults);
    }

    [Fact]
    public void AttributesAreNotPartOfTheText()
    {
        var (sink, _) = MySqlScript.LoggedIn(MySqlWire.Basic | MySqlWire.QueryAttributes)
            .Client(MySqlWire.Command(
                3, [2, 1], [0], [1], MySqlWire.Little(254, 2), MySqlWire.Text("traceparent"), MySqlWire.Little(3, 2), MySqlWire.Text("n"), MySqlWire.Text("00-ab"), MySqlWire.Little(7, 4), Encoding.ASCII.GetBytes("select 1")))
            .Server(MySqlWire.Ok(1))
            .Client(MySqlWire.Command(3, [0, 1], Encoding.ASCII.GetBytes("select 2")))
            .Server(MySqlWire.Ok(1))
            .Play();

        Assert.Equal(["select 1", "select 2"], sink.Exchanges.Select(e => e.Text));
        Assert.Equal([new("traceparent", "00-ab"), new("n", "7")], sink.Exchanges[0].Attributes!);
        Assert.Null(sink.Exchanges[1].Attributes);
        Assert.Equal(7, sink.Exchanges[1].TextOffset);
    }

    [Fact]
    public void CommandsWithoutText()
    {
        var sink = MySqlScript.LoggedIn()
            .Client(MySqlWire.Command(2, Encoding.ASCII.GetBytes("other"))).Server(MySqlWire.Ok(1))
            .Client(MySqlWire.Command(9)).Server(MySqlWire.Packet(1, Encoding.ASCII.GetBytes("Uptime: 5  Threads: 1")))
            .Client(MySqlWire.Command(27, [0, 0])).Server(MySqlWire.Eof(1))
            .Client(MySqlWire.Command(4, MySqlWire.Zero("t"))).Server(MySqlWire.Column(1, "id"), MySqlWire.Column(2, "name"), MySqlWire.Eof(3))
            .Client(MySqlWire.Command(31)).Server(MySqlWire.Ok(1))
            .Client(MySqlWire.Command(1))
            .PlayAllWays();

        Assert.Equal(
            ["init_db", "statistics", "set_option", "field_list", "reset_connection", "quit"],
            sink.Exchanges.Select(e => e.Command.Name()));
        Assert.All(sink.Exchanges, e => Assert.True(e.IsComplete));
        Assert.Equal(Enumerable.Range(0, 6), sink.Exchanges.Select(e => e.Ordinal));
        Assert.True(sink.Exchanges[5].Flags.HasFlag(ExchangeFlags.NoResponse));
        Assert.Empty(sink.Faults);
    }

    [Fact]
    public void ProgressReportIsNoError()
    {
        var sink = MySqlScript.LoggedIn()
            .Client(MySqlWire.Query("alter table t add key (a)"))
            .Server(MySqlWire.Packet(1, [0xFF, 0xFF, 0xFF, 1, 1, 2, 50, 0, 0, 3], Encoding.ASCII.GetBytes("abc")))
            .Server(MySqlWire.Ok(2, affected: 0))
            .PlayAllWays();

        Assert.Empty(Assert.Single(sink.Exchanges).ErrorCode);
    }

    [Fact]
    public void ReplicasAreToldApart()
    {
        var (sink, conversation) = MySqlScript.LoggedIn()
            .Client(MySqlWire.Command(18, new byte[10]))
            .Server(MySqlWire.Packet(1, new byte[40]))
            .Play();

        Assert.True(conversation.Facts.Replication);
        Assert.Equal(Command.MySqlBinlogDump, Assert.Single(sink.Exchanges).Command);
        Assert.Empty(sink.Faults);
    }

    [Fact]
    public void EndWithoutResponseIsIncomplete()
    {
        var (sink, _) = MySqlScript.LoggedIn().Client(MySqlWire.Query("select sleep(9)")).Play();

        var exchange = Assert.Single(sink.Exchanges);
        Assert.False(exchange.IsComplete);
        Assert.True(exchange.Flags.HasFlag(ExchangeFlags.RequestComplete));
        Assert.Equal((exchange.StartedAt, exchange.StartedAt), (exchange.FirstByteAt, exchange.EndedAt));
    }

    private static RecordingSink Select(string value) => MySqlScript.LoggedIn()
        .Client(MySqlWire.Query("select v"))
        .Server(MySqlWire.Packet(1, [1]), MySqlWire.Column(2, "v"), MySqlWire.Eof(3), MySqlWire.TextRow(4, value), MySqlWire.Eof(5))
        .Play().Sink;
}
