using System.Buffers;
using System.Text;
using Replay.Client;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer.Tests.Ordering;

/// <summary>Names without a schema in databases that have tables of one name in several.</summary>
public class OtherSchemasTests
{
    private static readonly OrderCatalog Catalog = new()
    {
        Dialect = SqlDialect.PostgreSql,
        Schemas = ["public", "t1"],
        Tables = [Table("public", "public.log", ["public.log", "t1.log"]), Table("t1", "t1.log", ["public.log", "t1.log"]), Log("public"), Log("t1")],
        Views = [new CatalogView("public", "v", ["public.s"])],
    };

    private readonly OrderRecorder _recorder = new();
    private readonly DrawRecorder _draws = new();
    private readonly SequenceOrder _sequences;
    private readonly OrderBuilder _builder;
    private readonly OrderFeed _feed;
    private int _position;

    public OtherSchemasTests()
    {
        _builder = new OrderBuilder(new OrderOptions(), _recorder);
        _sequences = new SequenceOrder(Catalog, new SequenceEvidence(), _builder.Counts, _draws);
        _feed = new OrderFeed(Catalog, _builder, _sequences);
    }

    [Fact]
    public void ANameIsThatOfTheSessionsPath()
    {
        Add(1, 0, 10, 20, "SET search_path TO t1");
        Add(1, 1, 30, 60, "UPDATE log SET a = 1 WHERE id = 5");
        Add(2, 0, 40, 70, "UPDATE t1.log SET a = 1 WHERE id = 5");
        Add(3, 0, 40, 80, "UPDATE log SET a = 1 WHERE id = 5");
        _feed.Finish();

        Assert.Equal([OrderDependency.OnEnd(1, 1, OrderReason.Key)], _recorder.At(2, 0).Dependencies);
        Assert.Empty(_recorder.At(3, 0).Dependencies);
        Assert.Equal(0, _builder.Counts.TouchEverything);
    }

    [Theory]
    [InlineData("UPDATE log SET a = 1 WHERE id = 5", 1)]
    [InlineData("UPDATE t1.log SET a = 1 WHERE id = 5", 0)]
    public void APathThatCannotBeToldTouchesEverything(string sql, long expected)
    {
        Add(1, 0, 10, 20, "SELECT set_config('search_path', name, false) FROM public.log");
        Add(1, 1, 30, 60, sql);
        _feed.Finish();
        Assert.Equal(expected, _builder.Counts.TouchEverything);
    }

    [Fact]
    public void WhatCameBeforeItsPredecessorMeantWhatThatHadSet()
    {
        Add(1, 1, 30, 60, "UPDATE log SET a = 1 WHERE id = 5");
        Add(1, 0, 10, 20, "SET search_path TO t1");
        _feed.Finish();
        Assert.Equal(1, _builder.Counts.TouchEverything);
    }

