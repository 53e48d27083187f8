using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Replay.Workload;

namespace Replay.Replayer.Tests.Values;

public sealed class DrawnIdsTests
{
    private static readonly SequenceColumn Orders = new("public", "orders", "id", "public.orders_id_seq", 1);
    private static readonly SequenceColumn Tens = new("public", "tens", "id", "public.tens_id_seq", 10);

    [Theory]
    [InlineData("insert into orders (name) values (?) returning id", true)]
    [InlineData("insert into public.orders (name) select name from others returning *", true)]
    [InlineData("insert into elsewhere.orders (name) values (?) returning id", false)]
    [InlineData("insert into orders (id, name) values (?) returning id", false)]
    [InlineData("insert into orders values (?) returning id", false)]
    [InlineData("insert into orders (name) values (?) on conflict (name) do update set name = ? returning id", false)]
    [InlineData("insert into orders (name) values (?) on conflict do nothing returning id", false)]
    [InlineData("select id from orders", false)]
    [InlineData("insert into orders (name) values (?); insert into orders (name) values (?)", false)]
    public void InsertsThatLeaveTheColumnToItsSequenceDraw(string text, bool expected)
    {
        var exchange = Response(["41"], "id");
        Assert.Equal(expected, Finder(text).TryFind(in exchange, out var draw));
        Assert.Equal(expected ? new Draw(Orders, 1, 41, 41) : default, draw);
    }

    [Theory]
    [InlineData("insert into orders (name) values (?) returning id", true)]
    [InlineData("insert into public.orders (name) values (?) returning id", false)]
    public void ANameThatOtherSchemasHaveTooDoesNotTellTheSequence(string text, bool isUnclear)
    {
        var exchange = Response(["41"], "id");
        Assert.True(new DrawnIds([Orders with { HasNamesakes = true }], [new Shape(0, Engine.PostgreSql, 1, 2, text, "write")]).TryFind(in exchange, out var draw));
        Assert.Equal(isUnclear, draw.Column.IsUnclear);
    }

    [Fact]
    public void AllRowsCount()
    {
        var exchange = Response(["43", "41", "42"], "id");
        Assert.True(Finder("insert into orders (name) values (?) returning id").TryFind(in exchange, out var draw));
        Assert.Equal(new Draw(Orders, 3, 41, 43), draw);
    }

    [Fact]
    public void BinaryValuesAreReadToo()
    {
        var value = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(value, 5_000_000_000);
        var exchange = Response([Encoding.Latin1.GetString(value)], "id", isBinary: true);
        Assert.True(DrawnIds.TryRead(in exchange, "id", out _, out var last));
        Assert.Equal(5_000_000_000, last);
    }

    [Theory]
    [InlineData("name", "41", "")]
    [InlineData("id", "abc", "")]
    [InlineData("id", "41", "23505")]
    public void WhatIsNotShownIsNotTold(string column, string value, string error)
    {
        var exchange = Response([value], column);
        exchange.ErrorCode = Encoding.ASCII.GetBytes(error);
        Assert.True(Finder("insert into orders (name) values (?) returning name").TryFind(in exchange, out var draw));
        Assert.Equal(new Draw(Orders, 1, 0, 0), draw);
    }

    [Fact]
    public void AnInsertOfNoRowsDrawsNothing()
    {
        var exchange = Response([], "id");
        exchange.Affected = 0;
        Assert.False(Finder("insert into orders (name) select name from others").TryFind(in exchange, out _));
    }

    [Fact]
    public void ASequenceStartsBeforeTheFirstIdAndWhatWasDrawnUntoldBeforeIt()
    {
        var starts = new SequenceStarts();
        starts.Saw(new Draw(Tens, 2, 0, 0));
        starts.Saw(new Draw(Tens, 1, 150, 150));
        starts.Saw(new Draw(Tens, 1, 0, 0));
        starts.Saw(new Draw(Tens, 2, 130, 140)); // overlapped the one before
        starts.Saw(new Draw(Orders, 3, 0, 0)); // nothing tells
        Assert.Equal([(Tens, 100L)], starts.All);
        Assert.False(starts.IsEnough(2));
    }

    [Fact]
    public void EnoughIsEnough()
    {
        var starts = new SequenceStarts();
        for (var id = 1; id <= SequenceStarts.EnoughInserts; id++)
        {
            Assert.False(starts.IsEnough(1));
            starts.Saw(new Draw(Orders, 1, id, id));
        }

        Assert.True(starts.IsEnough(1));
        Assert.Equal([(Orders, 0L)], starts.All);
    }

    private static DrawnIds Finder(string text) => new([Orders, Tens], [new Shape(0, Engine.PostgreSql, 1, 2, text, "write")]);

    private static Exchange Response(string[] values, string column, bool isBinary = false)
    {
        var columns = new ArrayBufferWriter<byte>();
        ColumnList.Begin(columns, 1);
        ColumnList.AppendColumn(columns, Encoding.UTF8.GetBytes(column), 20, 0, isBinary);
        var rows = new ArrayBufferWriter<byte>();
        foreach (var value in values)
        {
            RowValues.BeginRow(rows, 1);
            RowValues.AppendValue(rows, Encoding.Latin1.GetBytes(value));
        }

        var exchange = Exchange.Empty;
        exchange.Command = Command.Query;
        exchange.Flags = ExchangeFlags.Complete | ExchangeFlags.AllValues;
        exchange.Shape = 0;
        exchange.Rows = exchange.Affected = values.Length;
        exchange.Columns = columns.WrittenSpan;
        exchange.Values = rows.WrittenSpan;
        return exchange;
    }
}
