using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class TransactionRoleTests
{
    [Theory]
    [InlineData("begin", TransactionRole.Begins, TransactionRole.Begins)]
    [InlineData("START TRANSACTION READ WRITE", TransactionRole.Begins, TransactionRole.Begins)]
    [InlineData("begin not atomic select ?; commit; end", TransactionRole.MayEnd, TransactionRole.MayEnd)]
    [InlineData("commit and chain", TransactionRole.Ends, TransactionRole.Ends)]
    [InlineData("rollback", TransactionRole.Ends, TransactionRole.Ends)]
    [InlineData("rollback to savepoint a", TransactionRole.Within, TransactionRole.Within)]
    [InlineData("savepoint a", TransactionRole.Within, TransactionRole.Within)]
    [InlineData("update t set n = ?", TransactionRole.Within, TransactionRole.Within)]
    [InlineData("(select ?) union (select ?)", TransactionRole.Within, TransactionRole.Within)]
    [InlineData("create table t (n int)", TransactionRole.Within, TransactionRole.MayEnd)]
    [InlineData("set autocommit = ?", TransactionRole.Within, TransactionRole.MayEnd)]
    [InlineData("set @a = ?", TransactionRole.Within, TransactionRole.Within)]
    [InlineData("call p(?)", TransactionRole.OnlyInside, TransactionRole.MayEnd)]
    [InlineData("xa commit ?", TransactionRole.Within, TransactionRole.MayEnd)]
    [InlineData("update t set n = ?; update t set n = ?", TransactionRole.Within, TransactionRole.OnlyInside)]
    [InlineData("begin; update t set n = ?; commit", TransactionRole.Begins, TransactionRole.Begins)]
    [InlineData("update t set n = ?; commit; update t set n = ?", TransactionRole.MayEnd, TransactionRole.MayEnd)]
    [InlineData("update t set n = ?; call p(?)", TransactionRole.MayEnd, TransactionRole.MayEnd)]
    public void ATextsRole(string text, TransactionRole postgres, TransactionRole mySql) =>
        Assert.Equal((postgres, mySql), (TransactionRoles.Of(text, Engine.PostgreSql), TransactionRoles.Of(text, Engine.MySql)));

    [Fact]
    public void AQueryWhoseTextIsNotKnownMayBeAnything()
    {
        var exchange = Exchange.Empty;
        exchange.Command = Command.MySqlQuery;
        Assert.Equal(TransactionRole.MayEnd, TransactionRoles.Of(in exchange, null));
        exchange.Command = Command.MySqlStatementPrepare;
        Assert.Equal(TransactionRole.Within, TransactionRoles.Of(in exchange, null));
    }
}
