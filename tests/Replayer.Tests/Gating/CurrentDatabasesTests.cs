using System.Text;
using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class CurrentDatabasesTests
{
    [Theory]
    [InlineData("use shop", "shop")]
    [InlineData("USE `odd name` ;", "odd name")]
    [InlineData("user_stats()", "start")]
    [InlineData("select 1", "start")]
    public void UseChangesIt(string sql, string expected)
    {
        var databases = new CurrentDatabases();
        var exchange = Exchange.Empty;
        exchange.Session = 1;
        exchange.Command = Command.MySqlQuery;
        exchange.Text = Encoding.UTF8.GetBytes(sql);
        databases.Follow(in exchange);
        Assert.Equal(expected, databases.Of(Session));
    }

    [Fact]
    public void AFailedUseDoesNot()
    {
        var databases = new CurrentDatabases();
        var exchange = Exchange.Empty;
        exchange.Session = 1;
        exchange.Command = Command.MySqlInitDb;
        exchange.Request = "\u0005\0\0\0\u0002nope"u8;
        exchange.ErrorCode = "1049"u8;
        databases.Follow(in exchange);
        Assert.Equal("start", databases.Of(Session));
        exchange.ErrorCode = default;
        databases.Follow(in exchange);
        Assert.Equal("nope", databases.Of(Session));
    }

    private static Session Session => WorkloadMaker.Session(1) with { Engine = Engine.MySql, Database = "start" };
}
