using System.Text;
using Replay.Sql;
using Replay.Workload;

namespace Replay.Replayer.Tests.Ordering;

public class SessionLexerTests
{
    private const string Quoted = "update \"t\" set \"a\" = 'x' where \"id\" = 5";

    private static readonly OrderCatalog Catalog = new()
    {
        Dialect = SqlDialect.MySql,
        SearchPath = [],
        Tables = [new CatalogTable { Schema = "shop", Name = "t", Columns = [new("id", KeyType.Integer), new("a", KeyType.Other)], Keys = [["id"]] }],
    };

    private readonly SessionLexer _lexer = new(new ServerSqlMode());

    [Fact]
    public void APreparedTextKeepsWhatHeldWhenItWasPrepared()
    {
        Follow(Command.MySqlStatementPrepare, Quoted, handle: 1);
        Follow(Command.MySqlQuery, "set sql_mode = 'ANSI_QUOTES'");
        Follow(Command.MySqlStatementPrepare, Quoted, handle: 2);
        Follow(Command.MySqlQuery, "set sql_mode = ''");
        Assert.Equal(LexerOptions.None, Of(Command.MySqlStatementExecute, Quoted, handle: 1));
        Assert.Equal(LexerOptions.AnsiQuotes, Of(Command.MySqlStatementExecute, Quoted, handle: 2));
        Assert.Equal(LexerOptions.None, Of(Command.MySqlQuery, Quoted));

        Follow(Command.MySqlStatementClose, "", handle: 2);
        Follow(Command.MySqlStatementPrepare, Quoted, handle: 2);
        Assert.Equal(LexerOptions.None, Of(Command.MySqlStatementExecute, Quoted, handle: 2));
    }

    [Theory]
    [InlineData(Command.MySqlResetConnection)]
    [InlineData(Command.MySqlChangeUser)]
    public void AResetGivesBackTheDefault(Command command)
    {
        Follow(Command.MySqlQuery, "set session sql_mode = 'ANSI_QUOTES'");
        Assert.Equal(LexerOptions.AnsiQuotes, Of(Command.MySqlQuery, Quoted));
        Follow(command, "", failed: true);
        Assert.Equal(LexerOptions.AnsiQuotes, Of(Command.MySqlQuery, Quoted));
        Follow(command, "");
        Assert.Equal(LexerOptions.None, Of(Command.MySqlQuery, Quoted));
    }

    [Fact]
    public void WhatIsNotKnownMattersOnlyWhereItWouldShow()
    {
        Follow(Command.MySqlQuery, "set sql_mode = @somebodys");
        Assert.Null(Of(Command.MySqlQuery, Quoted));
        Assert.Equal(LexerOptions.None, Of(Command.MySqlQuery, "update t set a = 'x' where id = 5"));
        Follow(Command.MySqlQuery, "set sql_mode = default");
        Assert.Equal(LexerOptions.None, Of(Command.MySqlQuery, Quoted));
        Assert.Null(Of(Command.MySqlQuery, "set sql_mode = 'ansi_quotes'; " + Quoted));
    }

    [Fact]
    public void KeysAreFoundUnderBothModesAndNoneWhereTheModeIsNotKnown()
    {
        var recorder = new OrderRecorder();
        var builder = new OrderBuilder(OrderOptions.For(SqlDialect.MySql), recorder);
        var feed = new OrderFeed(Catalog, builder);
        Add(1, 0, 10, 11, "set sql_mode = 'ANSI_QUOTES'");
        Add(1, 1, 20, 30, Quoted);
        Add(2, 0, 25, 60, "update t set a = \"it\\\"s\" where id = 5");
        Add(3, 0, 25, 70, "update t set a = \"x\" where id = 6");
        Add(4, 0, 80, 81, "set sql_mode = @somebodys");
        Add(4, 1, 82, 90, Quoted);
        feed.Finish();

        Assert.Equal([OrderDependency.OnEnd(1, 1, OrderReason.Key)], recorder.At(2, 0).Dependencies);
        Assert.Empty(recorder.At(3, 0).Dependencies);
        Assert.Contains(recorder.At(4, 1).Dependencies, d => d.Table == OrderTables.Everything);

        void Add(int session, int ordinal, long requested, long ended, string sql)
        {
            var exchange = Make(Command.MySqlQuery, sql);
            exchange.Session = session;
            exchange.Ordinal = ordinal;
            exchange.TransactionState = TransactionState.Idle;
            exchange.RequestedAtMicroseconds = exchange.StartedAtMicroseconds = requested;
            exchange.FirstByteAtMicroseconds = exchange.EndedAtMicroseconds = ended;
            exchange.Affected = 1;
            feed.Add(ordinal, in exchange, "shop");
        }
    }

    private static Exchange Make(Command command, string text, long handle = -1, bool failed = false)
    {
        var exchange = Exchange.Empty;
        exchange.Command = command;
        exchange.Text = Encoding.UTF8.GetBytes(text);
        exchange.StatementHandle = handle;
        exchange.ErrorCode = failed ? "1045"u8 : default;
        exchange.Flags = ExchangeFlags.Complete | ExchangeFlags.RequestComplete;
        return exchange;
    }

    private LexerOptions? Of(Command command, string text, long handle = -1)
    {
        var exchange = Make(command, text, handle);
        return _lexer.Of(in exchange);
    }

    private void Follow(Command command, string text, long handle = -1, bool failed = false)
    {
        var exchange = Make(command, text, handle, failed);
        _lexer.Follow(in exchange);
    }
}
