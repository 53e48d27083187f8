using System.Text;
using Replay.Replayer.Tests.Ordering;
using Replay.Sql;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Replayer.Tests.Evidence;

public sealed class DecodedJoinTests : IDisposable
{
    private const long Base = 1_700_000_000_000_000;

    private static readonly OrderCatalog Catalog = new()
    {
        Dialect = SqlDialect.PostgreSql,
        Tables =
        [
            new CatalogTable
            {
                Schema = "public", Name = "t", Columns = [new("id", KeyType.Integer, IsGenerated: true, HasDefault: true), new("n", KeyType.Integer), new("s", KeyType.Text), new("x", KeyType.Other)], Keys = [["id"], ["s"]],
            },
            new CatalogTable { Schema = "public", Name = "child", Columns = [new("id", KeyType.Integer), new("t", KeyType.Integer)], Keys = [["id"]], ForeignKeys = [new(["t"], "public", "t", ["id"], ReferenceAction.Cascade)] },
            new CatalogTable { Schema = "public", Name = "log", Columns = [new("what", KeyType.Text)] },
            new CatalogTable { Schema = "public", Name = "audited", Columns = [new("id", KeyType.Integer), new("n", KeyType.Integer)], Keys = [["id"]], Triggers = [new(["update"], ["public.log"])] },
            new CatalogTable { Schema = "public", Name = "ruled", Columns = [new("id", KeyType.Integer)], Keys = [["id"]], Triggers = [new(["delete"])] },
            new CatalogTable { Schema = "public", Name = "parts", Columns = [new("id", KeyType.Integer), new("n", KeyType.Integer)], Keys = [["id"]] },
            new CatalogTable { Schema = "public", Name = "parts_1", PartitionOf = "public.parts" },
            new CatalogTable { Schema = "public", Name = "tree", Columns = [new("id", KeyType.Integer), new("up", KeyType.Integer)], Keys = [["id"]], ForeignKeys = [new(["up"], "public", "tree", ["id"], ReferenceAction.Cascade)] },
        ],
        Functions = [new CatalogFunction("more", Writes: true, ["public.t"])],
    };

