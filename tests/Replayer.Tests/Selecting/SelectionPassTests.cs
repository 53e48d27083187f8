using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests;

/// <summary>What a selection makes of each exchange of a small workload; a moment is a second.</summary>
public sealed class SelectionPassTests : IDisposable
{
    private const long Second = 1_000_000;

    private readonly TempFolder _folder = new("selection");
    private readonly WorkloadMaker _maker;
    private readonly Dictionary<string, int> _shapes = [];
    private readonly List<long> _positions = [];
    private WorkloadReader? _reader;

    public SelectionPassTests()
    {
        _maker = new WorkloadMaker(_folder.File("w.workload"));
        foreach (var (text, @class) in new[] { ("read", "read"), ("write", "write"), ("begin", "transaction"), ("commit", "transaction"), ("set x = ?", "session"), ("listen x", "session"), ("select work ( ? )", "read"), ("select pg_advisory_lock ( ? )", "read"), ("select pg_advisory_unlock ( ? )", "read") })
        {
            _shapes[text] = _maker.Shape(text, @class);
        }
    }

    [Fact]
    public void WritesBeforeTheWindowAreSentAndReadsAreNot()
    {
        Session(1);
        One(1, 0, "read");
        One(1, 1, "write");
        One(1, 2, "select work ( ? )"); // who knows
        One(1, 10, "read");
        One(1, 11, "write");
        One(1, 20, "write");
        Assert.Equal(["skip before_window", "before", "before", "play", "play", "skip after_window"], Plan(new SelectionOptions { From = "10s", To = "20s" }));
    }

    [Fact]
    public void OfATransactionBeforeTheWindowTheReadsAreLeftOutAndOfOneThatOnlyReadsAll()
    {
        Session(1);
        Transaction(1, 0, "read", "write", "read");
        Transaction(1, 5, "read", "read");
        One(1, 10, "read");
        Assert.Equal(
            ["before", "skip before_window", "before", "skip before_window", "before", "skip before_window", "skip before_window", "skip before_window", "skip before_window", "play"],
            Plan(new SelectionOptions { From = "10s" }));
    }

    [Fact]
    public void ATransactionThatIsOpenWhenTheWindowBeginsIsSentWhole()
    {
        Session(1);
        Transaction(1, 9, "read", "read", "read"); // at 9, 9.5, 10, 10.5, 11
        Assert.Equal(["before", "before", "play", "play", "play"], Plan(new SelectionOptions { From = "10s" }));
    }

    [Fact]
    public void ASessionIsGivenItsSettingsWhenAnythingElseOfItIsSent()
    {
        Session(1);
        Session(2, closedAt: 4);
        One(1, 0, "set x = ?");
        One(1, 1, "listen x");
        One(2, 2, "set x = ?");
        One(2, 3, "read");
        One(1, 5, "read");
        One(1, 12, "read");
        Assert.Equal(["before", "before", "skip before_window", "skip before_window", "skip before_window", "play"], Plan(new SelectionOptions { From = "10s" }));
    }

    // Else others in the window would wait for it as long as the session is open.
    [Fact]
    public void ALockThatWasSentIsGivenUp()
    {
        Session(1);
        One(1, 0, "select pg_advisory_lock ( ? )");
        One(1, 1, "write");
        One(1, 2, "set x = ?");
        One(1, 3, "select pg_advisory_unlock ( ? )");
        One(1, 4, "select pg_advisory_lock ( ? )");
        One(1, 5, "read");
        One(1, 6, "select pg_advisory_unlock ( ? )");
        Session(2);
        One(2, 12, "read");
        Assert.Equal(
            ["before", "before", "before", "before", "skip before_window", "skip before_window", "skip before_window", "play"], Plan(new SelectionOptions { From = "10s" }));
    }

