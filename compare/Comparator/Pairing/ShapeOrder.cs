namespace Replay.Comparator;

/// <summary>Puts the exchanges of a batch in order of their shapes, by counting: two passes, nothing allocated per batch.</summary>
/// <param name="shapes">Shapes are numbered from 0 to this - 1.</param>
internal sealed class ShapeOrder(int shapes)
{
    private readonly int[] _places = new int[shapes + 1];
    private int[] _order = [];

    /// <summary>Indices into the batch, those of one shape together and ascending; valid until the next call.</summary>
    /// <param name="shapeOf">Each exchange's shape.</param>
    public ReadOnlySpan<int> Of(ReadOnlySpan<int> shapeOf)
    {
        if (_order.Length < shapeOf.Length)
        {
            _order = new int[shapeOf.Length];
        }

        Array.Clear(_places);
        foreach (var shape in shapeOf)
        {
            _places[shape + 1]++;
        }

        for (var shape = 1; shape < _places.Length; shape++)
        {
            _places[shape] += _places[shape - 1];
        }

        for (var i = 0; i < shapeOf.Length; i++)
        {
            _order[_places[shapeOf[i]]++] = i;
        }

        return _order.AsSpan(0, shapeOf.Length);
    }
}
