using System.Text;
using Replay.TestKit.Scripted;
using Replay.Workload;

namespace Replay.Protocol.Tests.MySql;

public sealed class PreparedStatementTests
{
    private static readonly ushort[] IntAndString = [3, 0xFD];

    [Fact]
    public void ExecuteHasTextHandleAndParameters()
    {
        var sink = Prepared()
            .Client(MySqlWire.Execute(9, IntAndString, MySqlWire.Little(5, 4), MySqlWire.Text("x")))
            .Server(Rows(MySqlWire.BinaryRow(5, MySqlWire.Little(5, 4), MySqlWire.Text("ann")), MySqlWire.BinaryRow(6, MySqlWire.Little(6, 4), null), MySqlWire.Eof(7)))
            .PlayAllWays();

        Assert.Equal([Command.MySqlStatementPrepare, Command.MySqlStatementExecute], sink.Exchanges.Select(e => e.Command));
        var prepare = sink.Exchanges[0];
        Assert.Equal((9L, "select id, name from t where id >= ? and name <> ?", 5), (prepare.StatementHandle, prepare.Text, prepare.TextOffset));
        Assert.Equal(["id", "name"], prepare.Columns.Select(c => c.Name));
        var execute = sink.Exchanges[1];
        Assert.Equal((9L, prepare.Text, -1, 2L), (execute.StatementHandle, execute.Text, execute.TextOffset, execute.Rows));
        Assert.Equal(["5", "x"], execute.Parameters!);
        Assert.Empty(execute.ParameterTypes);
        Assert.Equal(MySqlWire.Little(5, 4), execute.Values[0][0]);
        Assert.True(execute.Columns[0].IsBinary);
        Assert.Empty(sink.Faults);
    }

    [Fact]
    public void TypesThatAreNotSentAgainAreRemembered()
    {
        var sink = Prepared()
            .Client(MySqlWire.Execute(9, IntAndString, MySqlWire.Little(5, 4), MySqlWire.Text("x"))).Server(Rows(MySqlWire.Eof(5)))
            .Client(MySqlWire.Execute(9, null, MySqlWire.Little(6, 4), MySqlWire.Text("yy"))).Server(Rows(MySqlWire.Eof(5)))
            .Client(MySqlWire.Execute(9, null, null, MySqlWire.Text("zz"))).Server(Rows(MySqlWire.Eof(5)))
            .PlayAllWays();

        Assert.Equal([3u, 0xFDu], sink.Exchanges[2].ParameterTypes);
        Assert.Equal(["6", "yy"], sink.Exchanges[2].Parameters!);
        Assert.Equal([null, "zz"], sink.Exchanges[3].Parameters!);
    }

    [Fact]
    public void LongDataIsMarked()
    {
        var sink = Prepared()
            .Client(MySqlWire.Command(24, MySqlWire.Little(9, 4), MySqlWire.Little(1, 2), Encoding.ASCII.GetBytes("many bytes")))
            .Client(MySqlWire.Execute(9, IntAndString, MySqlWire.Little(5, 4), [])).Server(Rows(MySqlWire.Eof(5)))
            .Client(MySqlWire.Execute(9, IntAndString, MySqlWire.Little(5, 4), MySqlWire.Text("s"))).Server(Rows(MySqlWire.Eof(5)))
            .PlayAllWays();

        Assert.Equal(Command.MySqlStatementSendLongData, sink.Exchanges[1].Command);
        Assert.Equal(9, sink.Exchanges[1].StatementHandle);
        Assert.Equal([3u, 0xFDu | (1 << 16)], sink.Exchanges[2].ParameterTypes);
        Assert.Equal(["5", "(long data)"], sink.Exchanges[2].Parameters!);
        Assert.Equal(["5", "s"], sink.Exchanges[3].Parameters!);
    }

