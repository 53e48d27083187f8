namespace Replay.Comparator;

/// <summary>How many exchanges production had on the wire at a time, by stretches of the capture's clock.</summary>
internal sealed class BusyTimeline
{
    private const int MostStretches = 100_000;
    private const long ShortestMicroseconds = 50_000;

    private readonly long _from;
    private readonly long _length; // of a stretch
    private readonly float[] _busy;
    private readonly int[] _begins; // whole stretches that an exchange covers: +1 where they begin, -1 behind their end
    private int[]? _whole;

    public BusyTimeline(long fromMicroseconds, long toMicroseconds)
    {
        _from = fromMicroseconds;
        _length = Math.Max(ShortestMicroseconds, (toMicroseconds - fromMicroseconds) / MostStretches);
        _busy = new float[Math.Clamp((toMicroseconds - fromMicroseconds) / _length, 0, MostStretches) + 2];
        _begins = new int[_busy.Length + 1];
    }

    /// <summary>Adds an exchange.</summary>
    public void Add(long startedAtMicroseconds, long endedAtMicroseconds)
    {
        int first = StretchOf(startedAtMicroseconds), last = StretchOf(endedAtMicroseconds);
        if (first == last)
        {
            _busy[first] += Math.Max(0, endedAtMicroseconds - startedAtMicroseconds) / (float)_length;
            return;
        }

        _busy[first] += Math.Clamp(1 - ((startedAtMicroseconds - _from - (first * _length)) / (float)_length), 0, 1);
        _busy[last] += Math.Clamp((endedAtMicroseconds - _from - (last * _length)) / (float)_length, 0, 1);
        _begins[first + 1]++;
        _begins[last]--;
    }

    /// <summary>How many were on the wire, on average, in the stretch that holds a moment; to be asked after all were added.</summary>
    public double At(long microseconds)
    {
        if (_whole is null)
        {
            _whole = new int[_busy.Length];
            var sum = 0;
            for (var i = 0; i < _whole.Length; i++)
            {
                _whole[i] = sum += _begins[i];
            }
        }

        var stretch = StretchOf(microseconds);
        return _busy[stretch] + _whole[stretch];
    }

    private int StretchOf(long microseconds) => (int)Math.Clamp((microseconds - _from) / _length, 0, _busy.Length - 1);
}