    [Fact]
    public void OfSessionsThatAreNotInTheSampleTheWritesAreSentUntimed()
    {
        for (var session = 1; session <= 200; session++)
        {
            Session(session);
            One(session, session, "set x = ?");
            One(session, session + 0.2, "read");
            One(session, session + 0.4, "write");
        }

        var tenth = Plan(new SelectionOptions { Sample = 0.1 }).Chunk(3).Select(static c => string.Join(' ', c)).ToList();
        var kept = tenth.Select((c, i) => (Text: c, Session: i)).Where(static c => c.Text == "play play play").Select(static c => c.Session).ToHashSet();
        Assert.All(tenth, static c => Assert.True(c is "play play play" or "untimed skip not_sampled untimed", c));
        Assert.InRange(kept.Count, 10, 35);

        // The same ones again, and a larger sample holds them.
        Assert.Equal(tenth, Plan(new SelectionOptions { Sample = 0.1 }).Chunk(3).Select(static c => string.Join(' ', c)));
        var half = Plan(new SelectionOptions { Sample = 0.5 }).Chunk(3).Select((c, i) => (Text: string.Join(' ', c), Session: i)).Where(static c => c.Text == "play play play").Select(static c => c.Session).ToHashSet();
        Assert.Superset(kept, half);
        Assert.InRange(half.Count, 75, 125);
    }

    [Fact]
    public void FiltersKeepTransactionsAndSettingsWhole()
    {
        Session(1);
        One(1, 0, "set x = ?");
        One(1, 1, "read");
        One(1, 2, "write");
        Transaction(1, 3, "read", "write");
        Transaction(1, 8, "write");
        Assert.Equal(
            ["untimed", "play", "skip excluded", "untimed", "play", "untimed", "untimed", "skip excluded", "skip excluded", "skip excluded"],
            Plan(new SelectionOptions { Filter = SelectionFilter.Parse(["class=read"], []) }));
    }

    [Fact]
    public void ExcludedSessionsAreLeftOutButForWhatTheyWroteBeforeTheWindow()
    {
        Session(1);
        Session(2);
        One(1, 0, "write");
        One(2, 1, "write");
        One(1, 10, "write");
        One(2, 11, "read");
        var filter = SelectionFilter.Parse([], ["client=127.0.0.1"]);
        Assert.Equal(["before", "before", "skip excluded", "skip excluded"], Plan(new SelectionOptions { From = "5s", Filter = filter }));
        Assert.All(Plan(new SelectionOptions { Filter = filter }), static p => Assert.Equal("skip excluded", p));
    }

    [Fact]
    public void WhatACheckpointSendsIsWhatARunFromItLeavesOut()
    {
        Session(1);
        Session(2);
        One(1, 0, "set x = ?");
        One(1, 1, "write");
        Transaction(1, 2, "read", "write"); // ends at 3.5
        Transaction(2, 4, "write", "write"); // open at 5, ends at 5.5
        One(1, 6, "read");
        var options = new SelectionOptions { From = "5s" };
        Assert.Equal(
            ["before", "before", "before", "skip before_window", "before", "before", "skip after_window", "skip after_window", "skip after_window", "skip after_window", "skip after_window"],
            Plan(options, endsThere: true));
        Assert.Equal(
            ["before", "skip in_checkpoint", "skip in_checkpoint", "skip in_checkpoint", "skip in_checkpoint", "skip in_checkpoint", "before", "before", "play", "play", "play"],
            Plan(options, checkpointSeconds: 5));
        Assert.Contains("checkpoint of", Assert.Throws<CommandException>(() => Plan(options, checkpointSeconds: 4)).Message, StringComparison.Ordinal);
        Assert.Contains("checkpoint of", Assert.Throws<CommandException>(() => Plan(SelectionOptions.Everything, checkpointSeconds: 5)).Message, StringComparison.Ordinal);
        Assert.Throws<CommandException>(() => Plan(SelectionOptions.Everything, endsThere: true));
    }