    [Fact]
    public void EachSequenceHasItsOwnDraws()
    {
        Add(1, 0, 10, 20, "SET search_path TO t1");
        Add(1, 1, 30, 40, "INSERT INTO s (v) VALUES (1) RETURNING id", id: "7");
        Add(2, 0, 30, 50, "INSERT INTO s (v) VALUES (1) RETURNING id", id: "100");
        Add(3, 0, 60, 70, "INSERT INTO t1.s (v) VALUES (1)");
        Add(1, 2, 80, 90, "INSERT INTO s (v) VALUES (1) RETURNING id", id: "9");
        _feed.Finish();

        Assert.Equal(["public.s_id_seq 100 True", "t1.s_id_seq 9 True"], _sequences.Sequences.Select(s => $"{s.Sequence.Name} {s.Highest} {s.IsExact}").Order(StringComparer.Ordinal));
        Assert.Equal(["1: 7", "2: 100", "3: 8", "4: 9"], _draws.Told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void AnInsertOfWhichNobodyKnowsWhereItGoesLeavesNoSequenceExact()
    {
        Add(1, 0, 10, 20, "INSERT INTO s (v) VALUES (1) RETURNING id", id: "7");
        Add(2, 0, 30, 40, "SELECT set_config('search_path', name, false) FROM public.log");
        Add(2, 1, 50, 60, "INSERT INTO s (v) VALUES (1) RETURNING id", id: "9");
        _feed.Finish();
        Assert.Equal([("public.s_id_seq", 7L, false)], _sequences.Sequences.Select(s => (s.Sequence.Name, s.Highest, s.IsExact)));
    }

    [Theory]
    [InlineData("public", "UPDATE traced SET a = 1 WHERE id = 5", "public.log public.traced")]
    [InlineData("t1,public", "UPDATE traced SET a = 1 WHERE id = 5", "*")] // no log anywhere else
    [InlineData("t1", "UPDATE s SET v = 1", "public.log t1.log t1.s")]
    [InlineData("t1,public", "SELECT * FROM v", "public.s")]
    [InlineData("made_later,public", "UPDATE nobody_knows SET a = 1", "*")]
    [InlineData("made_later,public", "UPDATE log SET a = 1", "public.log")]
    public void TriggersAndViewsAreThoseOfThePath(string path, string sql, string expected)
    {
        var resolver = new AccessResolver(Catalog with { Tables = [.. Catalog.Tables, Table("public", "public.log", null, "traced")] });
        var bytes = Encoding.UTF8.GetBytes(sql);
        var unit = new OrderUnit();
        resolver.Resolve(new AccessReader(SqlDialect.PostgreSql).Read(bytes), bytes, LexerOptions.None, default, default, resolver.Catalog.Paths.Of(path, "app"), unit);
        var names = resolver.TableNames.ToDictionary(t => t.Number, t => t.Name);
        var touched = unit.Accesses.Select(a => a.Table == OrderTables.Everything ? "*" : names[a.Table]).Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.Equal(expected, touched.Contains("*") ? "*" : string.Join(' ', touched));
    }

    [Theory]
    [InlineData("DELETE FROM log WHERE id = 5", false)]
    [InlineData("DELETE FROM t1.log WHERE id = 5", true)]
    [InlineData("DELETE FROM traced WHERE id = 5", true)]
    public void ARowIsNotAskedForInATableThatMayBeAnother(string sql, bool isAsked)
    {
        var catalog = new CatalogIndex(Catalog with { Tables = [.. Catalog.Tables, Table("public", "public.log", null, "traced")] });
        Assert.Equal(isAsked, CutQuestion.Of(catalog, sql, [], "shop", TargetNames.AsCaptured) is not null);
    }

    private static CatalogTable Table(string schema, string? touches, IReadOnlyList<string>? elsewhere, string name = "s") => new()
    {
        Schema = schema,
        Name = name,
        Columns = [new CatalogColumn("id", KeyType.Integer, IsGenerated: true, Sequence: new CatalogSequence($"{schema}.{name}_id_seq", 1, 1)), new CatalogColumn("v", KeyType.Other)],
        Keys = [["id"]],
        Triggers = [new CatalogTrigger(["update"], touches is null ? null : [touches]) { Elsewhere = elsewhere }],
    };

    private static CatalogTable Log(string schema) => new() { Schema = schema, Name = "log", Columns = [new CatalogColumn("id", KeyType.Integer), new CatalogColumn("a", KeyType.Other)], Keys = [["id"]] };

    private void Add(int session, int ordinal, long requested, long ended, string sql, string? id = null)
    {
        var columns = new ArrayBufferWriter<byte>();
        var values = new ArrayBufferWriter<byte>();
        if (id is not null)
        {
            ColumnList.Begin(columns, 1);
            ColumnList.AppendColumn(columns, "id"u8, 20, 0, isBinary: false);
            RowValues.BeginRow(values, 1);
            RowValues.AppendValue(values, Encoding.ASCII.GetBytes(id));
        }

        var exchange = Exchange.Empty;
        exchange.Session = session;
        exchange.Ordinal = ordinal;
        exchange.Command = Command.Query;
        exchange.Columns = columns.WrittenSpan;
        exchange.Values = values.WrittenSpan;
        exchange.Rows = id is null ? 0 : 1;
        exchange.Affected = 1;
        exchange.Flags = ExchangeFlags.Complete | ExchangeFlags.RequestComplete | (id is null ? ExchangeFlags.None : ExchangeFlags.AllValues);
        exchange.Batch = -1;
        exchange.TransactionState = TransactionState.Idle;
        exchange.RequestedAtMicroseconds = exchange.StartedAtMicroseconds = requested;
        exchange.FirstByteAtMicroseconds = exchange.EndedAtMicroseconds = ended;
        exchange.Text = Encoding.UTF8.GetBytes(sql);
        _feed.Add(_position++, in exchange, "shop");
    }
}
