using System.Text;

namespace Replay.Sql.Tests;

public class SqlModeTests
{
    [Theory]
    [InlineData("SET sql_mode = 'ANSI_QUOTES'", "AnsiQuotes")]
    [InlineData("set session SQL_MODE := \"strict_trans_tables,no_backslash_escapes\"", "NoBackslashEscapes")]
    [InlineData("SET @@session.sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES'", "AnsiQuotes, NoBackslashEscapes")]
    [InlineData("SET @@sql_mode = ansi", "AnsiQuotes")]
    [InlineData("SET NAMES utf8mb4, @@SESSION.sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES'), wait_timeout = 5", "AnsiQuotes")]
    [InlineData("/*!40101 SET SQL_MODE='ANSI_QUOTES' */", "AnsiQuotes")]
    [InlineData("SET @old = @@sql_mode, sql_mode = 'ANSI_QUOTES'; SET sql_mode = @old", "None")]
    [InlineData("SET sql_mode = (SELECT 'ANSI_QUOTES')", null)]
    [InlineData("SET sql_mode = ?", null)]
    [InlineData("SET sql_mode = 4", null)]
    [InlineData("SET sql_mode = 0", "None")]
    [InlineData("SET sql_mode = @other", null)]
    [InlineData("SET sql_mode = 'ORACLE'", null)]
    [InlineData("SET sql_mode = CONCAT('ANSI', '_QUOTES')", null)]
    [InlineData("PREPARE s FROM 'SET sql_mode = \"ANSI_QUOTES\"'", null)]
    [InlineData("SET STATEMENT sql_mode = 'ANSI_QUOTES' FOR SELECT 1", "None")]
    [InlineData("SET wait_timeout = 1 /* sql_mode = 'ANSI_QUOTES' */", "None")]
    [InlineData("SET @x = (SELECT 1, 'sql_mode'), sql_mode = 'ANSI_QUOTES'", "AnsiQuotes")]
    [InlineData("SET GLOBAL sql_mode = 'ANSI_QUOTES'", "None")]
    [InlineData("SELECT @@sql_mode", "None")]
    public void WhatASessionSetsIsFollowed(string sql, string? expected)
    {
        var mode = new SqlMode(new ServerSqlMode());
        Run(mode, sql);
        Assert.Equal(expected, mode.Options?.ToString());
    }

    [Theory]
    [InlineData("SET sql_mode = REPLACE(@@sql_mode, 'ONLY_FULL_GROUP_BY', '')", "AnsiQuotes")]
    [InlineData("SET sql_mode = (@@sql_mode)", null)]
    [InlineData("SET sql_mode = REPLACE(@@sql_mode, 'ANSI_QUOTES', '')", null)]
    [InlineData("SET sql_mode = REPLACE(@@sql_mode, 'ANSI_QUOTES,STRICT_TRANS_TABLES', '')", null)]
    [InlineData("SET sql_mode = REPLACE(@@sql_mode, 'X', 'NO_BACKSLASH_ESCAPES')", null)]
    [InlineData("SET sql_mode = CONCAT('NO_BACKSLASH_ESCAPES,', @@session.sql_mode)", "AnsiQuotes, NoBackslashEscapes")]
    [InlineData("SET sql_mode = DEFAULT", "NoBackslashEscapes")]
    [InlineData("SET sql_mode = @@GLOBAL.sql_mode", "NoBackslashEscapes")]
    public void WhatItWasBeforeCounts(string sql, string? expected)
    {
        var mode = new SqlMode(new ServerSqlMode(LexerOptions.NoBackslashEscapes));
        Run(mode, "SET sql_mode = 'ANSI_QUOTES,STRICT_TRANS_TABLES'");
        Run(mode, sql);
        Assert.Equal(expected, mode.Options?.ToString());
    }

    [Fact]
    public void TheServersDefaultIsForSessionsToComeAndForThoseThatGoBackToIt()
    {
        var server = new ServerSqlMode();
        var (setter, other) = (new SqlMode(server), new SqlMode(server));
        Run(setter, "SET GLOBAL max_connections = 5, sql_mode = 'ANSI_QUOTES', SESSION wait_timeout = 5, sql_mode = 'NO_BACKSLASH_ESCAPES'");
        Assert.Equal((LexerOptions.NoBackslashEscapes, LexerOptions.None, LexerOptions.AnsiQuotes), (setter.Options, other.Options, new SqlMode(server).Options));
        other.Reset();
        Assert.Equal(LexerOptions.AnsiQuotes, other.Options);
    }

    [Fact]
    public void OneThatFailedSetsNothingAndOfSeveralNobodyKnows()
    {
        var mode = new SqlMode(new ServerSqlMode());
        mode.Follow("SET sql_mode = 'ANSI_QUOTES'"u8, failed: true);
        Assert.Equal(LexerOptions.None, mode.Options);
        mode.Follow("SET sql_mode = 'ANSI_QUOTES'; SELECT nothing"u8, failed: true);
        Assert.Null(mode.Options);
    }

    [Theory]
    [InlineData("set Sql_Mode = ''", true)]
    [InlineData("sql_mode", true)]
    [InlineData("select a_b, sql_mod from sql_models", true)] // superfluous, and harmless
    [InlineData("select sql_mod, a_b, _", false)]
    [InlineData("_mode", false)]
    [InlineData("", false)]
    public void TheWordIsFound(string sql, bool expected) => Assert.Equal(expected, SqlMode.IsNamedIn(Encoding.UTF8.GetBytes(sql)));

    private static void Run(SqlMode mode, string sql)
    {
        Assert.True(SqlMode.IsNamedIn(Encoding.UTF8.GetBytes(sql)));
        mode.Follow(Encoding.UTF8.GetBytes(sql));
    }
}
