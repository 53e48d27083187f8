using System.IO.Compression;
using System.Text.Json;

namespace Replay.Comparator;

/// <summary>
/// What is too much for a page as it is: the numbers behind the charts, and the details of shapes that did not change. Compressed (to a fifth or less) and in base 64, for the page's own script to unpack.
/// </summary>
internal static class HtmlPack
{
    // Compressed. A page of 1,000 shapes is to stay under 2 MB, and its table takes a good half of them.
    private const int MostBytes = 750_000;

    private const int SearchedLength = 1000;

    /// <summary>Packs; and how many of the shapes, from the first that is not in the page as it is, have their details in it.</summary>
    public static (string Base64, int Details) Of(Comparison comparison, int unpacked)
    {
        using var packed = new MemoryStream();
        var details = 0;
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        using (var json = new Utf8JsonWriter(gzip))
        {
            details = WriteJson(json, packed, comparison, unpacked);
        }

        return (Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length), details);
    }

    private static int WriteJson(Utf8JsonWriter json, MemoryStream packed, Comparison comparison, int unpacked)
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
        json.WriteStartObject("texts"); // for the search: what the rows do not show
        foreach (var shape in comparison.Shapes.Take(HtmlShapeTable.MostRows).Where(shape => shape.Sql.Length > HtmlShapeTable.SqlLength))
        {
            json.WriteString(shape.Hex, Sentences.Short(shape.Sql, SearchedLength));
        }

        json.WriteEndObject();
        json.WriteStartObject("details");
        var details = 0;
        foreach (var shape in comparison.Shapes.Take(HtmlShapeDetails.MostDetails).Skip(unpacked))
        {
            // What was written gets there in blocks; a few of these more or less do not matter.
            json.Flush();
            if (packed.Length > MostBytes)
            {
                break;
            }

            json.WriteString(shape.Hex, HtmlShapeDetails.Markup(shape, comparison));
            details++;
        }

        json.WriteEndObject();
        json.WriteEndObject();
        return details;
    }
}
