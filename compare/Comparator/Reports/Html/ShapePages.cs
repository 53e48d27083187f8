namespace Replay.Comparator;

/// <summary>Where the details of shapes are: the first in the page as they are, to be read and printed without a script; more of them packed, as many as a page can take.</summary>
/// <param name="Unpacked">The markup of each of the first.</param>
/// <param name="Packed">How many of those that follow are packed.</param>
/// <param name="Pack">The packed ones, and what the charts of all are drawn from, in base 64.</param>
internal sealed record ShapePages(IReadOnlyList<string> Unpacked, int Packed, string Pack)
{
    private const int MostUnpacked = 40;

    // Of plans and statements that are long fewer shapes fit.
    private const int MostCharacters = 300_000;

    public static ShapePages Of(Comparison comparison)
    {
        var unpacked = new List<string>();
        var length = 0;
        foreach (var shape in comparison.Shapes.Take(MostUnpacked))
        {
            var markup = HtmlShapeDetails.Markup(shape, comparison);
            length += markup.Length;
            if (length > MostCharacters)
            {
                break;
            }

            unpacked.Add(markup);
        }

        var (pack, packed) = HtmlPack.Of(comparison, unpacked.Count);
        return new ShapePages(unpacked, packed, pack);
    }
}
