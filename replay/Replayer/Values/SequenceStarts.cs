namespace Replay.Replayer;

/// <summary>
/// Where each sequence has to stand before the first exchange: before the smallest id that what is played drew. Told by the first inserts whose responses show
/// their ids; those before them whose responses do not have drawn one each.
/// </summary>
public sealed class SequenceStarts
{
    /// <summary>Inserts that show their ids and that are looked at, of each sequence: of that many concurrent ones the first to end need not have the smallest. 256.</summary>
    public const int EnoughInserts = 256;

    private readonly Dictionary<SequenceColumn, Start> _starts = [];

    /// <summary>Where each has to stand, of those that are told.</summary>
    public IEnumerable<(SequenceColumn Column, long Value)> All => _starts.Where(static s => s.Value.Told > 0).Select(static s => (s.Key, s.Value.Smallest - (s.Key.Increment * (1 + s.Value.UntoldBefore))));

    /// <summary>Whether nothing more is needed of a number of sequences.</summary>
    public bool IsEnough(int sequences) => _starts.Count == sequences && _starts.Values.All(static s => s.Told >= EnoughInserts);

    /// <summary>What an exchange that is played drew; in order.</summary>
    public void Saw(in Draw draw)
    {
        var start = _starts.GetValueOrDefault(draw.Column);
        if (!draw.IsTold)
        {
            start.Untold += draw.Rows;
        }
        else if (start.Told++ == 0 || draw.First < start.Smallest)
        {
            // Those that were not told before the first that was are before it; later ones may be anywhere.
            start.UntoldBefore = start.Told == 1 ? start.Untold : start.UntoldBefore;
            start.Smallest = draw.First;
        }

        _starts[draw.Column] = start;
    }

    private record struct Start(long Smallest, long Told, long Untold, long UntoldBefore);
}
