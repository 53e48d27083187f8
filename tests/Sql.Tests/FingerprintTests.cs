using System.Text;

namespace Replay.Sql.Tests;

public class FingerprintTests
{
    /// <summary>The algorithm's own published values.</summary>
    [Theory]
    [InlineData("", "00000000000000000000000000000000")]
    [InlineData("hello", "cbd8a7b341bd9b025b1e906a48ae1d19")]
    [InlineData("The quick brown fox jumps over the lazy dog", "e34bbc7bbc071b6c7a433ca9c49a9347")]
    public void HashIsMurmur3(string text, string expected) => Assert.Equal(expected, Hash128.Of(Encoding.ASCII.GetBytes(text)).ToString());

    /// <summary>Fingerprints are for ever: workloads of years ago must still meet today's. A change here needs a new RulesVersion.</summary>
    [Theory]
    [InlineData(SqlDialect.PostgreSql, "SELECT abalance FROM pgbench_accounts WHERE aid = 1;", "63cbe345e6c2769534b7d3db5d8732e5")]
    [InlineData(SqlDialect.PostgreSql, "INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y')", "a85ed73f962cf5728adf298a331d9149")]
    [InlineData(SqlDialect.PostgreSql, "select \"Id\"::text, d->>'k' from t where a in ($1,$2) and b = -1 order by 1 limit 5", "157c82de8808f2878825a6a31ccf09f7")]
    [InlineData(SqlDialect.PostgreSql, "BEGIN", "ad8a4a7f116307e47229778354e8cd3d")]
    [InlineData(SqlDialect.PostgreSql, "", "60ff7f62c503e9aebcfbc994e8f4bf07")]
    [InlineData(SqlDialect.MySql, "SELECT c FROM sbtest1 WHERE id=50", "e11a2f93b55374b8804d7675dd6b7653")]
    [InlineData(SqlDialect.MySql, "BEGIN", "581e3dfdda572060f5e545231c761032")]
    [InlineData(SqlDialect.MySql, "select `Id`, @@session.sql_mode /*!40001 SQL_NO_CACHE */ from t where a = \"x\" # c", "f6eb4525132fbbe142ed94ba7a191e00")]
    public void FingerprintsArePinned(SqlDialect dialect, string sql, string expected) => Assert.Equal(expected, Shapes.Read(sql, dialect).Hex);

    [Fact]
    public void SmallEditsNeverCollide()
    {
        var texts = new HashSet<string>(StringComparer.Ordinal);
        var hashes = new HashSet<string>(StringComparer.Ordinal);
        var halves = new HashSet<ulong>();
        const string Sql = "select aa, b, c from t join u on t.a = u.b where c < 1 and d = 2 order by e";
        for (var i = 0; i < Sql.Length; i++)
        {
            foreach (var c in "abcdefgxyz_019().,;+-*=<>' ")
            {
                foreach (var edited in new[] { Sql[..i] + c + Sql[(i + 1)..], Sql[..i] + c + Sql[i..], Sql.Remove(i, 1) })
                {
                    var shape = new ShapeReader(SqlDialect.PostgreSql).Read(Encoding.ASCII.GetBytes(edited));
                    if (texts.Add(Encoding.ASCII.GetString(shape.Text)))
                    {
                        Assert.True(hashes.Add(shape.Fingerprint.ToString()));
                        Assert.True(halves.Add(shape.Fingerprint.High) & halves.Add(shape.Fingerprint.Low));
                    }
                }
            }
        }

        Assert.True(texts.Count > 1000, $"{texts.Count} distinct shapes");
    }

    [Fact]
    public void OneBitOfInputChangesHalfOfTheHash()
    {
        var bytes = new byte[61];
        new Random(7).NextBytes(bytes);
        var before = Hash128.Of(bytes);
        long flipped = 0;
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            var after = Hash128.Of(bytes);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            var changed = System.Numerics.BitOperations.PopCount(before.High ^ after.High) + System.Numerics.BitOperations.PopCount(before.Low ^ after.Low);
            Assert.InRange(changed, 36, 92);
            flipped += changed;
        }

        Assert.InRange(flipped / (bytes.Length * 8.0), 62, 66);
    }

    [Fact]
    public void DialectsDiffer() => Assert.NotEqual(Shapes.Postgres("select 1").Hex, Shapes.MySql("select 1").Hex);
}
