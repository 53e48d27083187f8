using System.Globalization;

namespace Replay.Comparator.Tests;

public sealed class CsvReportTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"x\"", "\"say \"\"x\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    [InlineData(" space", "\" space\"")]
    [InlineData("", "\"\"")]
    [InlineData(null, "")]
    [InlineData("äöü'; --", "äöü'; --")]
    [InlineData("=hyperlink(\"http://evil\",a1)", "\"'=hyperlink(\"\"http://evil\"\",a1)\"")] // a spreadsheet would calculate these
    [InlineData("@sum(a1)", "'@sum(a1)")]
    [InlineData("-1+2", "'-1+2")]
    [InlineData("+1", "'+1")]
    public void FieldsAreQuotedWhereTheyHaveToBe(string? field, string expected)
    {
        var text = new StringWriter();
        var csv = new CsvWriter(text);
        csv.Field("first").Field(field).EndRow();
        csv.Field(field).Field("last").EndRow();
        Assert.Equal($"first,{expected}\r\n{expected},last\r\n", text.ToString());
    }

    [Theory]
    [InlineData(1.5, "1.5")]
    [InlineData(1234567.0, "1234570")]
    [InlineData(0.0000123, "0.0000123")]
    [InlineData(1e300, "1E+300")]
    [InlineData(double.NaN, null)]
    [InlineData(null, null)]
    public void NumbersAreWrittenWhateverTheirSize(double? value, string? expected) => Assert.Equal(expected, CsvReport.Number(value));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void WhatWasWrittenIsReadAgain(int seed)
    {
        var random = new Random(seed);
        string[][] rows = [.. Enumerable.Range(0, 200).Select(_ => Enumerable.Range(0, 5).Select(_ => new string([.. Enumerable.Range(0, random.Next(6)).Select(_ => ",\"\r\n a;é"[random.Next(8)])])).ToArray())];
        var text = new StringWriter();
        var csv = new CsvWriter(text);
        foreach (var row in rows)
        {
            foreach (var field in row)
            {
                csv.Field(field);
            }

            csv.EndRow();
        }

        Assert.Equal(rows, Read(text.ToString()));
    }

    [Fact]
    public void EachShapeIsARowWithTheFiguresOfTheJson()
    {
        const string Nasty = "select \"a, b\" from t where x = '?'\n  and y = ?";
        using var campaign = new SyntheticCampaign([.. SyntheticCampaign.Ordinary(), new SyntheticShape(Nasty, 300, 3000) { Ratio = 2 }, new SyntheticShape("gone", 3, 100) { Error = (label, _) => label[0] == 'B' ? "42883" : null }]);
        var comparison = campaign.Compare();
        var rows = Read(Written.Text(comparison, CsvReport.Write));
        Assert.Equal(comparison.Shapes.Count + comparison.NotCompared.Count + 1, rows.Count);
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
        string Cell(string sql, string column) => rows.Single(row => row[^1] == sql)[Array.IndexOf(rows[0], column)];
        Assert.Equal(("regressed", "true", "300"), (Cell(Nasty, "verdict"), Cell(Nasty, "fails"), Cell(Nasty, "executions")));
        var shape = comparison.Shapes.Single(one => one.Sql == Nasty);
        Assert.Equal(shape.Decision.Ratio!.Value.Estimate, double.Parse(Cell(Nasty, "ratio"), CultureInfo.InvariantCulture), 4);
        Assert.Equal(("42883", "3", ""), (Cell("gone", "new_errors"), Cell("gone", "candidate_errors"), Cell("gone", "ratio")));
        Assert.DoesNotContain("NaN", Written.Text(comparison, CsvReport.Write), StringComparison.Ordinal);
    }

    // A reader of RFC 4180, written apart from the writer.
    private static List<string[]> Read(string text)
    {
        List<string[]> rows = [];
        List<string> row = [];
        for (var i = 0; i < text.Length;)
        {
            var field = new System.Text.StringBuilder();
            if (text[i] == '"')
            {
                for (i++; !(text[i] == '"' && text[i + 1] != '"'); i++)
                {
                    i += text[i] == '"' ? 1 : 0;
                    field.Append(text[i]);
                }

                i++;
            }
            else
            {
                for (; text[i] is not (',' or '\r'); i++)
                {
                    field.Append(text[i]);
                }
            }

            row.Add(field.ToString());
            if (text[i] == '\r')
            {
                Assert.Equal('\n', text[i + 1]);
                rows.Add([.. row]);
                row = [];
                i++;
            }

            i++;
        }

        return rows;
    }
}
