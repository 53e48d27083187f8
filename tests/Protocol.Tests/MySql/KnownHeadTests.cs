using Replay.TestKit.Scripted;

namespace Replay.Protocol.Tests.MySql;

/// <summary>Responses that begin like the one before. Cut into pieces they are read, whole they are recognised, so playing all ways compares the two.</summary>
public sealed class KnownHeadTests
{
    public static TheoryData<bool> BothEofs => new() { true, false };

    [Theory]
    [MemberData(nameof(BothEofs))]
    public void SameColumnsAgain(bool deprecateEof)
    {
        var exchanges = LoggedIn(deprecateEof)
            .Client(MySqlWire.Query("select a from t where id = 1")).Server(Head("a", deprecateEof), Rows(deprecateEof, "x"))
            .Client(MySqlWire.Query("select a from t where id = 2")).Server(Head("a", deprecateEof), Rows(deprecateEof, "y", null))
            .Client(MySqlWire.Query("select b from t where id = 3")).Server(Head("b", deprecateEof), Rows(deprecateEof, "z"))
            .Client(MySqlWire.Query("select a from t where id = 4")).Server(Head("a", deprecateEof), Rows(deprecateEof))
            .Client(MySqlWire.Query("select a from t where id = 5")).Server(Head("a", deprecateEof)).Server(Rows(deprecateEof, "w"))
            .PlayAllWays().Exchanges;

        Assert.Equal(["a", "a", "b", "a", "a"], exchanges.Select(e => Assert.Single(e.Columns).Name));
        Assert.Equal([1L, 2, 1, 0, 1], exchanges.Select(e => e.Rows));
        Assert.Equal(["y"], exchanges[1].FirstRow());
        Assert.Equal(exchanges[0].ResponseBytes, exchanges[2].ResponseBytes);
    }

    [Fact]
    public void AnErrorBehindTheHeadIsNoPartOfIt()
    {
        var exchanges = LoggedIn(true)
            .Client(MySqlWire.Query("select a from t")).Server(Head("a", true), Rows(true, "x"))
            .Client(MySqlWire.Query("select a from t")).Server(Head("a", true), MySqlWire.Error(3, 1317, "Query execution was interrupted"))
            .Client(MySqlWire.Query("select a from t")).Server(Head("a", true), Rows(true, "x"))
            .PlayAllWays().Exchanges;

        Assert.Equal(["", "1317", ""], exchanges.Select(e => e.ErrorCode));
        Assert.Equal(exchanges[0].SetHash, exchanges[2].SetHash);
    }

    [Fact]
    public void ASecondResultSetIsNoHead()
    {
        const ushort more = MySqlWire.Autocommit | 8;
        var exchanges = LoggedIn(true)
            .Client(MySqlWire.Query("insert into t values (1); select a from t"))
            .Server(MySqlWire.Ok(1, affected: 1, status: more), MySqlWire.Packet(2, [1]), MySqlWire.Column(3, "a"), MySqlWire.TextRow(4, "x"), MySqlWire.Ok(5, header: 0xFE))
            .Client(MySqlWire.Query("insert into t values (2); select a from t"))
            .Server(MySqlWire.Ok(1, affected: 1, status: more), MySqlWire.Packet(2, [1]), MySqlWire.Column(3, "a"), MySqlWire.TextRow(4, "y"), MySqlWire.Ok(5, header: 0xFE))
            .PlayAllWays().Exchanges;

        Assert.Equal([1L, 1], exchanges.Select(e => e.Affected));
        Assert.Equal([1L, 1], exchanges.Select(e => e.Rows));
    }

    [Fact]
    public void BinaryRowsAreNotTakenForText()
    {
        var exchanges = LoggedIn(true)
            .Client(MySqlWire.Query("select a from t")).Server(Head("a", true), Rows(true, "x"))
            .Client(MySqlWire.Prepare("select a from t")).Server(MySqlWire.PrepareOk(1, columns: 1, parameters: 0), MySqlWire.Column(2, "a"))
            .Client(MySqlWire.Execute(1, null)).Server(Head("a", true), MySqlWire.BinaryRow(3, MySqlWire.Text("x")), MySqlWire.Ok(4, header: 0xFE))
            .Client(MySqlWire.Execute(1, null)).Server(Head("a", true), MySqlWire.BinaryRow(3, MySqlWire.Text("x")), MySqlWire.Ok(4, header: 0xFE))
            .PlayAllWays().Exchanges;

        Assert.Equal([false, true, true], exchanges.Where(e => e.Rows == 1).Select(e => e.Columns[0].IsBinary));
        Assert.All(exchanges.Where(e => e.Rows == 1), e => Assert.Equal(["x"], e.FirstRow()));
    }

    private static MySqlScript LoggedIn(bool deprecateEof) => MySqlScript.LoggedIn(MySqlWire.Basic | (deprecateEof ? MySqlWire.DeprecateEof : 0));

    private static byte[] Head(string column, bool deprecateEof) =>
        MySqlWire.Join(MySqlWire.Packet(1, [1]), MySqlWire.Column(2, column), deprecateEof ? [] : MySqlWire.Eof(3));

    private static byte[] Rows(bool deprecateEof, params string?[] values)
    {
        var first = deprecateEof ? 3 : 4;
        var end = first + values.Length;
        return MySqlWire.Join([.. values.Select((v, i) => MySqlWire.TextRow(first + i, v)), deprecateEof ? MySqlWire.Ok(end, header: 0xFE) : MySqlWire.Eof(end)]);
    }
}
