using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>
/// One session, a statement a line: <c>open</c> in front of it leaves a transaction open, <c>id</c> says that the server gave it an id. The connection may be given away after those with a minus.
/// </summary>
public sealed class KeepPassTests : IDisposable
{
    private readonly TempFolder _folder = new("keeps");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("select ? from t;set search_path to a;set role r;update t set n = ?", "----")]
    [InlineData("select pg_advisory_lock(?);select n from t;select pg_advisory_unlock(?);select n from t", "LL--", "session_lock")]
    [InlineData("create temp table x ( a int );select a from x;drop table x;select ?", "TT--", "temporary_table")]
    [InlineData("open begin;open create temp table x ( a int );rollback;select ?", "-T--", "temporary_table")]
    [InlineData("open begin;open create temp table x ( a int ) on commit drop;commit", "---")]
    [InlineData("create temp view v as select ?;select ?;discard all;select ?", "TT--", "temporary_table")]
    [InlineData("open begin;open declare c cursor with hold for select ?;commit;fetch ? from c;close c;select ?", "-CCC--", "cursor")]
    [InlineData("open begin;open declare c cursor for select ?;commit", "---")]
    [InlineData("listen a;select ?;unlisten a;select ?", "LL--", "listen")]
    [InlineData("select set_config(?, ?, ?);select ?", "--")]
    [InlineData("select pg_catalog.set_config(?, ?, ?), pg_catalog.set_config(?, ?, ?)", "-")]
    [InlineData("select set_config(?, n, ?) from t;select ?", "VV", "variable")]
    [InlineData("set session authorization a;select ?;reset session authorization;select ?", "AA--", "authorization")]
    [InlineData("select setseed(?);select random()", "OO", "other")]
    [InlineData("select n from t;insert into t values (?);select n from t;select currval(?)", "-OOO", "own_writes")]
    [InlineData("select currval(?);select ?", "--")]
    public void PostgreSql(string statements, string kept, string? pinned = null) => Assert.Equal((kept, pinned ?? ""), Marks(Engine.PostgreSql, statements));

    [Theory]
    [InlineData("set names utf8mb4;set session sql_mode = concat(@@sql_mode, ?);use shop;set @a = ?;select n from t", "-----")]
    [InlineData("select @a := max(n) from t;select @a", "VV", "variable")]
    [InlineData("select max(n) into @a from t;select @a", "VV", "variable")]
    [InlineData("set @a = @a + ?;select @a", "VV", "variable")]
    [InlineData("set @a = ?, @b = ?;select @a, @b", "--")]
    [InlineData("set @a = (select max(n) from t)", "V", "variable")]
    [InlineData("set @a = uuid()", "V", "variable")]
    [InlineData("set @old = @@sql_mode, sql_mode = ?", "-")]
    [InlineData("call p(@out);select @out", "VV", "variable")]
    [InlineData("select get_lock(?, ?);select n from t;select release_lock(?)", "LL-", "session_lock")]
    [InlineData("lock tables t write;update t set n = ?;unlock tables;select n from t", "LL--", "session_lock")]
    [InlineData("handler t open;handler t read next;handler t close", "CC-", "cursor")]
    [InlineData("set transaction isolation level serializable;select n from t;select n from t", "N--", "next_transaction")]
    [InlineData("set transaction isolation level serializable;open begin;open select n from t;commit;select ?", "NNN--", "next_transaction")]
    [InlineData("set session transaction isolation level serializable;select ?", "--")]
    [InlineData("id insert into t values (?);update u set n = ?;select last_insert_id();select ?", "OO--", "own_writes")]
    [InlineData("id insert into t values (?);select ?;id insert into t values (?);select last_insert_id()", "--O-", "own_writes")]
    [InlineData("select n from t;update t set n = ?;select row_count();select ?", "-O--", "own_writes")]
    [InlineData("select n from t;show warnings;select ?", "O--", "own_writes")]
    [InlineData("create temporary table x ( a int );select a from x;drop temporary table if exists x, y;select ?", "TT--", "temporary_table")]
    [InlineData("open xa start ?;open update t set n = ?;xa prepare ?;xa commit ?;select ?", "XXX--", "xa")]
    public void MySql(string statements, string kept, string? pinned = null) => Assert.Equal((kept, pinned ?? ""), Marks(Engine.MySql, statements));

    [Fact]
    public void AnUnnamedStatementThatIsExecutedLaterKeepsItsConnection()
    {
        using var maker = new WorkloadMaker(_folder.File("w.workload"));
        maker.Add(WorkloadMaker.Session(1));
        byte[] bind = [(byte)'B', .. WorkloadMaker.BigEndian(12), 0, 0, 0, 0, 0, 0, 0, 0];
        maker.Add(1, 0, 1, command: Command.Parse, request: WorkloadMaker.ParseMessage("", "select 1"));
        maker.Add(1, 2, 3, command: Command.Execute, request: bind);
        maker.Add(1, 4, 5);
        maker.Add(1, 6, 7, command: Command.Execute, request: [.. WorkloadMaker.ParseMessage("", "select 1"), .. bind]);
        maker.Add(1, 8, 9);
        Assert.Equal(("U----", "unnamed_statement"), Read(maker));
    }

    [Fact]
    public void MostAtOneTimeAreCounted()
    {
        using var maker = new WorkloadMaker(_folder.File("w.workload"));
        for (var session = 1; session <= 3; session++)
        {
            maker.Add(WorkloadMaker.Session(session));
        }

        maker.Add(1, 0, 1, state: TransactionState.Open);
        maker.Add(2, 2, 3, maker.Shape("select pg_advisory_lock(?)", "read"));
        maker.Add(1, 4, 5);
        maker.Add(3, 6, 7, state: TransactionState.Open);
        maker.Add(3, 8, 9);
        using var reader = maker.Read();
        using var marks = new KeepMarks(_folder.Path, reader.ExchangeCount);
        var pass = KeepPass.Run(reader, marks, static position => position < 2, static _ => true, CancellationToken.None);
        Assert.Equal((2, 2), (pass.Most, pass.AtCut));
        Assert.Equal([KeyValuePair.Create("session_lock", 1L)], pass.Pinned);
    }

    private (string Kept, string Pinned) Marks(Engine engine, string statements)
    {
        using var maker = new WorkloadMaker(_folder.File("w.workload"), engine: engine);
        maker.Add(WorkloadMaker.Session(1) with { Engine = engine });
        var at = 0;
        foreach (var statement in statements.Split(';'))
        {
            var words = statement.Split(' ', 2);
            var text = words[0] is "open" or "id" ? words[1] : statement;
            var verb = text.Split(' ')[0];
            var @class = verb switch
            {
                "select" => "read",
                "begin" or "commit" or "rollback" or "xa" => "transaction",
                "set" or "use" or "listen" or "unlisten" or "discard" or "reset" => "session",
                "declare" or "fetch" or "close" => "cursor",
                "create" or "drop" => "ddl",
                "show" or "lock" or "unlock" or "handler" => "utility",
                "call" => "call",
                _ => "write",
            };
            maker.Add(
                1, at, at + 5, maker.Shape(text, @class), words[0] == "open" ? TransactionState.Open : TransactionState.Idle, engine == Engine.MySql ? Command.MySqlQuery : Command.Query,
                insertId: words[0] == "id" ? 7UL : 0);
            at += 10;
        }

        return Read(maker);
    }

    private (string Kept, string Pinned) Read(WorkloadMaker maker)
    {
        using var reader = maker.Read();
        using var marks = new KeepMarks(_folder.Path, reader.ExchangeCount);
        var pass = KeepPass.Run(reader, marks, static _ => false, static _ => true, CancellationToken.None);
        return (string.Concat(Enumerable.Range(0, (int)reader.ExchangeCount).Select(i => marks[i] switch
        {
            KeepReason.None => '-',
            KeepReason.SessionLock => 'L',
            var reason => char.ToUpperInvariant(reason.Name()[0]),
        })), string.Join(',', pass.Pinned.Keys));
    }
}
