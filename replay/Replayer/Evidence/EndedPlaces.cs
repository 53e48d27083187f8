namespace Replay.Replayer;

/// <summary>Where in the server's log units stand that ended a moment ago: for those that took so long that they could not be put in their place ahead of the pass, but may stand in it.</summary>
/// <param name="keptMicroseconds">How long they are kept.</param>
internal sealed class EndedPlaces(long keptMicroseconds)
{
    private readonly Dictionary<(int Session, int Ordinal), LoggedPlace> _places = [];
    private readonly Queue<(int Session, int Ordinal, long EndedAt)> _oldest = new();

    /// <summary>A unit has ended that had each row locked that it names. They come in the order that they are put in.</summary>
    public void Add(OrderUnit unit, LoggedPlace place)
    {
        while (_oldest.TryPeek(out var oldest) && oldest.EndedAt < unit.OrderedAtMicroseconds - keptMicroseconds)
        {
            _oldest.Dequeue();
            _places.Remove((oldest.Session, oldest.Ordinal));
        }

        if (_places.TryAdd((unit.Session, unit.LastOrdinal), place))
        {
            _oldest.Enqueue((unit.Session, unit.LastOrdinal, unit.OrderedAtMicroseconds));
        }
    }

    /// <summary>What says that a unit that ended comes before one that ends now.</summary>
    public OrderEvidence EvidenceOf(int session, int ordinal, LoggedPlace now) =>
        _places.TryGetValue((session, ordinal), out var place) && place.IsBefore(now) ? place.Evidence : OrderEvidence.None;
}
