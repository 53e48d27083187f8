using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>The snapshot is cut between 1,000 and 1,010.</summary>
public sealed class CutPlannerTests : IDisposable
{
    private static readonly SnapshotInfo Snapshot = new()
    {
        Tool = "pg_dump",
        Engine = Engine.PostgreSql,
        CutEarliestMicroseconds = WorkloadMaker.Base + 1_000,
        CutLatestMicroseconds = WorkloadMaker.Base + 1_010,
    };

    private readonly TempFolder _folder = new();
    private readonly WorkloadMaker _maker;
    private readonly int _read;
    private readonly int _write;
    private readonly int _begin;
    private readonly int _set;

    public CutPlannerTests()
    {
        _maker = new WorkloadMaker(_folder.File("w.workload"), Snapshot);
        _read = _maker.Shape("select * from t where id = ?", "read");
        _write = _maker.Shape("update t set a = ?", "write");
        _begin = _maker.Shape("begin", "transaction");
        _set = _maker.Shape("set search_path = ?", "session");
    }

    public void Dispose()
    {
        _maker.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void WhatEndedBeforeTheCutIsInTheSnapshotAndSessionStateIsKept()
    {
        _maker.Add(WorkloadMaker.Session(1));
        var set = _maker.Add(1, 10, 20, _set);
        var read = _maker.Add(1, 30, 40, _read);
        var write = _maker.Add(1, 50, 60, _write);
        var after = _maker.Add(1, 2_000, 2_010, _write);
        var plan = Plan();
        Assert.Equal((PlayVerdict.PreRoll, RunReason.None), At(plan, set));
        Assert.Equal((PlayVerdict.Skip, RunReason.BeforeSnapshot), At(plan, read));
        Assert.Equal((PlayVerdict.Skip, RunReason.InSnapshot), At(plan, write));
        Assert.Equal((PlayVerdict.Play, RunReason.None), At(plan, after));
        Assert.Equal(0, plan.AmbiguousTransactions);
        Assert.Equal(WorkloadMaker.Base + 1_000, plan.OriginMicroseconds);
    }

    [Fact]
    public void WhatIsSaidOfTheNextTransactionGoesWithIt()
    {
        var next = _maker.Shape("set transaction isolation level serializable", "session");
        _maker.Add(WorkloadMaker.Session(1));
        var inside = _maker.Add(1, 10, 20, next);
        var begin = _maker.Add(1, 30, 40, _begin, TransactionState.Open);
        _maker.Add(1, 50, 60, _write, TransactionState.Open);
        var commit = _maker.Add(1, 70, 80, _begin);
        var straddling = _maker.Add(1, 900, 910, next);
        _maker.Add(1, 920, 930, _begin, TransactionState.Open);
        var write = _maker.Add(1, 2_000, 2_010, _write);
        var plan = Plan();
        Assert.Equal(PlayVerdict.Skip, At(plan, inside).Verdict);
        Assert.Equal(PlayVerdict.Skip, At(plan, begin).Verdict);
        Assert.Equal(PlayVerdict.Skip, At(plan, commit).Verdict);
        Assert.Equal(PlayVerdict.PreRoll, At(plan, straddling).Verdict);
        Assert.Equal(PlayVerdict.Play, At(plan, write).Verdict);
    }

    [Fact]
    public void OfASessionThatClosedBeforeTheCutNothingIsLeft()
    {
        _maker.Add(WorkloadMaker.Session(1, closedAt: 100));
        var set = _maker.Add(1, 10, 20, _set);
        Assert.Equal((PlayVerdict.Skip, RunReason.BeforeSnapshot), At(Plan(), set));
    }

    [Fact]
    public void OfATransactionThatStraddlesTheCutWhatHadEndedIsPreRolledAndTheRestPlayed()
    {
        _maker.Add(WorkloadMaker.Session(1));
        var begin = _maker.Add(1, 900, 910, _begin, TransactionState.Open);
        var early = _maker.Add(1, 920, 930, _write, TransactionState.Open);
        var late = _maker.Add(1, 1_500, 1_510, _write, TransactionState.Open);
        var commit = _maker.Add(1, 1_600, 1_610, _begin);
        var plan = Plan();
        Assert.Equal(PlayVerdict.PreRoll, plan.Verdict(begin));
        Assert.Equal(PlayVerdict.PreRoll, plan.Verdict(early));
        Assert.Equal(PlayVerdict.Play, plan.Verdict(late));
        Assert.Equal(PlayVerdict.Play, plan.Verdict(commit));
        Assert.Equal(1, plan.StraddlingTransactions);
    }

    [Fact]
    public void ATransactionInsideIsSkippedWholeWithItsBeginAndCommit()
    {
        _maker.Add(WorkloadMaker.Session(1));
        var begin = _maker.Add(1, 500, 510, _begin, TransactionState.Open);
        var write = _maker.Add(1, 520, 530, _write, TransactionState.Open);
        var commit = _maker.Add(1, 540, 550, _begin);
        var plan = Plan();
        Assert.Equal((PlayVerdict.Skip, RunReason.BeforeSnapshot), At(plan, begin));
        Assert.Equal((PlayVerdict.Skip, RunReason.InSnapshot), At(plan, write));
        Assert.Equal((PlayVerdict.Skip, RunReason.BeforeSnapshot), At(plan, commit));
        Assert.Equal(0, plan.PreRolled);
    }

    [Theory]
    [InlineData(995, 1_004, true)]
    [InlineData(995, 1_006, false)]
    [InlineData(1_002, 1_020, false)]
    public void AWriteThatOverlapsTheCutIsAmbiguousAndTheNearerSideIsTaken(long from, long to, bool isInside)
    {
        _maker.Add(WorkloadMaker.Session(1));
        var write = _maker.Add(1, from, to, _write);
        var plan = Plan();
        Assert.Equal(1, plan.AmbiguousTransactions);
        Assert.Equal(isInside ? PlayVerdict.Skip : PlayVerdict.Play, plan.Verdict(write));
    }

    // What the server said of the session: its statement began at the first number.
    [Theory]
    [InlineData(900, SessionActivity.Idle, false, false, false)] // the write had not begun
    [InlineData(1_001, SessionActivity.Active, true, false, false)] // at it, not committed
    [InlineData(1_001, SessionActivity.Idle, false, false, true)] // answered
    [InlineData(1_030, SessionActivity.Active, true, true, true)] // at the next one
    [InlineData(1_001, SessionActivity.Idle, false, true, null)] // answered, but perhaps only after the cut
    [InlineData(1_001, SessionActivity.Active, null, false, false)] // reading, not yet written
    [InlineData(1_001, SessionActivity.Active, false, false, null)] // not yet written, or written and committed
    [InlineData(0, SessionActivity.Idle, false, false, null)] // never at a statement
    public void WhatOverlapsTheCutIsToldByTheServersWordOnItsSession(long began, SessionActivity activity, bool? hasWritten, bool isLate, bool? isInside)
    {
        _maker.Add(WorkloadMaker.Session(1));
        var write = _maker.Add(1, 1_000, 1_009, _write);
        _maker.Add(1, 1_030, 1_040, _write);
        var plan = Plan(new SessionAtCut("127.0.0.1:40001", activity, hasWritten == true, hasWritten is null, began == 0 ? 0 : WorkloadMaker.Base + began), isExact: !isLate || isInside == true);
        Assert.Equal(isInside is null ? 1 : 0, plan.AmbiguousTransactions);
        Assert.Equal(isInside is null ? 0 : 1, plan.DecidedTransactions);
        Assert.Equal(isInside == true ? PlayVerdict.Skip : PlayVerdict.Play, plan.Verdict(write));
    }

    [Theory]
    [InlineData(1_001, SessionActivity.Active, false, true)] // the commit has no transaction id any more
    [InlineData(1_001, SessionActivity.Active, true, false)]
    [InlineData(951, SessionActivity.InTransaction, true, false)] // the commit had not begun
    public void ACommitIsToldByItsTransactionId(long began, SessionActivity activity, bool hasWritten, bool isInside)
    {
        _maker.Add(WorkloadMaker.Session(1));
        _maker.Add(1, 900, 910, _begin, TransactionState.Open);
        var write = _maker.Add(1, 950, 960, _write, TransactionState.Open);
        _maker.Add(1, 1_000, 1_020, _begin);
        var plan = Plan(new SessionAtCut("127.0.0.1:40001", activity, hasWritten, HoldsSnapshot: false, WorkloadMaker.Base + began), isExact: true);
        Assert.Equal(1, plan.DecidedTransactions);
        Assert.Equal(isInside ? PlayVerdict.Skip : PlayVerdict.PreRoll, plan.Verdict(write));
    }

    [Fact]
    public void WhatNothingTellsIsNamed()
    {
        _maker.Add(WorkloadMaker.Session(1));
        var write = _maker.Add(1, 995, 1_006, _write);
        using var reader = _maker.Read();
        var plan = CutPlanner.Plan(reader, new SnapshotCuts(Snapshot), ShapeFacts.Of(reader.Shapes));
        var named = Assert.Single(plan.Ambiguous);
        Assert.Equal((1, "127.0.0.1:40001", write, _write, false), (named.Session, named.Client, named.Position, named.Shape, named.TakenAsInside));
        Assert.Equal([write], named.Writes);
        Assert.Equal(plan.Ambiguous, plan.Named);
        Assert.Contains("session 1 (127.0.0.1:40001)", Assert.Single(plan.Warnings(reader.Shapes)), StringComparison.Ordinal);
        Assert.Contains("update t set a = ?", plan.Warnings(reader.Shapes).Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhatTheRestoredDataToldIsTaken(bool isInside)
    {
        _maker.Add(WorkloadMaker.Session(1));
        var write = _maker.Add(1, 995, 1_004, _write);
        using var reader = _maker.Read();
        var plan = CutPlanner.Plan(reader, new SnapshotCuts(Snapshot), ShapeFacts.Of(reader.Shapes), new Dictionary<long, bool> { [write] = isInside });
        Assert.Equal(0, plan.AmbiguousTransactions);
        Assert.Equal(isInside ? PlayVerdict.Skip : PlayVerdict.Play, plan.Verdict(write));
    }

    [Theory]
    [InlineData(1_009, true)]
    [InlineData(1_030, false)]
    public void WhereCommitsWereHeldTheAnswerTells(long ended, bool isInside)
    {
        _maker.Add(WorkloadMaker.Session(1));
        var write = _maker.Add(1, 995, ended, _write);
        using var reader = _maker.Read();
        var plan = CutPlanner.Plan(reader, new SnapshotCuts(Snapshot with { CommitsHeld = true }), ShapeFacts.Of(reader.Shapes));
        Assert.Equal(isInside ? PlayVerdict.Skip : PlayVerdict.Play, plan.Verdict(write));
        Assert.Equal(0, plan.AmbiguousTransactions);
    }

    [Fact]
    public void AReadThatOverlapsTheCutIsNotAmbiguous()
    {
        _maker.Add(WorkloadMaker.Session(1));
        _maker.Add(1, 995, 1_006, _read);
        Assert.Equal(0, Plan().AmbiguousTransactions);
    }

    [Fact]
    public void TemporaryTablesAndWhatIsWrittenIntoThemAreSessionState()
    {
        var create = _maker.Shape("create temporary table cart ( id int )", "ddl");
        var insert = _maker.Shape("insert into cart values ( ? )", "write");
        _maker.Add(WorkloadMaker.Session(1));
        var first = _maker.Add(1, 10, 20, create);
        var second = _maker.Add(1, 30, 40, insert);
        var other = _maker.Add(1, 50, 60, _write);
        var plan = Plan();
        Assert.Equal(PlayVerdict.PreRoll, plan.Verdict(first));
        Assert.Equal(PlayVerdict.PreRoll, plan.Verdict(second));
        Assert.Equal(PlayVerdict.Skip, plan.Verdict(other));
    }

    [Fact]
    public void WithoutASnapshotAllIsPlayed()
    {
        var plan = CutPlan.Everything(7);
        Assert.Equal(PlayVerdict.Play, plan.Verdict(0));
        Assert.Equal(7, plan.OriginMicroseconds);
    }

    [Fact]
    public void EachDatabaseHasACutOfItsOwn()
    {
        var cuts = new SnapshotCuts(Snapshot with
        {
            Databases =
            [
                new SnapshotDatabase { Name = "shop", File = "shop.dump", CutEarliestMicroseconds = WorkloadMaker.Base + 3_000, CutLatestMicroseconds = WorkloadMaker.Base + 3_001 },
                new SnapshotDatabase { Name = "other", File = "other.dump", CutEarliestMicroseconds = WorkloadMaker.Base + 900, CutLatestMicroseconds = WorkloadMaker.Base + 901 },
            ],
        });
        Assert.Equal(WorkloadMaker.Base + 3_000, cuts.Of(WorkloadMaker.Session(1)).EarliestMicroseconds);
        Assert.Equal(WorkloadMaker.Base + 1_000, cuts.Of(WorkloadMaker.Session(1) with { Database = null }).EarliestMicroseconds);
        Assert.Equal(WorkloadMaker.Base + 900, cuts.EarliestMicroseconds);
        Assert.Equal(WorkloadMaker.Base + 3_001, cuts.LatestMicroseconds);
    }

    private CutPlan Plan(SessionAtCut session, bool isExact)
    {
        using var reader = _maker.Read();
        var database = new SnapshotDatabase
        {
            Name = "shop",
            File = "shop.dump",
            CutEarliestMicroseconds = Snapshot.CutEarliestMicroseconds,
            CutLatestMicroseconds = Snapshot.CutLatestMicroseconds,
            Sessions = [session],
            SessionsAreExact = isExact,
        };
        return CutPlanner.Plan(reader, new SnapshotCuts(Snapshot with { Databases = [database] }), ShapeFacts.Of(reader.Shapes));
    }

    private CutPlan Plan()
    {
        using var reader = _maker.Read();
        return CutPlanner.Plan(reader, new SnapshotCuts(Snapshot), ShapeFacts.Of(reader.Shapes));
    }

    private static (PlayVerdict Verdict, RunReason Reason) At(CutPlan plan, long position) => (plan.Verdict(position), plan.Reason(position));
}
