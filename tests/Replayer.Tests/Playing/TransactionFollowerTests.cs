using System.Text;
using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class TransactionFollowerTests
{
    [Theory]
    [InlineData(Engine.PostgreSql, "40P01")]
    [InlineData(Engine.PostgreSql, "57014")]
    [InlineData(Engine.MySql, "1213")]
    [InlineData(Engine.MySql, "1205")]
    public void AVictimOfTheInstantIsLeftOut(Engine engine, string code)
    {
        var follower = new TransactionFollower(engine, leavesOutVictims: true);
        Assert.Equal(RunReason.VictimInCapture, follower.Judge(Planned(engine, TransactionState.Failed, code)));
        Assert.Equal(RunReason.None, new TransactionFollower(engine, leavesOutVictims: false).Judge(Planned(engine, TransactionState.Failed, code)));
    }

    [Fact]
    public void PostgresTransactionOfAVictimIsMadeToFail()
    {
        var follower = Open(Engine.PostgreSql);
        follower.Judge(Planned(Engine.PostgreSql, TransactionState.Failed, "40P01"));
        Assert.Equal("SELECT 1/0", follower.Remedy);
        follower.Remedied();
        Assert.Null(follower.Remedy);
        // What production refused after it is refused here too, and is sent.
        Assert.Equal(RunReason.None, follower.Judge(Planned(Engine.PostgreSql, TransactionState.Failed, "25P02")));
    }

    [Fact]
    public void MySqlTransactionOfAVictimIsRolledBack()
    {
        var follower = Open(Engine.MySql);
        follower.Judge(Planned(Engine.MySql, TransactionState.Unknown, "1213"));
        Assert.Equal("ROLLBACK", follower.Remedy);
    }

    [Fact]
    public void ALockWaitThatTimedOutLeavesTheTransactionOpen()
    {
        var follower = Open(Engine.MySql);
        follower.Judge(Planned(Engine.MySql, TransactionState.Unknown, "1205"));
        Assert.Null(follower.Remedy);
    }

    [Fact]
    public void WhatMySqlsOpenTransactionHasRunIsKnownUntilItEnds()
    {
        var follower = new TransactionFollower(Engine.MySql, leavesOutVictims: true);
        Ends(7, TransactionState.Idle);
        Assert.Empty(follower.Shapes);
        Ends(1, TransactionState.Open);
        Ends(2, TransactionState.Open, Command.MySqlStatementPrepare);
        Ends(3, TransactionState.Open, Command.MySqlStatementExecute);
        Ends(-1, TransactionState.Open);
        Ends(4, TransactionState.Unknown, error: "1062");
        Ends(3, TransactionState.Open);
        Assert.Equal([1, 4, 3], follower.Shapes);
        Ends(5, TransactionState.Unknown, error: "1213");
        Assert.Empty(follower.Shapes);
        Ends(6, TransactionState.Open);
        follower.Reset();
        Assert.Empty(follower.Shapes);
        for (var shape = 0; shape <= TransactionFollower.MaxShapes; shape++)
        {
            Ends(shape, TransactionState.Open);
        }

        Assert.Equal(Enumerable.Range(1, TransactionFollower.MaxShapes), follower.Shapes);
        Ends(8, TransactionState.Idle);
        Assert.Empty(follower.Shapes);

        void Ends(int shape, TransactionState state, Command command = Command.MySqlQuery, string error = "") =>
            follower.Ended(Planned(Engine.MySql, state) with { Shape = shape, Command = command }, Answer(state, error));
    }

    [Fact]
    public void AVictimOutsideOfATransactionNeedsNothing()
    {
        var follower = new TransactionFollower(Engine.PostgreSql, leavesOutVictims: true);
        follower.Judge(Planned(Engine.PostgreSql, TransactionState.Idle, "57014"));
        Assert.Null(follower.Remedy);
    }

    [Fact]
    public void AnErrorThatDoesNotComeAgainFailsTheTransactionAllTheSame()
    {
        var follower = Open(Engine.PostgreSql);
        follower.Ended(Planned(Engine.PostgreSql, TransactionState.Failed, "23505"), Answer(TransactionState.Open));
        Assert.Equal("SELECT 1/0", follower.Remedy);
    }

    [Fact]
    public void TheRestOfATransactionThatOnlyTheTargetRefusedIsLeftOut()
    {
        var follower = Open(Engine.PostgreSql);
        follower.Ended(Planned(Engine.PostgreSql, TransactionState.Open), Answer(TransactionState.Failed, "22012"));
        Assert.Equal(RunReason.TransactionFailed, follower.Judge(Planned(Engine.PostgreSql, TransactionState.Open)));
        var commit = Planned(Engine.PostgreSql, TransactionState.Idle);
        commit.ControlsTransaction = true;
        Assert.Equal(RunReason.None, follower.Judge(commit));
        follower.Ended(commit, Answer(TransactionState.Idle));
        Assert.Equal(RunReason.None, follower.Judge(Planned(Engine.PostgreSql, TransactionState.Idle)));
    }

    [Fact]
    public void ATransactionWhoseEndIsLeftOutIsEndedAllTheSame()
    {
        // Several statements in one text, the last a COMMIT; or a COMMIT that was not recorded whole.
        var follower = Open(Engine.PostgreSql);
        follower.Ended(Planned(Engine.PostgreSql, TransactionState.Open), Answer(TransactionState.Failed, "22012"));
        Assert.Equal(RunReason.TransactionFailed, follower.Judge(Planned(Engine.PostgreSql, TransactionState.Idle)));
        Assert.Equal("ROLLBACK", follower.Remedy);
        follower.Remedied();
        Assert.Equal(RunReason.None, follower.Judge(Planned(Engine.PostgreSql, TransactionState.Idle)));
    }

    [Fact]
    public void ACommitThatCannotBeSentEndsMySqlsTransactionToo()
    {
        var follower = Open(Engine.MySql);
        follower.Ended(Planned(Engine.MySql, TransactionState.Open), Answer(TransactionState.Unknown, "1213"));
        follower.LeftOut(Planned(Engine.MySql, TransactionState.Idle));
        Assert.Null(follower.Remedy);
        Assert.Equal(RunReason.None, follower.Judge(Planned(Engine.MySql, TransactionState.Idle)));
    }

    [Fact]
    public void RollingBackToASavepointMendsIt()
    {
        var follower = Open(Engine.PostgreSql);
        follower.Ended(Planned(Engine.PostgreSql, TransactionState.Open), Answer(TransactionState.Failed, "22012"));
        var rollbackTo = Planned(Engine.PostgreSql, TransactionState.Open);
        rollbackTo.ControlsTransaction = true;
        Assert.Equal(RunReason.None, follower.Judge(rollbackTo));
        follower.Ended(rollbackTo, Answer(TransactionState.Open));
        Assert.Equal(RunReason.None, follower.Judge(Planned(Engine.PostgreSql, TransactionState.Open)));
    }

    [Fact]
    public void AfterMySqlHasRolledBackNothingIsCommittedByItself()
    {
        var follower = Open(Engine.MySql);
        follower.Ended(Planned(Engine.MySql, TransactionState.Open), Answer(TransactionState.Unknown, "1213"));
        Assert.Equal(RunReason.TransactionFailed, follower.Judge(Planned(Engine.MySql, TransactionState.Open)));
        Assert.Equal(RunReason.TransactionFailed, follower.Judge(Planned(Engine.MySql, TransactionState.Idle)));
        Assert.Equal(RunReason.None, follower.Judge(Planned(Engine.MySql, TransactionState.Idle)));
    }

    [Fact]
    public void AStatementErrorInMySqlLeavesTheTransactionAsItIs()
    {
        var follower = Open(Engine.MySql);
        follower.Ended(Planned(Engine.MySql, TransactionState.Open), Answer(TransactionState.Unknown, "1062"));
        Assert.Equal(RunReason.None, follower.Judge(Planned(Engine.MySql, TransactionState.Open)));
    }

    private static TransactionFollower Open(Engine engine)
    {
        var follower = new TransactionFollower(engine, leavesOutVictims: true);
        follower.Ended(Planned(engine, TransactionState.Open), Answer(TransactionState.Open));
        return follower;
    }

    private static PlannedExchange Planned(Engine engine, TransactionState state, string error = "") => new()
    {
        Command = engine == Engine.MySql ? Command.MySqlQuery : Command.Query,
        Batch = -1,
        State = state,
        ErrorCode = ErrorCodes.Pack(Encoding.ASCII.GetBytes(error)),
    };

    private static Exchange Answer(TransactionState state, string error = "")
    {
        var exchange = Exchange.Empty;
        exchange.TransactionState = state;
        exchange.ErrorCode = Encoding.ASCII.GetBytes(error);
        return exchange;
    }
}