    [Fact]
    public void CursorRowsComeByFetch()
    {
        var sink = Prepared()
            .Client(MySqlWire.Execute(9, IntAndString, MySqlWire.Little(5, 4), MySqlWire.Text("x")))
            .Server(MySqlWire.Packet(1, [2]), MySqlWire.Column(2, "id", 3), MySqlWire.Column(3, "name"), MySqlWire.Eof(4, MySqlWire.CursorExists))
            .Client(MySqlWire.Command(28, MySqlWire.Little(9, 4), MySqlWire.Little(2, 4)))
            .Server(MySqlWire.BinaryRow(1, MySqlWire.Little(5, 4), null), MySqlWire.BinaryRow(2, MySqlWire.Little(6, 4), null), MySqlWire.Eof(3, MySqlWire.CursorExists))
            .Client(MySqlWire.Command(26, MySqlWire.Little(9, 4))).Server(MySqlWire.Ok(1))
            .Client(MySqlWire.Command(25, MySqlWire.Little(9, 4)))
            .PlayAllWays();

        Assert.Equal(["stmt_prepare", "stmt_execute", "stmt_fetch", "stmt_reset", "stmt_close"], sink.Exchanges.Select(e => e.Command.Name()));
        Assert.True(sink.Exchanges[1].Flags.HasFlag(ExchangeFlags.CursorOpened));
        Assert.Equal(0, sink.Exchanges[1].Rows);
        Assert.Equal((2L, sink.Exchanges[0].Text), (sink.Exchanges[2].Rows, sink.Exchanges[2].Text));
        Assert.True(sink.Exchanges[2].Flags.HasFlag(ExchangeFlags.Hashed));
        Assert.False(sink.Exchanges[2].Flags.HasFlag(ExchangeFlags.CursorOpened));
        Assert.Empty(sink.Faults);
    }

    [Fact]
    public void MetadataThatMariaDbLeavesOutIsKnownFromThePrepare()
    {
        const uint CacheMetadata = 1 << 4;
        var sink = MySqlScript.LoggedIn(MySqlWire.Basic | MySqlWire.DeprecateEof, CacheMetadata)
            .Client(MySqlWire.Prepare("select a from t")).Server(MySqlWire.PrepareOk(4, 1, 0), MySqlWire.Column(2, "a", 3))
            .Client(MySqlWire.Execute(4, null)).Server(MySqlWire.Packet(1, [1, 1]), MySqlWire.Column(2, "a", 8), MySqlWire.BinaryRow(3, MySqlWire.Little(1, 8)), MySqlWire.Ok(4, header: 0xFE))
            .Client(MySqlWire.Execute(4, null)).Server(MySqlWire.Packet(1, [1, 0]), MySqlWire.BinaryRow(2, MySqlWire.Little(2, 8)), MySqlWire.Ok(3, header: 0xFE))
            .PlayAllWays();

        Assert.All(sink.Exchanges.Skip(1), e => Assert.Equal((1L, 8u), (e.Rows, Assert.Single(e.Columns).Type)));
        Assert.Equal(MySqlWire.Little(2, 8), sink.Exchanges[2].Values[0][0]);
        Assert.Empty(sink.Faults);
    }

    [Fact]
    public void ExecuteMayTravelWithItsPrepare()
    {
        var sink = MySqlScript.LoggedIn()
            .Client(MySqlWire.Prepare("insert into t values (?)"), MySqlWire.Execute(uint.MaxValue, [3], MySqlWire.Little(1, 4)))
            .Server(MySqlWire.PrepareOk(4, 0, 1), MySqlWire.Column(2, "?"), MySqlWire.Eof(3), MySqlWire.Ok(1, affected: 1))
            .Client(MySqlWire.Prepare("insrt (?)"), MySqlWire.Execute(uint.MaxValue, [3], MySqlWire.Little(1, 4)), MySqlWire.Command(25, MySqlWire.Little(4, 4)))
            .Server(MySqlWire.Error(1, 1064, "syntax"), MySqlWire.Error(1, 1243, "unknown statement"))
            .PlayAllWays();

        Assert.Equal((4L, "insert into t values (?)", 1L), (sink.Exchanges[1].StatementHandle, sink.Exchanges[1].Text, sink.Exchanges[1].Affected));
        Assert.Equal(["1"], sink.Exchanges[1].Parameters!);
        Assert.Equal(["", "", "1064", "1243", ""], sink.Exchanges.Select(e => e.ErrorCode));
        Assert.Equal("", sink.Exchanges[3].Text);
        Assert.All(sink.Exchanges, e => Assert.False(e.Flags.HasFlag(ExchangeFlags.UnknownStatement))); // nothing was prepared before the capture
        Assert.Equal(Command.MySqlStatementClose, sink.Exchanges[4].Command);
    }

