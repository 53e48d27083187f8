using System.Text;
using Replay.Workload;

namespace Replay.Comparator.Tests;

/// <summary>What is said of single exchanges whose results differ: the columns, how they differ, and values only on request.</summary>
public sealed class ExemplarTests
{
    private const uint Int4 = 23, Double = 701, Real = 700, Numeric = 1700, Text = 25, Jsonb = 3802, TimestampTz = 1184, Char = 1042;

    private static readonly Column[] Columns = [new("id", Int4, -1, false), new("price", Double, -1, false), new("note", Text, -1, false)];

    [Fact]
    public void TheColumnIsNamedAndItsValuesAreNot()
    {
        var comparison = Compare((label, n) => [$"{n}", "1.5", label[0] == 'B' && n > 90 ? "secret wrong" : "secret right"]);
        var result = Result(comparison);
        Assert.Equal((ResultKind.ValueDifferent, 9L, FirstPositions.Most), (result.Kind, result.Different, result.Exemplars.Count));
        Assert.Equal(new ColumnDifference("note", 1, ValueDifference.Value, null, null), Assert.Single(result.Columns));
        Assert.Equal(91, result.Example!.Ordinal / 21);
        Assert.Contains("column note", comparison.Reasons[0], StringComparison.Ordinal);
        foreach (var report in Reports(comparison))
        {
            Assert.DoesNotContain("secret", report, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ValuesAreShownWhenTheyMayBe()
    {
        var comparison = Compare((label, n) => [$"{n}", "1.5", label[0] == 'B' ? null : "right"], showValues: true);
        Assert.Equal(new ColumnDifference("note", 1, ValueDifference.Null, "right", null), Assert.Single(Result(comparison).Columns));
        Assert.Contains("right became NULL", Reports(comparison)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void OtherDigitsOfAFloatAreTheSameValueInAnotherForm()
    {
        var comparison = Compare((label, n) => [$"{n}", label[0] == 'B' ? "0.30000000000000004" : "0.3", "x"]);
        var result = Result(comparison);
        Assert.Equal((ResultKind.FormatDifferent, 100L, ValueDifference.NumberFormat), (result.Kind, result.Different, Assert.Single(result.Columns).Difference));
        Assert.Equal(WholeVerdict.Pass, comparison.Verdict);
        Assert.Contains(comparison.Warnings, warning => warning.Contains("equal values in another form", StringComparison.Ordinal));
    }

    [Fact]
    public void OneOtherValueAmongOtherFormsFails()
    {
        var comparison = Compare((label, n) => [$"{n}", label[0] == 'B' ? "0.30000000000000004" : "0.3", label[0] == 'B' && n == 1 ? "y" : "x"]);
        Assert.Equal((ResultKind.ValueDifferent, WholeVerdict.Fail), (Result(comparison).Kind, comparison.Verdict));
    }

    [Fact]
    public void WhatTheOldServerAnswersOtherwiseThanProductionIsCounted()
    {
        var comparison = Compare((label, n) => [$"{n}", "1", label == "P" || n >= 40 ? "production" : "replay"]);
        var result = Result(comparison);
        Assert.Equal((ResultKind.Equal, 100L, 40L, 40L), (result.Kind, result.ProductionCompared, result.BaselineIsNotProduction, result.CandidateIsNotProduction));
        Assert.Equal(WholeVerdict.Pass, comparison.Verdict);
        Assert.DoesNotContain(comparison.Warnings, warning => warning.Contains("otherwise than production", StringComparison.Ordinal));
    }

    [Fact]
    public void OtherMetadataAndWarningsAreToldAndDoNotFail()
    {
        static string Document(string hex, string type, int warnings) =>
            $$"""{"shapes":[{"shape":"{{hex}}","exchanges":100,"warnings":{{warnings}},"with_warnings":{{warnings}},"columns":[{"count":3,"list":[{"name":"rare","type":25,"modifier":-1}]},{"count":97,"list":[{"name":"id","type":23,"modifier":-1},{"name":"total","type":{{type}},"modifier":-1}]}],"other_columns":0}]}""";
        var hex = $"{7:x16}{21:x16}";
        using var campaign = new SyntheticCampaign(
            [.. SyntheticCampaign.Ordinary(), new SyntheticShape("select id, sum(x) as total from t group by id", 100, 900)],
            documents: label => [("responses.json", Document(hex, label[0] == 'B' ? "1700" : "20", label[0] == 'B' ? 50 : 0))]);
        var comparison = campaign.Compare();
        var shape = comparison.Shapes.Single(one => one.Hex == hex);
        Assert.Equal((ResultKind.MetadataDifferent, "total: bigint became numeric"), (shape.Results.Kind, Assert.Single(shape.Responses.Columns)));
        Assert.Equal((0, 50, true), (shape.Responses.BaselineWarnings, shape.Responses.CandidateWarnings, shape.Responses.HasOtherWarnings));
        Assert.Equal(WholeVerdict.Pass, comparison.Verdict);
        Assert.Contains("total: bigint became numeric", Reports(comparison)[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Engine.PostgreSql, 23u, 16999u, 0, 0, null)] // a user's own type has another number everywhere
    [InlineData(Engine.PostgreSql, 1043u, 1043u, 14, 24, "c: varchar of another length or precision (14 became 24)")]
    [InlineData(Engine.MySql, 253u, 253u, 45, 255, "c: collation 45 became 255")]
    [InlineData(Engine.MySql, 3u, 8u, 63, 63, "c: int became bigint")]
    [InlineData(Engine.MySql, 246u, 246u, 63 + (2 << 16), 63 + (4 << 16), "c: 2 decimals became 4")]
    [InlineData(Engine.MySql, 3u, 3u + (32 << 8), 63, 63, "c: flags 0 became 20")]
    public void ColumnsAreComparedAsFarAsTheirDescriptionLasts(Engine engine, uint old, uint @new, int oldModifier, int newModifier, string? expected) =>
        Assert.Equal(expected, ColumnTypes.Difference(engine, new Column("c", old, oldModifier, false), new Column("c", @new, newModifier, false)));

    [Theory]
    [InlineData(Double, "1e+20", "100000000000000000000", ValueDifference.NumberFormat)]
    [InlineData(Double, "0.333333333333333", "0.3333333333333333", ValueDifference.NumberFormat)]
    [InlineData(Double, "0.333333333333333", "0.3333333333353333", ValueDifference.Value)]
    [InlineData(Real, "0.333333", "0.33333334", ValueDifference.NumberFormat)]
    [InlineData(Numeric, "1.50", "1.5", ValueDifference.NumberFormat)]
    [InlineData(Numeric, "1.50", "1.51", ValueDifference.Value)]
    [InlineData(Int4, "1", "2", ValueDifference.Value)]
    [InlineData(TimestampTz, "2026-01-01 10:00:00+00", "2026-01-01 11:00:00+01", ValueDifference.TimeFormat)]
    [InlineData(TimestampTz, "2026-01-01 10:00:00+00", "2026-01-01 10:00:00+01", ValueDifference.Value)]
    [InlineData(Jsonb, """{"a": 1, "b": [2]}""", """{"b":[2],"a":1}""", ValueDifference.JsonFormat)]
    [InlineData(Jsonb, """{"a": 1}""", """{"a": 2}""", ValueDifference.Value)]
    [InlineData(Text, "{not json", "{not  json", ValueDifference.Value)]
    [InlineData(Char, "ab  ", "ab", ValueDifference.Padding)]
    [InlineData(Text, "ab  ", "ab", ValueDifference.Value)]
    [InlineData(Text, "1.50", "1.5", ValueDifference.Value)]
    [InlineData(Text, "same", "same", ValueDifference.None)]
    public void ValuesAreComparedInTheirTypesNormalForm(uint type, string old, string @new, ValueDifference expected)
    {
        var column = new Column("c", type, -1, IsBinary: false);
        Assert.Equal(expected, ValueComparer.Compare(Engine.PostgreSql, column, column, Encoding.UTF8.GetBytes(old), Encoding.UTF8.GetBytes(@new)));
        Assert.Equal(expected, ValueComparer.Compare(Engine.PostgreSql, column, column, Encoding.UTF8.GetBytes(@new), Encoding.UTF8.GetBytes(old)));
        var binary = column with { IsBinary = true };
        Assert.Equal(old == @new ? ValueDifference.None : type == Char ? expected : type == Jsonb && expected == ValueDifference.JsonFormat ? expected : ValueDifference.Value, ValueComparer.Compare(Engine.PostgreSql, binary, binary, Encoding.UTF8.GetBytes(old), Encoding.UTF8.GetBytes(@new)));
    }

    [Theory]
    [InlineData(5, "0.1", "0.10000000000000001", ValueDifference.NumberFormat)] // DOUBLE
    [InlineData(246 + 256, "1.50", "1.5000", ValueDifference.NumberFormat)] // NEWDECIMAL, with a flag
    [InlineData(12, "2026-01-01 10:00:00", "2026-01-01 10:00:00.000000", ValueDifference.TimeFormat)] // DATETIME
    [InlineData(252, """{"a": 1}""", """{"a":1}""", ValueDifference.JsonFormat)] // MariaDB's JSON is a text
    [InlineData(253, "0.1", "0.10", ValueDifference.Value)]
    public void MySqlsTypesToo(uint type, string old, string @new, ValueDifference expected)
    {
        var column = new Column("c", type, 0, IsBinary: false);
        Assert.Equal(expected, ValueComparer.Compare(Engine.MySql, column, column with { Modifier = 6 << 16 }, Encoding.UTF8.GetBytes(old), Encoding.UTF8.GetBytes(@new)));
    }

    [Fact]
    public void TheFirstPositionsAreTheLowestWhateverTheOrder()
    {
        var random = new Random(1);
        var all = Enumerable.Range(0, 40).Select(i => (long)i * 7).ToArray();
        for (var turn = 0; turn < 50; turn++)
        {
            random.Shuffle(all);
            FirstPositions left = new(), right = new();
            foreach (var position in all)
            {
                (position % 2 == 0 ? left : right).Add(position);
            }

            left.Add(right);
            Assert.Equal([0, 7, 14, 21, 28], left.Positions);
        }
    }

    private static ResultFinding Result(Comparison comparison) => comparison.Shapes.Single(shape => shape.Sql == "select id, price, note from t where id = ?").Results;

    private static Comparison Compare(Func<string, int, string?[]> row, bool showValues = false)
    {
        // 20 shapes and this one take turns, so execution n of it is at 21 n + 20.
        using var campaign = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(executions: 100), new SyntheticShape("select id, price, note from t where id = ?", 100, 900) { Columns = Columns, Row = row }]);
        return campaign.Compare(showValues: showValues);
    }

    private static string[] Reports(Comparison comparison)
    {
        using MemoryStream html = new(), json = new();
        HtmlReport.Write(comparison, html);
        JsonReport.Write(comparison, json);
        return [Encoding.UTF8.GetString(html.ToArray()), Encoding.UTF8.GetString(json.ToArray())];
    }
}
