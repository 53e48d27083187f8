namespace Replay.Replayer.Tests;

public sealed class MySqlParameterTextTests
{
    [Theory]
    [InlineData("select ? from t where a = ?", "select '1' from t where a = 'x''y'")]
    [InlineData("select '?', \"?\", `?`, ? /* ? */ -- ?\n, ?", "select '?', \"?\", `?`, '1' /* ? */ -- ?\n, 'x''y'")]
    [InlineData("select 'it''s \\' ?', ? # ?\n+ ?", "select 'it''s \\' ?', '1' # ?\n+ 'x''y'")]
    public void QuestionMarksOutsideQuotesAndCommentsAreReplaced(string sql, string expected) =>
        Assert.Equal(expected, MySqlParameterText.Substitute(sql, ["1", "x'y"]));

    [Fact]
    public void AfterLimitNumbersStayNumbers() => Assert.Equal("select 1 limit 5 , 10", MySqlParameterText.Substitute("select 1 limit ? , ?", ["5", "10"]));

    [Fact]
    public void NullIsNull() => Assert.Equal("select NULL", MySqlParameterText.Substitute("select ?", [null]));

    [Theory]
    [InlineData("select ?")]
    [InlineData("select ?, ?, ?")]
    public void OtherNumbersOfParametersDoNotFit(string sql) => Assert.Null(MySqlParameterText.Substitute(sql, ["1", "2"]));
}
