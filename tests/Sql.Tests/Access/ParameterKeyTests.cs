using System.Text;

namespace Replay.Sql.Tests.Access;

public sealed class ParameterKeyTests
{
    [Theory]
    [InlineData("select a from t where b = 5 and c = 'x'", "SELECT a  FROM t /* route='1' */ WHERE b=5 AND c='x' -- 7", true)]
    [InlineData("select a from t where b = 5 and c = 'x'", "select a from t where b = 5 and c = 'y'", false)]
    [InlineData("select a from t where b in (5, 6)", "select a from t where b in (6, 5)", false)]
    [InlineData("select a from t where b = 5", "select a from t where b = -5", false)]
    [InlineData("select a from t where b in (12, 3)", "select a from t where b in (1, 23)", false)]
    public void TextsAreToldByTheirLiterals(string first, string second, bool areEqual) =>
        Assert.Equal(areEqual, Key(first) == Key(second));

    [Fact]
    public void ALongListIsToldByAllOfIt()
    {
        string List(int last) => $"select a from t where b in ({string.Join(", ", Enumerable.Range(1, 500))}, {last})";

        Assert.Equal(Key(List(9)), Key(List(9)));
        Assert.NotEqual(Key(List(9)), Key(List(8)));
    }

    [Fact]
    public void WhatWasBoundIsPartOfIt()
    {
        ulong Of(params string?[] values) => values.Aggregate(Key("select $1"), ParameterKey.With);

        Assert.Equal(Of("1", null), Of("1", null));
        Assert.Equal(5, new[] { Of(), Of("1"), Of(null, "1"), Of("1", null), Of("1", "") }.Distinct().Count());
    }

    private static ulong Key(string sql) => ParameterKey.OfText(Encoding.UTF8.GetBytes(sql), SqlDialect.PostgreSql);
}
