namespace Replay.Replayer;

/// <summary>
/// Puts inserts that draw from one sequence where the ids that their responses show put them: who drew first need not have answered first. For sequences that cannot be
/// placed before each insert, because something else draws from them too.
/// </summary>
internal sealed class DrawnOrder
{
    /// <summary>
    /// How much later than a larger id's insert one may have ended and still stand before it: 20 ms. An insert that took longer may have waited for the other's
    /// transaction: to have it go first would stop both.
    /// </summary>
    public const long MaxReversalMicroseconds = 20_000;

    /// <summary>Inserts that are remembered: 256, so many may draw at one time.</summary>
    public const int MaxRecent = 256;

    private readonly List<(long Id, long At)> _recent = []; // in order of ids

    /// <summary>When an insert is taken to have ended; false if its id is no evidence. They come in order of their ends, so those with larger ids that ended before are known.</summary>
    public bool TryPlace(long id, long requestedAt, long endedAt, out long at)
    {
        at = endedAt;
        var place = _recent.Count;
        for (; place > 0 && _recent[place - 1].Id > id; place--)
        {
            at = Math.Min(at, _recent[place - 1].At - 1);
        }

        if (at < requestedAt || endedAt - at > MaxReversalMicroseconds)
        {
            at = endedAt;
            return false;
        }

        _recent.Insert(place, (id, at));
        if (_recent.Count > MaxRecent)
        {
            _recent.RemoveAt(0);
        }

        return true;
    }
}
