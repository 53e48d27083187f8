using System.Text;
using Replay.Sql;

namespace Replay.Fuzz.Sql;

/// <summary>Any bytes: no exception, spans within the source, the normalised text its own shape, linear time.</summary>
public class ShapeReaderFuzz
{
    private const string Alphabet = "aAzZ_09 \t\n'\"`$@#?:.,()[];+-*/<>=~!%^&|\\{}\0\u00e9eExXbBnNuU";
    private static readonly string[] Pieces =
        ["select", "/*+", "*/", "/*!40101", "--", "$$", "$t$", "E'", "U&\"", "values", "(?)", "fetch", "savepoint", "begin", "create procedure", "password", "alter user", "?", "::", "'"];

    [Theory]
    [InlineData(SqlDialect.PostgreSql)]
    [InlineData(SqlDialect.MySql)]
    public void AnyBytes(SqlDialect dialect)
    {
        const int Seed = 20261120;
        var random = new Random(Seed);
        var reader = new ShapeReader(dialect);
        var again = new ShapeReader(dialect);
        for (var round = 0; round < 60_000; round++)
        {
            var sql = Make(random);
            var options = (LexerOptions)random.Next(8);
            try
            {
                var shape = reader.Read(sql, options);
                foreach (var span in shape.Comments)
                {
                    foreach (var tag in new CommentTags(span.Of(sql)))
                    {
                        Assert.True(tag.Key.Length > 0);
                    }
                }

                foreach (var span in shape.Secrets)
                {
                    Assert.True(span.Of(sql).Length > 0);
                }

                Assert.Equal(shape.Fingerprint, again.Read(sql, options).Fingerprint);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {Seed}, round {round}, {dialect}, {options}: {Convert.ToHexString(sql)}", e);
            }
        }
    }

    [Theory]
    [InlineData("(")]
    [InlineData("/*")]
    [InlineData("$a")]
    [InlineData("- ")]
    [InlineData("(1),")]
    [InlineData("values (a),")]
    [InlineData("'")]
    [InlineData("\\'")]
    public void LongRepetitionsEnd(string piece)
    {
        var sql = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(piece, 400_000)));
        foreach (var dialect in new[] { SqlDialect.PostgreSql, SqlDialect.MySql })
        {
            Assert.True(new ShapeReader(dialect).Read(sql).Text.Length <= 256 << 10);
        }
    }

    private static byte[] Make(Random random)
    {
        if (random.Next(4) == 0)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            return bytes;
        }

        var text = new StringBuilder();
        for (var n = random.Next(40); n > 0; n--)
        {
            text.Append(random.Next(3) == 0 ? Pieces[random.Next(Pieces.Length)] : Alphabet[random.Next(Alphabet.Length)].ToString());
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }
}
