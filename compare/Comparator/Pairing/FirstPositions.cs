namespace Replay.Comparator;

/// <summary>The lowest few of positions that come in any order: merging gives the same whatever the order.</summary>
internal sealed class FirstPositions
{
    /// <summary>How many are kept.</summary>
    public const int Most = 5;

    private readonly long[] _positions = new long[Most];
    private int _count;

    /// <summary>Ascending.</summary>
    public IReadOnlyList<long> Positions => _positions[.._count];

    /// <summary>Adds one.</summary>
    public void Add(long position)
    {
        if (_count == Most && position >= _positions[Most - 1])
        {
            return;
        }

        var at = _count < Most ? _count++ : Most - 1;
        for (; at > 0 && _positions[at - 1] > position; at--)
        {
            _positions[at] = _positions[at - 1];
        }

        _positions[at] = position;
    }

    /// <summary>Adds another's.</summary>
    public void Add(FirstPositions other)
    {
        for (var i = 0; i < other._count; i++)
        {
            Add(other._positions[i]);
        }
    }
}
