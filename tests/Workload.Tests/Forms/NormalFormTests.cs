using System.Text;

namespace Replay.Workload.Tests.Forms;

public sealed class NormalFormTests
{
    [Theory]
    [InlineData(ValueForm.Char, "ab  ", "ab")]
    [InlineData(ValueForm.Char, "   ", "")]
    [InlineData(ValueForm.Exact, "1.50", "1.5")]
    [InlineData(ValueForm.Exact, "0042", "42")]
    [InlineData(ValueForm.Exact, "000.00", "0")]
    [InlineData(ValueForm.Exact, "-0.00", "0")]
    [InlineData(ValueForm.Exact, "-10.10", "-10.1")]
    [InlineData(ValueForm.Exact, "100", "100.000")]
    [InlineData(ValueForm.Double, "1e+20", "100000000000000000000")]
    [InlineData(ValueForm.Double, "1e-07", "0.0000001")]
    [InlineData(ValueForm.Double, "0.333333333333333", "0.3333333333333333")]
    [InlineData(ValueForm.Double, "0.1", "0.10000000000000001")]
    [InlineData(ValueForm.Double, "-0", "0")]
    [InlineData(ValueForm.Double, "999999999999999.9", "1e+15")]
    [InlineData(ValueForm.Single, "0.333333", "0.33333334")]
    [InlineData(ValueForm.Single, "1.5", "1.50000")]
    [InlineData(ValueForm.DoubleList, "{0.1,NULL,2}", "{0.10000000000000001,NULL,2.0}")]
    [InlineData(ValueForm.DoubleList, "(1,2.5)", "(1.0,2.50)")]
    [InlineData(ValueForm.ExactList, "{1.50,-2.00}", "{1.5,-2}")]
    [InlineData(ValueForm.Json, """{"a": 1, "b": [2, {"c": null}]}""", """{"b":[2.0,{"c":null}],"a":1}""")]
    [InlineData(ValueForm.Json, "\"\\u00e9\\ud83d\\ude00\\n/\"", "\"é😀\\n\\/\"")]
    [InlineData(ValueForm.Json, "1e2", "100")]
    [InlineData(ValueForm.Moment, "2026-01-01 00:30:00.25+05:30", "2025-12-31 19:00:00.25+00")]
    [InlineData(ValueForm.Moment, "2026-03-01 00:00:00-00:44:30", "2026-03-01 00:44:30+00")]
    [InlineData(ValueForm.Fraction, "2026-01-01 10:00:00.120000", "2026-01-01 10:00:00.12")]
    [InlineData(ValueForm.Fraction, "10:00:00.000", "10:00:00")]
    [InlineData(ValueForm.Bytes, @"\x61005c62", @"a\000\\b")]
    [InlineData(ValueForm.Bytes, "", @"\x")]
    public void EqualValuesOfOtherFormAreEqual(ValueForm form, string x, string y) => Assert.Equal(Hash(form, x), Hash(form, y));

    [Theory]
    [InlineData(ValueForm.AsIs, "1.50", "1.5")]
    [InlineData(ValueForm.Char, " ab", "ab")]
    [InlineData(ValueForm.Exact, "1.50", "1.05")]
    [InlineData(ValueForm.Exact, "10", "1")]
    [InlineData(ValueForm.Exact, "100", "1.00")]
    [InlineData(ValueForm.Exact, "-1", "1")]
    [InlineData(ValueForm.Exact, "NaN", "0")]
    [InlineData(ValueForm.Double, "0.333333333333333", "0.333333333333334")]
    [InlineData(ValueForm.Double, "1e20", "1e21")]
    [InlineData(ValueForm.Double, "Infinity", "-Infinity")]
    [InlineData(ValueForm.DoubleList, "{1,2}", "{2,1}")]
    [InlineData(ValueForm.DoubleList, "{1,2}", "{12}")]
    [InlineData(ValueForm.Json, """{"a": 1}""", """{"a": "1"}""")]
    [InlineData(ValueForm.Json, """{"a": 1, "b": 2}""", """{"a": 2, "b": 1}""")]
    [InlineData(ValueForm.Json, "[1, 2]", "[2, 1]")]
    [InlineData(ValueForm.Json, "[[1], 2]", "[1, [2]]")]
    [InlineData(ValueForm.Json, "[]", "{}")]
    [InlineData(ValueForm.Json, "{not json", "{not  json")]
    [InlineData(ValueForm.Moment, "2026-01-01 10:00:00+01", "2026-01-01 10:00:00+00")]
    [InlineData(ValueForm.Moment, "infinity", "-infinity")]
    [InlineData(ValueForm.Fraction, "10:00:00.10", "10:00:00.01")]
    [InlineData(ValueForm.Fraction, "10:00:00", "10:00:0")]
    [InlineData(ValueForm.Bytes, @"\x61", @"\x62")]
    public void OtherValuesStayDifferent(ValueForm form, string x, string y) => Assert.NotEqual(Hash(form, x), Hash(form, y));

    [Theory]
    [InlineData(ValueForm.Exact, "12.5")]
    [InlineData(ValueForm.Double, "0.25")]
    [InlineData(ValueForm.Single, "-3.5")]
    [InlineData(ValueForm.Moment, "2026-01-01 10:00:00.5+00")]
    [InlineData(ValueForm.Moment, "0044-03-15 12:00:00+00:53:28 BC")]
    [InlineData(ValueForm.Bytes, @"\x00ff")]
    [InlineData(ValueForm.Char, "ab")]
    public void WhatServersMostlyWriteIsInItsNormalForm(ValueForm form, string text) => Assert.Equal(XxHash3.Hash64(Bytes(text)), Hash(form, text));

    [Theory]
    [InlineData(ValueForm.SignedInteger, new byte[] { 0xFF }, new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, true)]
    [InlineData(ValueForm.UnsignedInteger, new byte[] { 0xFF }, new byte[] { 0xFF, 0, 0, 0, 0, 0, 0, 0 }, true)]
    [InlineData(ValueForm.UnsignedInteger, new byte[] { 0xFF, 0xFF, 0xFF, 0xFF }, new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0 }, true)]
    [InlineData(ValueForm.UnsignedInteger, new byte[] { 0xFF, 0xFF }, new byte[] { 0xFF, 0xFF, 0xFF, 0xFF }, false)]
    [InlineData(ValueForm.SignedInteger, new byte[] { 1 }, new byte[] { 1, 1 }, false)]
    public void BinaryIntegersAreEqualWhateverTheirWidth(ValueForm form, byte[] x, byte[] y, bool areEqual) => Assert.Equal(areEqual, NormalForm.Hash(form, x) == NormalForm.Hash(form, y));

    [Fact]
    public void ABinaryNumericIsEqualWhateverItsScale()
    {
        byte[] one = [0, 2, 0, 0, 0, 0, 0, 1, 0, 1, 0x13, 0x88], two = [.. one], three = [.. one];
        (two[7], three[11]) = (2, 0x89);
        Assert.Equal(NormalForm.Hash(ValueForm.BinaryNumeric, one), NormalForm.Hash(ValueForm.BinaryNumeric, two));
        Assert.NotEqual(NormalForm.Hash(ValueForm.BinaryNumeric, one), NormalForm.Hash(ValueForm.BinaryNumeric, three));
    }

    private static ulong Hash(ValueForm form, string text) => NormalForm.Hash(form, Bytes(text));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
