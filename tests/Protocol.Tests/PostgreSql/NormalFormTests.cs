using Replay.Workload;
using static Replay.TestKit.Scripted.PostgresWire;

namespace Replay.Protocol.Tests.PostgreSql;

/// <summary>Values of types that can be written in several ways have hashes in normal form beside those of the wire.</summary>
public sealed class NormalFormTests
{
    private const int Int = 23, Text = 25, Numeric = 1700, Double = 701;

    [Fact]
    public void EqualValuesOfAnotherFormHaveEqualNormalHashes()
    {
        var talk = Talk.Joined();
        foreach (var (number, note) in new[] { ("1.5", "a"), ("1.50", "a"), ("1.5", "a"), ("1.50", "b") })
        {
            talk.Client(Query("select n, t")).Server(Columns(("n", Numeric), ("t", Text)), Row("7", "x"), Row(number, note), Complete("SELECT 2"), Ready());
        }

        AssertForms(talk.Seen);
    }

    [Fact]
    public void OfAPreparedStatementTheFormsAreKnownFromItsDescription()
    {
        var talk = Talk.Joined();
        talk.Client(Parse("s", "select n, t"), DescribeStatement("s"), Sync).Server(ParseComplete, ParameterTypes(), Columns(("n", Double), ("t", Text)), Ready());
        foreach (var (number, note) in new[] { ("0.1", "a"), ("0.10000000000000001", "a"), ("0.1", "a"), ("1e-1", "b") })
        {
            talk.Client(Bind("", "s"), Execute(""), Sync).Server(BindComplete, Row(number, note), Complete("SELECT 1"), Ready());
        }

        AssertForms([.. talk.Seen.Skip(1)]);
    }

    [Fact]
    public void EachResultSetHasItsOwnForms()
    {
        var talk = Talk.Joined();
        foreach (var (integer, number) in new[] { ("10", "2.5"), ("10", "2.50"), ("10", "2.5"), ("1", "2.50") })
        {
            talk.Client(Query("select i; select n")).Server(Columns(("i", Int)), Row(integer), Complete("SELECT 1"), Columns(("n", Numeric)), Row(number), Complete("SELECT 1"), Ready());
        }

        AssertForms(talk.Seen);
    }

    [Fact]
    public void IntegersAndTextsHaveOneForm()
    {
        var e = Talk.Joined().Client(Query("select i, t")).Server(Columns(("i", Int), ("t", Text)), Row("10", "1.50"), Complete("SELECT 1"), Ready()).Only;
        Assert.True(e.Has(ExchangeFlags.NormalHashed));
        Assert.False(e.Has(ExchangeFlags.OtherForm));
        Assert.Equal(((uint)e.SetHash, (uint)e.SequenceHash), (e.NormalSetHash, e.NormalSequenceHash));
    }

    // The first three are equal, the second in another form than the others; the fourth has another value.
    private static void AssertForms(IReadOnlyList<SeenExchange> seen)
    {
        Assert.All(seen, e => Assert.True(e.Has(ExchangeFlags.Hashed | ExchangeFlags.NormalHashed)));
        Assert.Equal([false, true, false, true], seen.Select(e => e.Has(ExchangeFlags.OtherForm)));
        Assert.Equal((seen[0].NormalSetHash, seen[0].NormalSequenceHash), (seen[1].NormalSetHash, seen[1].NormalSequenceHash));
        Assert.Equal((seen[0].SetHash, seen[0].SequenceHash), (seen[2].SetHash, seen[2].SequenceHash));
        Assert.NotEqual(seen[0].SetHash, seen[1].SetHash);
        Assert.NotEqual(seen[0].NormalSetHash, seen[3].NormalSetHash);
    }
}
