using Replay.Workload;

namespace Replay.Comparator.Tests;

/// <summary>Results of many rows: form and value told over all of them, the first row that differs, other rows at LIMIT.</summary>
public sealed class RowTests
{
    private const uint Int4 = 23, Double = 701, Text = 25;
    private const string Plain = "select id, price, note from t where id > ? order by id";
    private const string Limited = "select id, price, note from t order by price desc limit ?";

    private static readonly Column[] Columns = [new("id", Int4, -1, false), new("price", Double, -1, false), new("note", Text, -1, false)];

    [Fact]
    public void TheFirstRowThatDiffersIsShown()
    {
        var result = Compare(Plain, (label, n) => Rows(600, row => [$"{row}", "0.5", label[0] == 'B' && row >= 499 ? "new" : "old"]));
        Assert.Equal(ResultKind.ValueDifferent, result.Kind);
        Assert.Equal(new ColumnDifference("note", 500, ValueDifference.Value, "old", "new"), Assert.Single(result.Columns));
    }

    [Fact]
    public void AnotherFormInAllRowsDoesNotHideAnotherValueInOne()
    {
        string?[][] Answer(string label, int odd) => Rows(600, row => [$"{row}", label[0] == 'B' ? "0.30000000000000004" : "0.3", label[0] == 'B' && row == odd ? "new" : "old"]);
        Assert.Equal(ResultKind.FormatDifferent, Compare(Plain, (label, n) => Answer(label, -1)).Kind);
        var result = Compare(Plain, (label, n) => Answer(label, n == 50 ? 499 : -1));
        Assert.Equal((ResultKind.ValueDifferent, 1L), (result.Kind, result.Different));
        Assert.Contains(new ColumnDifference("note", 500, ValueDifference.Value, "old", "new"), result.Columns);
    }

    [Fact]
    public void WhereOneSidesRowsWereNotKeptTheColumnsHashesTell()
    {
        var result = Compare(Plain, (label, n) => Rows(600, row => [$"{row}", "0.5", label[0] == 'B' && row == 499 ? "new" : "old"]), isSampled: false);
        Assert.Equal(new ColumnDifference("note", ColumnDifference.UnknownRow, ValueDifference.Value, null, null), Assert.Single(result.Columns));
    }

    [Fact]
    public void RowsInAnotherOrderAreMatchedBeforeTheyAreCompared()
    {
        var result = Compare(Plain, (label, n) =>
        {
            var rows = Rows(20, row => [$"{row}", "0.5", label[0] == 'B' && row == 7 ? "new" : "old"]);
            return label[0] == 'B' ? [.. rows.Reverse()] : rows;
        });
        Assert.Equal(new ColumnDifference("note", 13, ValueDifference.Value, "old", "new"), Assert.Single(result.Columns));
    }

    [Theory]
    [InlineData("7", "8", "1", "1", ResultKind.LimitTie)] // another row of the same price in the last place
    [InlineData("7", "8", "1", "2", ResultKind.ValueDifferent)] // of another price
    [InlineData("7", "7", "1", "1", ResultKind.ValueDifferent)] // the same row with another note
    public void OtherRowsThatTieWhereLimitCutsAreNoOtherValues(string oldId, string newId, string oldPrice, string newPrice, ResultKind expected)
    {
        var result = Compare(Limited, (label, n) =>
            [["1", "9", "a"], ["2", "5", "b"], label[0] == 'B' ? [newId, newPrice, $"note {newId}{n}"] : [oldId, oldPrice, $"other {oldId}{n}"]]);
        Assert.Equal(expected, result.Kind);
        Assert.Equal(expected == ResultKind.ValueDifferent, result.IsFailure);
    }

    [Fact]
    public void AnotherRowBeforeTheLastPlaceIsNoTie()
    {
        var result = Compare(Limited, (label, n) => [["1", "9", "a"], [label[0] == 'B' ? "2" : "3", "5", "b"], ["4", "1", "c"]]);
        Assert.Equal(ResultKind.ValueDifferent, result.Kind);
    }

    [Theory]
    [InlineData("select a, b from t order by b limit ?", new[] { 1 })]
    [InlineData("select a, b from t order by t.b desc nulls last, \"a\" asc limit ? offset ?", new[] { 1, 0 })]
    [InlineData("select a, b from (select * from u order by a limit ?) x order by b limit ?", new[] { 1 })]
    [InlineData("select a, b from t order by lower(b) limit ?", null)]
    [InlineData("select a, b from t order by c limit ?", null)]
    [InlineData("select a, b from t order by ? limit ?", null)]
    [InlineData("select a, b from t order by b", null)]
    public void SortColumnsAreFoundByTheirNames(string sql, int[]? expected) =>
        Assert.Equal(expected, LimitTie.SortColumns(sql, [new("a", Int4, -1, false), new("b", Int4, -1, false)]));

    private static string?[][] Rows(int count, Func<int, string?[]> row) => [.. Enumerable.Range(0, count).Select(row)];

    private static ResultFinding Compare(string sql, Func<string, int, string?[][]> rows, bool isSampled = true)
    {
        using var campaign = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(executions: 100), new SyntheticShape(sql, 100, 900) { Columns = Columns, Rows = rows, IsSampled = isSampled }]);
        return campaign.Compare(showValues: true).Shapes.Single(shape => shape.Sql == sql).Results;
    }
}
