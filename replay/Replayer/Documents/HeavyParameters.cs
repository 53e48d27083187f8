namespace Replay.Replayer;

/// <summary>
/// Which parameters of a shape took most time, in memory that does not grow with how many there are: Space-Saving (Metwally, Agrawal, El Abbadi 2005,
/// <see href="https://doi.org/10.1007/978-3-540-30570-5_27"/>) with weights. What took more than a 64th of the time is among those kept, for certain.
/// </summary>
internal sealed class HeavyParameters
{
    private const int Counters = 64;

    private readonly ulong[] _keys = new ulong[Counters];
    private readonly Counter[] _counters = new Counter[Counters];
    private int _used;

    /// <summary>Those kept, what certainly took most first: their keys, and the position of the first execution that is counted.</summary>
    public IEnumerable<(ulong Key, long Position)> Heaviest =>
        Enumerable.Range(0, _used).OrderByDescending(i => _counters[i].Time - _counters[i].Doubt).ThenBy(i => _counters[i].Position).Select(i => (_keys[i], _counters[i].Position));

    /// <summary>The slowest execution; null before the first.</summary>
    public (ulong Key, long Position, long Microseconds)? Slowest { get; private set; }

    /// <summary>Adds an execution.</summary>
    public void Add(ulong key, long position, long microseconds)
    {
        if (Slowest is not { } slowest || microseconds > slowest.Microseconds)
        {
            Slowest = (key, position, microseconds);
        }

        // One that takes no time that a clock tells counts all the same.
        var weight = microseconds + 1;
        var place = _keys.AsSpan(0, _used).IndexOf(key);
        if (place >= 0)
        {
            _counters[place].Time += weight;
            return;
        }

        long inherited = 0;
        if (_used < Counters)
        {
            place = _used++;
        }
        else
        {
            place = Lightest();
            inherited = _counters[place].Time;
        }

        _keys[place] = key;
        _counters[place] = new Counter { Position = position, Time = inherited + weight, Doubt = inherited };
    }

    private int Lightest()
    {
        var lightest = 0;
        for (var i = 1; i < Counters; i++)
        {
            lightest = _counters[i].Time < _counters[lightest].Time ? i : lightest;
        }

        return lightest;
    }

    private struct Counter
    {
        public long Position;
        public long Time;

        // Of the time what may have been of others before it.
        public long Doubt;
    }
}