    [Fact]
    public void BeforeASeamIsSentWhatChangesSomethingAndWhatHasNoOutcome()
    {
        Session(1);
        One(1, 0, "set x = ?");
        One(1, 1, "read");
        One(1, 2, "read");
        Transaction(1, 3, "read", "read"); // ends at 4.5
        Transaction(1, 5, "read", "write"); // ends at 6.5
        Transaction(1, 9, "read", "write", "read"); // at 9, 9.5, 10, 10.5, 11
        List<string> left = ["skip before_window", "skip before_window", "skip before_window", "skip before_window"];
        List<string> after = ["before", "skip before_window", "before", "before", "before", "before", "play", "play", "play"];
        Assert.Equal(["before", "skip before_window", "skip before_window", .. left, .. after], Plan(SelectionOptions.Everything, seamSeconds: 10));
        Assert.Equal(["before", "skip before_window", "before", .. left, .. after], Plan(SelectionOptions.Everything, seamSeconds: 10, owed: 2));
        Assert.Equal(["before", "skip before_window", "skip before_window", "before", "skip before_window", "before", "before", .. after], Plan(SelectionOptions.Everything, seamSeconds: 10, owed: 5));
    }

    [Fact]
    public void BetweenTheWindowAndASeamIsLeftOutWhatHadBeen()
    {
        Session(1);
        Session(2);
        One(1, 0, "write");
        One(2, 1, "write");
        One(1, 6, "write");
        One(2, 7, "write");
        One(1, 10, "write");
        var filter = SelectionFilter.Parse([], ["client=127.0.0.1"]);
        var options = new SelectionOptions { From = "5s", Filter = filter };
        Assert.Equal(["before", "before", "skip excluded", "skip excluded", "skip excluded"], Plan(options, seamSeconds: 9));
        Assert.Equal(["skip excluded", "skip excluded", "skip excluded", "skip excluded", "skip excluded"], Plan(new SelectionOptions { Filter = filter }, seamSeconds: 9));
        var writes = SelectionFilter.Parse([], ["class=write"]);
        Assert.Equal(["before", "before", "skip excluded", "skip excluded", "skip excluded"], Plan(new SelectionOptions { From = "5s", Filter = writes }, seamSeconds: 9));

        using var reader = Read();
        using var selection = Selection.Of(new SelectionOptions { From = "5s" }, reader, WorkloadMaker.Base, TimeSpan.Zero);
        var words = selection.Words;
        selection.ResumeAt(WorkloadMaker.Base + (9 * Second), static _ => false);
        Assert.Equal(words, selection.Words);
    }

    [Fact]
    public void SessionsOfWhichNothingCanBeSentAreNotOpened()
    {
        Session(1, closedAt: 4);
        Session(2);
        _maker.Add(WorkloadMaker.Session(3, openedAt: 8 * Second));
        One(1, 0, "write");
        One(2, 1, "write");
        One(3, 9, "write");
        using var reader = Read();
        Assert.Equal([1, 2, 3], Opened(SelectionOptions.Everything));
        Assert.Equal([1, 2], Opened(new SelectionOptions { To = "7s" }));
        Assert.Equal([1, 2, 3], Opened(new SelectionOptions { From = "5s" }));
        Assert.Equal([2, 3], Opened(new SelectionOptions { From = "5s" }, isAtCheckpoint: true));
        Assert.Empty(Opened(new SelectionOptions { Filter = SelectionFilter.Parse([], ["user=alice"]) }));

        IEnumerable<int> Opened(SelectionOptions options, bool isAtCheckpoint = false)
        {
            var selection = Selection.Of(options, reader, Selection.OriginOf(reader), TimeSpan.Zero);
            return [.. reader.Sessions.Where(session => selection.MayOpen(session, isAtCheckpoint)).Select(static session => session.Number)];
        }
    }

