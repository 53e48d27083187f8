using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class TransactionShapesTests
{
    [Theory]
    [InlineData(Engine.PostgreSql, "begin", "transaction", RunReason.TransactionControl)]
    [InlineData(Engine.PostgreSql, "start transaction isolation level serializable", "transaction", RunReason.TransactionControl)]
    [InlineData(Engine.PostgreSql, "commit", "transaction", RunReason.TransactionControl)]
    [InlineData(Engine.PostgreSql, "rollback to savepoint ?", "transaction", RunReason.TransactionControl)]
    [InlineData(Engine.PostgreSql, "prepare transaction ?", "transaction", RunReason.TransactionControl)]
    [InlineData(Engine.PostgreSql, "commit ; begin", "transaction", RunReason.TransactionControl)]
    [InlineData(Engine.PostgreSql, "declare ? cursor for select a from t", "cursor", RunReason.NeedsTransaction)]
    [InlineData(Engine.PostgreSql, "declare ? cursor with hold for select a from t", "cursor", RunReason.None)]
    [InlineData(Engine.PostgreSql, "fetch ? from ?", "cursor", RunReason.NeedsTransaction)]
    [InlineData(Engine.PostgreSql, "lock table t in exclusive mode", "utility", RunReason.NeedsTransaction)]
    [InlineData(Engine.PostgreSql, "set local work_mem = ?", "session", RunReason.NeedsTransaction)]
    [InlineData(Engine.PostgreSql, "set work_mem = ?", "session", RunReason.None)]
    [InlineData(Engine.PostgreSql, "update t set a = ?", "write", RunReason.None)]
    [InlineData(Engine.MySql, "xa start ?", "transaction", RunReason.TransactionControl)]
    [InlineData(Engine.MySql, "release savepoint ?", "transaction", RunReason.TransactionControl)]
    [InlineData(Engine.MySql, "begin not atomic update t set a = ? ; end", "call", RunReason.None)]
    public void ByItselfAStatementHasNoTransaction(Engine engine, string text, string @class, RunReason reason) =>
        Assert.Equal(new AlteredShape(reason), Of(engine, text, @class, TransactionMode.Autocommit));

    [Theory]
    [InlineData("begin ; update t set a = ?", TextChange.AddCommit)]
    [InlineData("begin ; update t set a = ? ; commit", TextChange.None)]
    [InlineData("update t set a = ? ; commit", TextChange.None)]
    [InlineData("create procedure p ( ) begin update t set a = ? ; end", TextChange.None)]
    public void AListThatLeavesATransactionOpenEndsIt(string text, TextChange change) =>
        Assert.Equal(new AlteredShape(Change: change), Of(Engine.MySql, text, text.StartsWith("create", StringComparison.Ordinal) ? "ddl" : "write", TransactionMode.Autocommit));

    [Theory]
    [InlineData(Engine.PostgreSql, "commit", RunReason.None, TextChange.CommitToRollback, TransactionDuty.None)]
    [InlineData(Engine.PostgreSql, "end", RunReason.None, TextChange.CommitToRollback, TransactionDuty.None)]
    [InlineData(Engine.PostgreSql, "rollback", RunReason.None, TextChange.None, TransactionDuty.None)]
    [InlineData(Engine.PostgreSql, "begin", RunReason.None, TextChange.None, TransactionDuty.None)]
    [InlineData(Engine.PostgreSql, "prepare transaction ?", RunReason.None, TextChange.ToRollback, TransactionDuty.None)]
    [InlineData(Engine.PostgreSql, "commit prepared ?", RunReason.CannotRollBack, TextChange.None, TransactionDuty.None)]
    [InlineData(Engine.PostgreSql, "update t set a = ?", RunReason.None, TextChange.None, TransactionDuty.Wrap)]
    [InlineData(Engine.PostgreSql, "vacuum t", RunReason.CannotRollBack, TextChange.None, TransactionDuty.None)]
    [InlineData(Engine.PostgreSql, "create index concurrently i on t ( a )", RunReason.CannotRollBack, TextChange.None, TransactionDuty.None)]
    [InlineData(Engine.PostgreSql, "create index i on t ( a )", RunReason.None, TextChange.None, TransactionDuty.Wrap)]
    [InlineData(Engine.PostgreSql, "update t set a = ? ; commit", RunReason.None, TextChange.LastToRollback, TransactionDuty.Wrap)]
    [InlineData(Engine.PostgreSql, "begin ; update t set a = ? ; commit", RunReason.None, TextChange.LastToRollback, TransactionDuty.None)]
    [InlineData(Engine.PostgreSql, "commit ; begin", RunReason.CannotRollBack, TextChange.None, TransactionDuty.None)]
    [InlineData(Engine.PostgreSql, "update t set a = ? ; commit ; update t set a = ?", RunReason.CannotRollBack, TextChange.None, TransactionDuty.None)]
    [InlineData(Engine.MySql, "begin", RunReason.None, TextChange.None, TransactionDuty.RollBackFirst)]
    [InlineData(Engine.MySql, "set autocommit = ?", RunReason.None, TextChange.None, TransactionDuty.RollBackFirst)]
    [InlineData(Engine.MySql, "xa start ?", RunReason.None, TextChange.ToBegin, TransactionDuty.RollBackFirst)]
    [InlineData(Engine.MySql, "xa commit ?", RunReason.None, TextChange.ToRollback, TransactionDuty.None)]
    [InlineData(Engine.MySql, "create table t ( a int )", RunReason.CannotRollBack, TextChange.None, TransactionDuty.None)]
    [InlineData(Engine.MySql, "call p ( ? )", RunReason.CannotRollBack, TextChange.None, TransactionDuty.None)]
    [InlineData(Engine.MySql, "lock tables t write", RunReason.CannotRollBack, TextChange.None, TransactionDuty.None)]
    public void NothingIsCommitted(Engine engine, string text, RunReason reason, TextChange change, TransactionDuty duty) =>
        Assert.Equal(new AlteredShape(reason, change, duty), Of(engine, text, "write", TransactionMode.Rollback));

    private static AlteredShape Of(Engine engine, string text, string @class, TransactionMode mode) =>
        TransactionShapes.Of(new Shape(0, engine, 1, 2, text, @class), mode, writes: text.Contains("update", StringComparison.Ordinal) || text.StartsWith("create", StringComparison.Ordinal), hasHeldCursors: false);
}