    private readonly TempFolder _folder = new("decoded-join");

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 20)]
    [InlineData(30, 20)]
    public void TheLogsOrderOfCommitsIsThatOfTheRows(int rows, int resetsInThousand)
    {
        var (wrong, doubtful) = ((Before: 0, After: 0), (Before: 0L, After: 0L));
        var (joined, committed) = (0L, 0L);
        for (var seed = 1; seed <= 4; seed++)
        {
            var wired = new CounterServer(seed, sessions: 12, rows, resetsInThousand).Run(300_000);
            var plain = Play(wired, log: null);
            var told = Play(wired, DecodedMaker.Write(wired, Base));
            Assert.Equal(0, RowOrderTests.WrongPairs(wired, told.Recorder, isAll: false));
            Assert.Equal((0L, 0L), (told.Counts.EvidenceContradicted, told.Decoding!.Missing));
            Assert.True(told.Counts.Decided(OrderEvidence.LogicalDecoding) > 0);
            (joined, committed) = (joined + told.Decoding.Joined, committed + wired.Count(w => w.CommittedAt > 0));
            wrong = (wrong.Before + RowOrderTests.WrongPairs(wired, plain.Recorder, isAll: true), wrong.After + RowOrderTests.WrongPairs(wired, told.Recorder, isAll: true));
            doubtful = (doubtful.Before + plain.Counts.AmbiguousPairs, doubtful.After + told.Counts.AmbiguousPairs);
        }

        // What is left is of transactions that were rolled back, and of updates by as much of one row that were under way at one time.
        Assert.True(joined * 2 > committed, $"{joined} of {committed}");
        Assert.True(wrong.After * 2 < wrong.Before && doubtful.After * 2 < doubtful.Before, $"{wrong}, {doubtful}");
    }

    [Fact]
    public void WhoIsNotOnTheWireDoesNotMislead()
    {
        for (var seed = 1; seed <= 4; seed++)
        {
            var wired = new CounterServer(seed, sessions: 12, rows: 3).Run(300_000);
            var seen = wired.Where(w => w.Session > 4).ToList();
            var told = Play(seen, DecodedMaker.Write(wired, Base));
            Assert.Equal((0, 0L), (RowOrderTests.WrongPairs(seen, told.Recorder, isAll: false), told.Decoding!.Missing));
            Assert.True(told.Decoding.Joined > 50);
        }
    }

    [Fact]
    public void ALogOfAnotherClockDecidesNothing()
    {
        var wired = new CounterServer(1, sessions: 12, rows: 3).Run(300_000);
        var (_, counts, decoding) = Play(wired, DecodedMaker.Write(wired, Base + 3_000));
        Assert.False(decoding!.IsTrusted);
        Assert.True(counts.Decided(OrderEvidence.LogicalDecoding) < 20, $"{counts.Decided(OrderEvidence.LogicalDecoding)}");
    }

    [Fact]
    public void ALogOfAnotherTimeIsOfNoUse()
    {
        var wired = new CounterServer(1, sessions: 4, rows: 3).Run(100_000);
        Assert.Equal((0L, 0L, 0L), Play(wired, DecodedMaker.Write(wired, Base - 3_600_000_000)).Decoding is { } far ? (far.Joined, far.Unsure, far.Missing) : default);
    }

    [Fact]
    public void WhatWasSentTwiceCountsOnceAndWhatIsDamagedSaysNothing()
    {
        var wired = new CounterServer(1, sessions: 4, rows: 3).Run(300_000);
        var text = DecodedMaker.Write(wired, Base);
        var whole = Play(wired, text).Decoding!;
        var middle = text.IndexOf("BEGIN", text.Length / 2, StringComparison.Ordinal);
        var back = text.IndexOf("BEGIN", text.Length / 3, StringComparison.Ordinal);
        Assert.Equal(whole, Play(wired, text[..(middle + 7)] + "\n" + text[back..]).Decoding);
        var damaged = Play(wired, text[..middle] + "BEGIN 5\ntable public.t: UPD" + text[middle..]);
        Assert.Equal(1, damaged.Decoding!.Damaged);
        Assert.InRange(damaged.Decoding.Joined, 1, whole.Joined - 1);
        Assert.Equal((0L, 0), (damaged.Decoding.Missing, RowOrderTests.WrongPairs(wired, damaged.Recorder, isAll: false)));
    }

    // One statement, and one transaction that was committed meanwhile.
    [Theory]
    [InlineData("update t set n = 5 where id = 1", 1, "public.t: UPDATE: id[integer]:1 n[integer]:5 s[text]:'a' x[point]:'(1,2)'", true)]
    [InlineData("update t set n = 5 where id = 1", 1, "public.t: UPDATE: id[integer]:2 n[integer]:5", false)]
    [InlineData("update t set n = 5 where id = 1", 1, "public.t: UPDATE: id[integer]:1 n[integer]:6", false)]
    [InlineData("update t set n = n + 1 where id = 1", 1, "public.t: UPDATE: id[integer]:1 n[integer]:6", true)] // what it was is not known
    [InlineData("update t set n = n + 1 where id = 1", 1, "public.t: UPDATE: old-key: id[integer]:1 n[integer]:5 new-tuple: id[integer]:1 n[integer]:6", true)]
    [InlineData("update t set n = n - 1 where id = 1", 1, "public.t: UPDATE: old-key: id[integer]:1 n[integer]:5 new-tuple: id[integer]:1 n[integer]:6", false)]
    [InlineData("update t set x = '(1,2)' where s = 'a''b'", 1, "public.t: UPDATE: id[integer]:1 n[integer]:5 s[text]:'c'", true)] // what needs more than its bytes is not compared
    [InlineData("update t set n = 5 where s = 'a'", 1, "public.t: UPDATE: id[integer]:1 n[integer]:5 s[text]:'b'", false)]
    [InlineData("update t set id = 7 where id = 1", 1, "public.t: UPDATE: old-key: id[integer]:1 new-tuple: id[integer]:7 n[integer]:5", true)]
    [InlineData("update t set id = 7 where id = 1", 1, "public.t: UPDATE: old-key: id[integer]:2 new-tuple: id[integer]:7 n[integer]:5", false)]
    [InlineData("update t set n = 5 where n = 4", 2, "public.t: UPDATE: id[integer]:1 n[integer]:5\ntable public.t: UPDATE: id[integer]:2 n[integer]:5", true)]
    [InlineData("update t set n = 5 where n = 4", 2, "public.t: UPDATE: id[integer]:1 n[integer]:5", false)]
    [InlineData("update t set s = 'long' where id = 1", 1, "public.t: UPDATE: id[integer]:1 n[integer]:5 s[text]:unchanged-toast-datum", true)]
    [InlineData("delete from t where id = 1", 1, "public.t: DELETE: id[integer]:1", true)]
    [InlineData("delete from t where id = 1", 1, "public.t: DELETE: id[integer]:1\ntable public.child: DELETE: id[integer]:9", true)]
    [InlineData("delete from t where id = 1", 1, "public.t: DELETE: id[integer]:1\ntable public.log: INSERT: what[text]:'gone'", false)]
    [InlineData("delete from t where s = 'a'", 1, "public.t: DELETE: id[integer]:1", true)]
    [InlineData("delete from t where id = 1", 1, "public.t: DELETE: (no-tuple-data)", true)]
    [InlineData("insert into t (n, s) values (5, 'a'), (6, 'b')", 2, "public.t: INSERT: id[integer]:1 n[integer]:5 s[text]:'a'\ntable public.t: INSERT: id[integer]:2 n[integer]:6 s[text]:'b'", true)]
    [InlineData("insert into t (n, s) values (5, 'a')", 1, "public.t: INSERT: id[integer]:1 n[integer]:5 s[text]:'b'", false)]
    [InlineData("insert into t values (1, 5, 'a') on conflict (id) do update set n = 9", 1, "public.t: UPDATE: id[integer]:1 n[integer]:9 s[text]:'old'", true)]
    [InlineData("insert into t select * from child", 3, "public.t: INSERT: id[integer]:1\ntable public.t: INSERT: id[integer]:2\ntable public.t: INSERT: id[integer]:3", true)]
    [InlineData("update audited set n = 5 where id = 1", 1, "public.audited: UPDATE: id[integer]:1 n[integer]:6\ntable public.log: INSERT: what[text]:'x'", true)]
    [InlineData("update parts set n = 5 where id = 1", 1, "public.parts_1: DELETE: id[integer]:1\ntable public.parts_1: INSERT: id[integer]:1 n[integer]:5", true)]
    [InlineData("delete from tree where id = 1", 1, "public.tree: DELETE: id[integer]:1\ntable public.tree: DELETE: id[integer]:2", true)]
    [InlineData("update t set n = more() where id = 1", 1, "public.t: UPDATE: id[integer]:1 n[integer]:5\ntable public.t: UPDATE: id[integer]:2 n[integer]:5", true)]
    [InlineData("update t set n = 5 where id = 1", 1, "public.t: UPDATE: id[integer]:1 n[integer]:5\ntable public.t: UPDATE: id[integer]:2 n[integer]:5", false)]
    [InlineData("delete from ruled where id = 1", 1, "public.ruled: DELETE: id[integer]:1", false)] // need not be there at all
    [InlineData("update t set n = 5 where id = 1", 0, "public.t: UPDATE: id[integer]:1 n[integer]:5", false)]
    [InlineData("select * from t where id = 1 for update", 1, "public.t: UPDATE: id[integer]:1 n[integer]:5", false)]
    [InlineData("update unknown set n = 5 where id = 1", 1, "public.unknown: UPDATE: id[integer]:1 n[integer]:5", false)]
    public void AStatementIsKnownByTheRowsThatItWrote(string sql, int affected, string changes, bool isIt)
    {
        var log = $"BEGIN 1\nCOMMIT 1 (at {DecodedMaker.Time(Base - 1_000_000)})\nBEGIN 2\ntable {changes}\nCOMMIT 2 (at {DecodedMaker.Time(Base + 150)})\nBEGIN 3\nCOMMIT 3 (at {DecodedMaker.Time(Base + 9_000_000)})\n";
        var (_, _, decoding) = Play([new Wired(1, 0, 100, 300, sql, IsOpen: false, Row: affected)], log);
        Assert.Equal(isIt ? 1 : 0, decoding!.Joined);
    }

    [Fact]
    public void OfUpdatesThatCannotBeToldApartNoneIsJoined()
    {
        // Two may be either; the third is the third, whoever the two are.
        Wired[] wired =
        [
            new(1, 0, 100, 400, "update t set n = n + 1 where id = 1", IsOpen: false, 1, 1, 1, 150),
            new(2, 0, 100, 410, "update t set n = n + 1 where id = 1", IsOpen: false, 1, 2, 2, 250),
            new(3, 0, 120, 700, "update t set n = n + 1 where id = 1", IsOpen: false, 1, 3, 3, 500),
        ];
        var decoding = Play(wired, DecodedMaker.Write(wired, Base)).Decoding!;
        Assert.Equal((1L, 2L, 0L), (decoding.Joined, decoding.Unsure, decoding.Missing));
    }

    // They stood behind a deadlock: they are not moved, but the log says that they are where they were.
    [Theory]
    [InlineData(3_000_200, 3_000_250, 1, 0)]
    [InlineData(3_000_250, 3_000_200, 0, 1)]
    public void WhatTookSecondsIsToldTooIfItEndedInOrder(long first, long second, int decided, int ambiguous)
    {
        Wired[] wired =
        [
            new(1, 0, 100, 3_000_300, "update t set n = 5 where id = 1", IsOpen: false, 1, 1, 5, first),
            new(2, 0, 200, 3_000_350, "update t set n = 6 where id = 1", IsOpen: false, 1, 2, 6, second),
        ];
        var (recorder, counts, decoding) = Play(wired, DecodedMaker.Write(wired, Base));
        Assert.Equal([1, 2], recorder.Units.Select(u => u.Session));
        Assert.Equal((2L, decided, ambiguous), (decoding!.Joined, counts.Decided(OrderEvidence.LogicalDecoding), counts.AmbiguousPairs));
    }

    [Fact]
    public void WhatASavepointMayHaveTakenBackIsNotAskedFor()
    {
        Wired[] wired =
        [
            new(1, 0, 10, 20, "begin", IsOpen: true), new(1, 1, 30, 40, "update t set n = 5 where id = 1", IsOpen: true, 1), new(1, 2, 50, 60, "rollback to savepoint a", IsOpen: true),
            new(1, 3, 70, 80, "update t set n = 6 where id = 2", IsOpen: true, 1), new(1, 4, 100, 300, "commit", IsOpen: false),
        ];
        var log = $"BEGIN 1\nCOMMIT 1 (at {DecodedMaker.Time(Base - 1_000_000)})\nBEGIN 2\ntable public.t: UPDATE: id[integer]:2 n[integer]:6\nCOMMIT 2 (at {DecodedMaker.Time(Base + 150)})\nBEGIN 3\nCOMMIT 3 (at {DecodedMaker.Time(Base + 9_000_000)})\n";
        Assert.Equal(1, Play(wired, log).Decoding!.Joined);
        wired[4] = wired[4] with { Sql = "rollback" };
        Assert.Equal((0L, 0L), Play(wired, log).Decoding is { } left ? (left.Joined, left.Missing) : default);
    }

    [Fact]
    public void WhatIsNoSuchFileIsRefused()
    {
        Assert.Contains("cannot be read", Refusal(_folder.File("none")), StringComparison.Ordinal);
        Assert.Contains("include-timestamp", Refusal(File("BEGIN 5\nCOMMIT 5\n")), StringComparison.Ordinal);
        Assert.Contains("test_decoding", Refusal(File("{\"change\": []}\n")), StringComparison.Ordinal);
        DecodedFile.Open(File("")).Dispose();

        static string Refusal(string path) => Assert.Throws<CommandException>(() => DecodedFile.Open(path)).Message;
    }

    [Fact]
    public void FilesAreOfTheDatabaseThatTheyAreNamedWith()
    {
        Assert.Equal(["a", "b=c"], LogicalDecodingFiles.ByDatabase(["a", "b=c"], ["shop"])["shop"]);
        var several = LogicalDecodingFiles.ByDatabase(["shop=a", "x=y", "shop=b"], ["shop", "x"]);
        Assert.Equal(["a", "b"], several["shop"]);
        Assert.Equal(["y"], several["x"]);
        Assert.Contains("shop, x", Assert.Throws<CommandException>(() => LogicalDecodingFiles.ByDatabase(["a"], ["x", "shop"])).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private (OrderRecorder Recorder, OrderCounts Counts, LogicalDecodingCounts? Decoding) Play(IReadOnlyList<Wired> wired, string? log)
    {
        var recorder = new OrderRecorder();
        var builder = new OrderBuilder(new OrderOptions(), recorder);
        var feed = new OrderFeed(Catalog, builder);
        using var decoded = log is null ? null : feed.Decode([File(log)]);
        builder.Rows = log is null ? null : builder.Rows;
        foreach (var one in wired)
        {
            var exchange = Exchange.Empty;
            exchange.Session = one.Session;
            exchange.Ordinal = one.Ordinal;
            exchange.Command = Command.Query;
            exchange.Flags = ExchangeFlags.Complete | ExchangeFlags.RequestComplete;
            exchange.TransactionState = one.IsOpen ? TransactionState.Open : TransactionState.Idle;
            exchange.RequestedAtMicroseconds = exchange.StartedAtMicroseconds = Base + one.RequestedAt;
            exchange.FirstByteAtMicroseconds = exchange.EndedAtMicroseconds = Base + one.EndedAt;
            exchange.Text = Encoding.UTF8.GetBytes(one.Sql.Replace(" returning n", "", StringComparison.Ordinal));
            exchange.Affected = one.Turn > 0 ? 1 : one.Row;
            feed.Add(0, in exchange, "shop");
            feed.AdvanceTo(Base + one.EndedAt - 2_000_000);
        }

        feed.Finish();
        return (recorder, builder.Counts, feed.DecodingCounts);
    }

    private string File(string text)
    {
        System.IO.File.WriteAllText(_folder.File("decoded"), text);
        return _folder.File("decoded");
    }
}
