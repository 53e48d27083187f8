using System.Text;
using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class RequestTextsTests
{
    [Theory]
    [InlineData("COMMIT", TextChange.CommitToRollback, "ROLLBACK")]
    [InlineData(" /* tx */ commit AND CHAIN;", TextChange.CommitToRollback, " /* tx */ ROLLBACK AND CHAIN;")]
    [InlineData("-- done\nEnd", TextChange.CommitToRollback, "-- done\nROLLBACK")]
    [InlineData("select 'commit'", TextChange.CommitToRollback, null)]
    [InlineData("update t set a = 'x; commit'; COMMIT WORK ;", TextChange.LastToRollback, "update t set a = 'x; commit';ROLLBACK ;")]
    [InlineData("begin; update t set a = 1; ", TextChange.AddCommit, "begin; update t set a = 1\n;COMMIT")]
    [InlineData("SET autocommit=0, sql_mode='ANSI'", TextChange.AutocommitOn, "SET autocommit=1, sql_mode='ANSI'")]
    [InlineData("SET @@session.autocommit = OFF", TextChange.AutocommitOn, "SET @@session.autocommit = 1")]
    [InlineData("SET autocommit=1", TextChange.AutocommitOn, null)]
    [InlineData("XA START 'a'", TextChange.ToBegin, "BEGIN")]
    [InlineData("PREPARE TRANSACTION 'a'", TextChange.ToRollback, "ROLLBACK")]
    public void TextsChange(string text, TextChange change, string? changed) => Assert.Equal(changed, RequestTexts.Change(text, change));

    [Fact]
    public void PostgresMessagesKeepTheirFrames()
    {
        Assert.Equal(WorkloadMaker.QueryMessage("ROLLBACK"), Change(WorkloadMaker.QueryMessage("COMMIT"), Command.Query)!);
        byte[] sync = [.. PostgresMessages.Sync];
        Assert.Equal(
            [.. WorkloadMaker.ParseMessage("S_1", "ROLLBACK"), .. sync],
            Change([.. WorkloadMaker.ParseMessage("S_1", "COMMIT"), .. sync], Command.Execute)!);
        Assert.Null(Change(sync, Command.Execute)); // it was prepared before, as a ROLLBACK
    }

    [Fact]
    public void MySqlPacketsKeepTheirFrames()
    {
        var exchange = Exchange.Empty;
        exchange.Command = Command.MySqlQuery;
        byte[] request = [7, 0, 0, 0, 3, .. "COMMIT"u8];
        exchange.Request = request;
        exchange.Text = "COMMIT"u8;
        exchange.TextOffset = 5;
        byte[] changed = [9, 0, 0, 0, 3, .. "ROLLBACK"u8];
        Assert.Equal(changed, RequestTexts.Change(in exchange, TextChange.CommitToRollback)!);
    }

    private static byte[]? Change(byte[] request, Command command)
    {
        var exchange = Exchange.Empty;
        exchange.Command = command;
        exchange.Request = request;
        exchange.Text = Encoding.UTF8.GetBytes("COMMIT");
        return RequestTexts.Change(in exchange, TextChange.CommitToRollback);
    }
}