    [Fact]
    public void BulkRowsAreParameters()
    {
        var sink = MySqlScript.LoggedIn(MySqlWire.Basic, 1 << 2)
            .Client(MySqlWire.Prepare("insert into t values (?, ?)")).Server(MySqlWire.PrepareOk(4, 0, 2), MySqlWire.Column(2, "?"), MySqlWire.Column(3, "?"), MySqlWire.Eof(4))
            .Client(MySqlWire.Command(0xFA, MySqlWire.Little(4, 4), MySqlWire.Little(128, 2), [3, 0], [0xFD, 0], [0], MySqlWire.Little(1, 4), [0], MySqlWire.Text("a"), [1], [2]))
            .Server(MySqlWire.Ok(1, affected: 2))
            .PlayAllWays();

        Assert.Equal(["1", "a", null, "DEFAULT"], sink.Exchanges[1].Parameters!);
        Assert.Equal("insert into t values (?, ?)", sink.Exchanges[1].Text);
    }

    [Fact]
    public void ParametersOfUnknownStatementsAreFoundByTheirBytes()
    {
        var (sink, _) = new MySqlScript()
            .Client(MySqlWire.Execute(77, [8, 0xFD, 5], MySqlWire.Little(12, 8), MySqlWire.Text("word"), BitConverter.GetBytes(0.5)))
            .Server(MySqlWire.Ok(1))
            .Play(fromStart: false);

        var exchange = Assert.Single(sink.Exchanges);
        Assert.True(exchange.Flags.HasFlag(ExchangeFlags.UnknownStatement));
        Assert.Equal((77L, ""), (exchange.StatementHandle, exchange.Text));
        Assert.Equal(["12", "word", "0.5"], exchange.Parameters!);
    }

    [Fact]
    public void AttributesOfAnExecuteAreNotParameters()
    {
        var (sink, _) = MySqlScript.LoggedIn(MySqlWire.Basic | MySqlWire.QueryAttributes)
            .Client(MySqlWire.Prepare("select ?")).Server(MySqlWire.PrepareOk(4, 0, 1), MySqlWire.Column(2, "?"), MySqlWire.Eof(3))
            .Client(MySqlWire.Command(
                23, MySqlWire.Little(4, 4), [8], MySqlWire.Little(1, 4), [2], [0], [1], MySqlWire.Little(3, 2), [0], MySqlWire.Little(0xFD, 2), MySqlWire.Text("trace"), MySqlWire.Little(1, 4), MySqlWire.Text("t")))
            .Server(MySqlWire.Ok(1))
            .Play();

        Assert.Equal(["1"], sink.Exchanges[1].Parameters!);
        Assert.Equal([new("trace", "t")], sink.Exchanges[1].Attributes!);
    }

    private static MySqlScript Prepared() => MySqlScript.LoggedIn()
        .Client(MySqlWire.Prepare("select id, name from t where id >= ? and name <> ?"))
        .Server(
            MySqlWire.PrepareOk(9, 2, 2),
            MySqlWire.Column(2, "?"),
            MySqlWire.Column(3, "?"),
            MySqlWire.Eof(4),
            MySqlWire.Column(5, "id", 3),
            MySqlWire.Column(6, "name"),
            MySqlWire.Eof(7));

    private static byte[] Rows(params byte[][] rows) => MySqlWire.Join([
        MySqlWire.Packet(1, [2]), MySqlWire.Column(2, "id", 3), MySqlWire.Column(3, "name"), MySqlWire.Eof(4), .. rows]);
}