    [Fact]
    public void TheWarmUpLiesBeforeTheWindowOrAtTheBeginning()
    {
        Session(1);
        One(1, 0, "write");
        One(1, 40, "write");
        One(1, 70, "write");
        using var reader = Read();
        var window = Selection.Of(new SelectionOptions { From = "60s" }, reader, WorkloadMaker.Base, TimeSpan.FromSeconds(30));
        Assert.Equal((WorkloadMaker.Base + (30 * Second), WorkloadMaker.Base + (60 * Second)), (window.FromMicroseconds, window.ComparedFromMicroseconds));
        var early = Selection.Of(new SelectionOptions { From = "10s" }, reader, WorkloadMaker.Base, TimeSpan.FromSeconds(30));
        Assert.Equal((WorkloadMaker.Base, WorkloadMaker.Base + (10 * Second), false), (early.FromMicroseconds, early.ComparedFromMicroseconds, early.HasBeginning));
        var all = Selection.Of(SelectionOptions.Everything, reader, WorkloadMaker.Base, TimeSpan.FromSeconds(30));
        Assert.Equal((WorkloadMaker.Base, WorkloadMaker.Base + (30 * Second), "all"), (all.FromMicroseconds, all.ComparedFromMicroseconds, all.Words));
        Assert.Throws<CommandException>(() => Selection.Of(new SelectionOptions { From = "2h" }, reader, WorkloadMaker.Base, TimeSpan.Zero));
        Assert.Throws<CommandException>(() => Selection.Of(new SelectionOptions { From = "50s", To = "40s" }, reader, WorkloadMaker.Base, TimeSpan.Zero));
    }

    [Fact]
    public void ThePeakIsWhereMostIsAskedFor()
    {
        Session(1);
        for (var i = 0; i < 100; i++)
        {
            One(1, i * 3, "read");
        }

        for (var i = 0; i < 30; i++)
        {
            One(1, 300 + (i * 0.4), "read");
        }

        One(1, 500, "read");
        using var reader = Read();
        var peak = Selection.Of(new SelectionOptions { Peak = TimeSpan.FromMinutes(1) }, reader, WorkloadMaker.Base, TimeSpan.Zero);
        Assert.InRange((peak.FromMicroseconds - WorkloadMaker.Base) / Second, 252, 300);
        Assert.Equal(60 * Second, peak.ToMicroseconds - peak.FromMicroseconds);
    }

    [Fact]
    public void WhatCannotBeHeldIsSentRatherThanLeftOut()
    {
        Session(1);
        One(1, 0, "set x = ?");
        Transaction(1, 1, "read", "write", "read", "read"); // at 1, 1.5 ... 3.5
        Session(2);
        One(2, 4, "set x = ?");
        One(2, 4.1, "set x = ?");
        One(2, 4.2, "set x = ?");
        One(2, 4.3, "read");
        One(1, 10, "read");
        var options = new SelectionOptions { From = "10s" };
        List<string> all = ["before", "before", "skip before_window", "before", "skip before_window", "skip before_window", "before"];
        Assert.Equal([.. all, "skip before_window", "skip before_window", "skip before_window", "skip before_window", "play"], Plan(options));
        Assert.Equal([.. all, "before", "before", "before", "skip before_window", "play"], Plan(options, maxHeld: 2));
        // What a filter leaves out of a transaction that may yet have something that it keeps.
        var filtered = SelectionFilter.Parse(["class=write"], []);
        Transaction(1, 20, "read", "read", "read");
        Assert.Equal("skip excluded", Plan(new SelectionOptions { Filter = filtered })[^1]);
        Assert.Equal("untimed", Plan(new SelectionOptions { Filter = filtered }, maxHeld: 2)[^1]);
    }

