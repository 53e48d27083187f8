using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class ExecRunTests
{
    [Theory]
    [InlineData("update t set a = ? where b = ?", false)]
    [InlineData("update t set a = ?; delete from u where c = ?", false)]
    [InlineData("insert into t values (?); (select ?)", false)]
    [InlineData("begin; update t set a = ?; commit", true)]
    [InlineData("BEGIN; SELECT place_order(?); COMMIT", true)]
    [InlineData("update t set a = ?; commit", true)]
    [InlineData("lock tables t write; update t set a = ?", true)]
    [InlineData("set autocommit = ?; update t set a = ?", true)]
    [InlineData("insert into t values (?); call audit(?)", true)]
    public void AListThatMayEndItsTransactionIsKnown(string text, bool mayEnd) => Assert.Equal(mayEnd, ExecRun.MayEndTransaction(text));

    [Theory]
    [InlineData("update t set a = ?", false)]
    [InlineData("update t set a = ?; update u set b = ?", true)]
    public void AListIsNotExplained(string text, bool isList) => Assert.Equal(isList, StatementExample.IsList(new Shape(0, Engine.PostgreSql, 1, 2, text, "write")));
}
