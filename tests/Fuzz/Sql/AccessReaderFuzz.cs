using System.Text;
using Replay.Sql;

namespace Replay.Fuzz.Sql;

/// <summary>Any bytes: no exception, numbers of literals and parameters within the text's, the same answer twice, linear time.</summary>
public class AccessReaderFuzz
{
    private static readonly string[] Pieces =
    [
        "select ", "from ", "where ", "t ", "u.v ", "id ", "= ", "1 ", "'x' ", "$1 ", "? ", "(", ")", ", ", "; ", "and ", "or ", "in ", "between ", "update ", "set ", "insert into ", "values ",
        "delete ", "with ", "as ", "using ", "join ", "on ", "conflict ", "do ", "for update ", "skip locked ", "returning ", "not ", "case ", "end ", "begin ", "create ", "function ", "table ",
        "union ", "all ", "duplicate key update ", "merge into ", "copy ", "lock ", "truncate ", "\"q\" ", "`b` ", "::int ", "cast(", ".", "[", "]", "-", "/*!40101 ", "*/ ", "/*! ", "--\n", "explain ",
        "declare c cursor for ", "set transaction isolation level ", "@@tx_isolation = ", "'repeatable read' ", "$$x$$ ", "null ", "default ", "row", "f(", "recursive ", "into ", "temp ",
        "is distinct from ", "replace ", "ignore ", "partition ", "limit ", "\u00e9", "'", "\"", "\0", "#",
    ];

    [Theory]
    [InlineData(SqlDialect.PostgreSql)]
    [InlineData(SqlDialect.MySql)]
    public void AnyTokens(SqlDialect dialect)
    {
        var reader = new AccessReader(dialect);
        var again = new AccessReader(dialect);
        for (var seed = FuzzSettings.Seed; seed < FuzzSettings.Seed + (20 * FuzzSettings.Cases); seed++)
        {
            var random = new Random(seed);
            var sql = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => Pieces[random.Next(Pieces.Length)])));
            for (var damage = random.Next(3); damage > 0 && sql.Length > 0; damage--)
            {
                sql[random.Next(sql.Length)] = (byte)random.Next(256);
            }

            var options = (LexerOptions)random.Next(8);
            try
            {
                var access = reader.Read(sql, options);
                Check(access);
                Check(again.Read(sql, options));
                Assert.Equal(access.Statements.Select(s => (s.Verb, s.Tables.Count)), again.Read(sql, options).Statements.Select(s => (s.Verb, s.Tables.Count)));

                var spans = new TextSpan[64];
                var literals = LiteralReader.Read(sql, dialect, options, spans);
                Assert.True(literals >= Math.Min(access.Literals, 64), "all literals are found again");
                foreach (var span in spans.AsSpan(0, literals))
                {
                    LiteralReader.TryValue(span.Of(sql), random.Next(2) == 0, out _, out _);
                }
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}, {dialect}, {options}: {Convert.ToHexString(sql)}", e);
            }
        }
    }

    [Theory]
    [InlineData("(")]
    [InlineData("()")]
    [InlineData("(1),")]
    [InlineData("/*")]
    [InlineData("$a")]
    [InlineData("$9")]
    [InlineData("- ")]
    [InlineData("'")]
    [InlineData(" and id = 1")]
    [InlineData(" or (id = 1)")]
    [InlineData(",f(x)")]
    [InlineData(" union select 1 from t")]
    [InlineData(";select 1")]
    [InlineData(" join t on (a = b)")]
    [InlineData("with x as (select ")]
    [InlineData(" = ")]
    [InlineData("a.")]
    public void LongRepetitionsTakeLinearTime(string piece)
    {
        foreach (var dialect in new[] { SqlDialect.PostgreSql, SqlDialect.MySql })
        {
            foreach (var head in new[] { "", "insert into t values ", "update t set a = 1 where id = 1", "select * from t where (((" })
            {
                // 4 MB: a quadratic reader would need hours for it.
                var sql = Encoding.UTF8.GetBytes(head + string.Concat(Enumerable.Repeat(piece, 4_000_000 / piece.Length)));
                Check(new AccessReader(dialect).Read(sql));
            }
        }
    }

    private static void Check(TextAccess access)
    {
        foreach (var statement in access.Statements)
        {
            Assert.True(statement.IsUnknown || statement.Tables.Count <= AccessReader.MaxTables, "tables are bounded");
            foreach (var table in statement.Tables)
            {
                var values = table.Where.SelectMany(w => w.Values)
                    .Concat(table.Rows?.SelectMany(r => r) ?? [])
                    .Concat(table.Set?.SelectMany(s => s.Values) ?? []);
                foreach (var value in values)
                {
                    var most = value.Kind == SqlValueKind.Parameter ? access.Parameters : access.Literals;
                    Assert.InRange(value.Index, 0, Math.Max(0, most - 1));
                }
            }
        }
    }
}
