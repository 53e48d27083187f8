using System.IO.Compression;
using System.Text.Json;

namespace Replay.Comparator;

/// <summary>
/// What is too much for a page as it is: the numbers behind the charts, and the details of shapes that did not change. Compressed (to a fifth or less) and in base 64, for the page's own script to unpack.
/// </summary>
internal static class HtmlPack
{
    private const int SearchedLength = 2000;

    public static void Write(Html html, Comparison comparison)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        using (var json = new Utf8JsonWriter(gzip))
        {
            WriteJson(json, comparison);
        }

        html.Raw("<script type=\"application/octet-stream\" id=\"pack\">").Raw(Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length)).Raw("</script>\n");
    }

    private static void WriteJson(Utf8JsonWriter json, Comparison comparison)
    {
        json.WriteStartObject();
        ChartData.WriteCommon(json, comparison);
        json.WriteStartObject("charts");
        foreach (var shape in comparison.Shapes.Take(HtmlShapeDetails.MostDetails).Where(ChartData.Has))
        {
            json.WritePropertyName(shape.Hex);
            ChartData.Write(json, shape);
        }

        json.WriteEndObject();
        json.WriteStartObject("details");
        foreach (var shape in comparison.Shapes.Take(HtmlShapeDetails.MostDetails).Skip(HtmlShapeDetails.MostUnpacked))
        {
            using var writer = new StringWriter();
            HtmlShapeDetails.WriteShape(new Html(writer), shape, comparison);
            json.WriteString(shape.Hex, writer.ToString());
        }

        json.WriteEndObject();
        json.WriteStartObject("texts"); // for the search: what the rows do not show
        foreach (var shape in comparison.Shapes.Take(HtmlShapeTable.MostRows).Where(shape => shape.Sql.Length > HtmlShapeTable.SqlLength))
        {
            json.WriteString(shape.Hex, Sentences.Short(shape.Sql, SearchedLength));
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