    [Fact]
    public void ACheckpointIsNotMadeOfTransactionsThatCannotBeHeld()
    {
        Session(1);
        Transaction(1, 1, "read", "write", "read", "read");
        One(1, 10, "read");
        var options = new SelectionOptions { From = "10s" };
        Assert.Contains("checkpoint", Assert.Throws<CommandException>(() => Plan(options, endsThere: true, maxHeld: 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheStepsOfAShortPeakInALongWorkloadAreBounded()
    {
        Session(1);
        for (var i = 0; i < 20; i++)
        {
            One(1, 3_000_000 + (i * 0.04), "read"); // in the fifth week
        }

        One(1, 6_000_000, "read");
        using var reader = Read();
        // Steps of 3 s.
        Assert.InRange(PeakFinder.Find(reader, TimeSpan.FromSeconds(1), WorkloadMaker.Base) - WorkloadMaker.Base, 2_999_996 * Second, 3_000_000 * Second);
    }

    [Fact]
    public void ThePeakIsOfClientsAndNotOfTheSnapshotsTool()
    {
        Session(1);
        Session(2, purpose: SessionPurpose.SnapshotTool);
        for (var i = 0; i < 50; i++)
        {
            One(2, 1 + (i * 0.01), "read");
        }

        for (var i = 0; i < 20; i++)
        {
            One(1, 100 + (i * 0.01), "read");
        }

        using var reader = Read();
        Assert.InRange(PeakFinder.Find(reader, TimeSpan.FromSeconds(1), WorkloadMaker.Base) - WorkloadMaker.Base, 99 * Second, 100 * Second);
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _maker.Dispose();
        _folder.Dispose();
    }

    private void Session(int number, long? closedAt = null, SessionPurpose purpose = SessionPurpose.Client) => _maker.Add(WorkloadMaker.Session(number, closedAt: closedAt * Second) with { Purpose = purpose });

    private void One(int session, double at, string shape, TransactionState state = TransactionState.Idle) =>
        _positions.Add(_maker.Add(session, (long)(at * Second), (long)(at * Second) + 1000, _shapes[shape], state));

    private void Transaction(int session, double at, params string[] statements)
    {
        One(session, at, "begin", TransactionState.Open);
        for (var i = 0; i < statements.Length; i++)
        {
            One(session, at + (0.5 * (i + 1)), statements[i], TransactionState.Open);
        }

        One(session, at + (0.5 * (statements.Length + 1)), "commit");
    }

    private WorkloadReader Read()
    {
        _reader ??= _maker.Read();
        return WorkloadReader.Open(_maker.Folder);
    }

    private List<string> Plan(SelectionOptions options, long? checkpointSeconds = null, bool endsThere = false, int maxHeld = SelectionPass.MaxHeld, long? seamSeconds = null, params long[] owed)
    {
        using var reader = Read();
        var cut = CutPlan.Everything(WorkloadMaker.Base);
        using var selection = Selection.Of(options, reader, WorkloadMaker.Base, TimeSpan.Zero);
        selection.BeginAt(WorkloadMaker.Base + (checkpointSeconds * Second), endsThere);
        if (seamSeconds is { } seam)
        {
            selection.ResumeAt(WorkloadMaker.Base + (seam * Second), owed.Contains);
        }

        using var marks = new TempFolder("marks");
        var planner = new ExchangePlanner(Engine.PostgreSql, ShapeFacts.Of(reader.Shapes), cut, new RequestSlabs(), AsRecorded.Instance, roles: null, selection);
        selection.Prepare(marks.Path, reader, cut, session => planner.SessionReason(session) == RunReason.None, CancellationToken.None, maxHeld);
        var plans = new List<string>();
        using var cursor = reader.Read();
        while (cursor.MoveNext())
        {
            var exchange = cursor.Current;
            planner.Plan(cursor.Position, in exchange, planner.SessionReason(reader.Sessions.Find(exchange.Session)!), out var planned);
            plans.Add(planned.Verdict == PlayVerdict.Skip ? $"skip {planned.Reason.Name()}" : planned.IsBefore ? "before" : planned.IsUntimed ? "untimed" : "play");
            Assert.Equal(planned.IsBefore, planned.IsAwaited);
        }

        return plans;
    }
}
