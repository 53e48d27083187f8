using Replay.Sql;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>The cut lies between 1,000 and 2,000; session 1 inserts job 7 and has its answer at 1,110.</summary>
public sealed class CutWindowTests : IDisposable
{
    private static readonly CatalogTable Jobs = new()
    {
        Schema = "public",
        Name = "jobs",
        Columns = [new("id", KeyType.Integer), new("queue", KeyType.Integer), new("note", KeyType.Other)],
        Keys = [["id"]],
        ForeignKeys = [new(["queue"], "public", "queues", ["id"], ReferenceAction.Cascade)],
    };

    private static readonly OrderCatalog Catalog = new()
    {
        Dialect = SqlDialect.PostgreSql,
        Tables = [Jobs, new CatalogTable { Schema = "public", Name = "queues", Columns = [new("id", KeyType.Integer)], Keys = [["id"]] }],
    };

    private static readonly SnapshotInfo Snapshot = new()
    {
        Tool = "hook",
        Engine = Engine.PostgreSql,
        CutEarliestMicroseconds = WorkloadMaker.Base + 1_000,
        CutLatestMicroseconds = WorkloadMaker.Base + 2_000,
    };

    private readonly TempFolder _folder = new();
    private readonly WorkloadMaker _maker;
    private readonly int _write;

    public CutWindowTests()
    {
        _maker = new WorkloadMaker(_folder.File("w.workload"), Snapshot);
        _write = _maker.Shape("insert into jobs values (?, ?)", "write");
        _maker.Add(WorkloadMaker.Session(1));
        _maker.Add(WorkloadMaker.Session(2));
    }

    public void Dispose()
    {
        _maker.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("DELETE FROM jobs WHERE id = 7", true)]
    [InlineData("DELETE FROM jobs WHERE id = '007'", true)]
    [InlineData("DELETE FROM jobs WHERE id = 8", false)]
    [InlineData("DELETE FROM jobs WHERE note = 'done'", true)]
    [InlineData("TRUNCATE jobs", true)]
    [InlineData("DELETE FROM queues WHERE id = 1", true)]
    [InlineData("UPDATE jobs SET id = 9 WHERE id = 7", true)]
    [InlineData("UPDATE jobs SET note = 'done' WHERE id = 7", false)]
    [InlineData("UPDATE jobs SET note = 'done'", false)]
    [InlineData("INSERT INTO jobs VALUES (8, 1, 'x')", false)]
    [InlineData("SELECT * FROM jobs WHERE id = 7 FOR UPDATE", false)]
    [InlineData("CALL clean_up()", true)]
    public void WhatTakesRowsAwayIsSeen(string other, bool mayGo)
    {
        var insert = Insert(1_100, 1_110);
        _maker.Add(2, 1_200, 1_210, _write, sql: other);
        Assert.Equal((mayGo, false), At(insert));
    }

    [Fact]
    public void ATransactionThatOnlyReadsTakesNothingAway()
    {
        var insert = Insert(1_100, 1_110);
        _maker.Add(2, 1_200, 1_210, _maker.Shape("set transaction isolation level repeatable read, read only", "transaction"), TransactionState.Open, sql: "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
        _maker.Add(2, 1_220, 1_230, _write, TransactionState.Open, sql: "LOCK TABLE jobs IN ACCESS SHARE MODE");
        _maker.Add(2, 1_240, 1_250, _write, TransactionState.Open, sql: "EXECUTE dump_it(1)");
        Assert.Equal((false, false), At(insert));
    }

    [Fact]
    public void WhatEndedBeforeWhatIsAskedForBeganOrBeganBehindTheCutDoesNotCount()
    {
        _maker.Add(2, 800, 810, _write, sql: "DELETE FROM jobs WHERE id = 7");
        var insert = Insert(1_100, 1_110);
        _maker.Add(2, 2_001, 2_010, _write, sql: "DELETE FROM jobs WHERE id = 7");
        Assert.Equal((false, false), At(insert));
    }

    [Fact]
    public void ATransactionCountsByItsEnd()
    {
        _maker.Add(2, 800, 810, _write, TransactionState.Open, sql: "DELETE FROM jobs WHERE id = 7");
        _maker.Add(2, 1_050, 1_060, _write, sql: "COMMIT");
        Assert.Equal((true, false), At(Insert(1_100, 1_110)));
    }

    [Fact]
    public void ATransactionsOwnDeleteCounts()
    {
        _maker.Add(1, 900, 910, _write, TransactionState.Open, sql: "DELETE FROM jobs WHERE id = 7");
        Assert.Equal((true, false), At(Insert(1_100, 1_110)));
    }

    [Theory]
    [InlineData("ROLLBACK", "")]
    [InlineData("SELECT 1/0", "22012")]
    public void WhatMayHaveBeenUndoneIsSeen(string sql, string error)
    {
        var insert = Insert(1_100, 1_110, TransactionState.Open);
        _maker.Add(1, 1_200, 1_210, _write, sql: sql, error: error);
        Assert.Equal((false, true), At(insert));
    }

    [Theory]
    [InlineData("INSERT INTO jobs VALUES (7, 1, 'a')", true)]
    [InlineData("INSERT INTO jobs VALUES (8, 1, 'a')", false)]
    public void OfADeletedRowItIsKnownWhetherItCameBefore(string insert, bool hasCome)
    {
        _maker.Add(2, 1_050, 1_060, _write, sql: insert);
        var delete = _maker.Add(1, 1_100, 1_110, _write, sql: "DELETE FROM jobs WHERE id = 7");
        Assert.Equal(hasCome, Window(delete).HasCome(delete, Jobs));
    }

    private long Insert(long started, long ended, TransactionState state = TransactionState.Idle) => _maker.Add(1, started, ended, _write, state, sql: "INSERT INTO jobs VALUES (7, 1, 'a')");

    private (bool MayGo, bool MayBeUndone) At(long insert)
    {
        var window = Window(insert);
        return (window.MayGo(insert, Jobs), window.MayBeUndone(insert));
    }

    private CutWindow Window(long position)
    {
        using var reader = _maker.Read();
        var asked = new AmbiguousTransaction(1, "", position, _write, TakenAsInside: false) { Writes = [position], RequestedAtMicroseconds = WorkloadMaker.Base + 1_100, EndedAtMicroseconds = WorkloadMaker.Base + 1_110 };
        var input = new OrderInput { Reader = reader, Engine = Engine.PostgreSql, Catalogs = new Dictionary<string, OrderCatalog>(StringComparer.Ordinal) { ["shop"] = Catalog }, DefaultDatabase = "shop" };
        return CutWindow.Read(input, [asked], new SnapshotCuts(Snapshot));
    }
}
