namespace Replay.Statistics;

/// <summary>
/// Counts of latencies on the buckets of <see cref="LogScale"/>. Counts are whole numbers and merging is addition, so shards merge to
/// exactly what one pass gives, in any order. Only the window of buckets that is in use is held: some hundred bytes for most shapes.
/// </summary>
public sealed class LogHistogram
{
    // The window grows by whole steps, so a shape's first executions do not copy it again and again.
    private const int WindowStep = 32;

    private int _first;
    private uint[] _window = [];

    /// <summary>Values counted.</summary>
    public long Count { get; private set; }

    /// <summary>Lowest bucket in use; <see cref="LogScale.Buckets"/> if none is.</summary>
    public int LowestBucket
    {
        get
        {
            var index = Array.FindIndex(_window, count => count > 0);
            return index < 0 ? LogScale.Buckets : _first + index;
        }
    }

    /// <summary>Highest bucket in use; -1 if none is.</summary>
    public int HighestBucket
    {
        get
        {
            var index = Array.FindLastIndex(_window, count => count > 0);
            return index < 0 ? -1 : _first + index;
        }
    }

    /// <summary>How many values a bucket holds.</summary>
    public long this[int bucket] => (uint)(bucket - _first) < (uint)_window.Length ? _window[bucket - _first] : 0;

    /// <summary>Counts one value in microseconds.</summary>
    public void Record(double microseconds) => RecordBucket(LogScale.BucketOf(microseconds), 1);

    /// <summary>Counts one value whose <see cref="FixedLog"/> is given.</summary>
    public void RecordLog(int fixedLog)
    {
        var offset = LogScale.BucketOfLog(fixedLog) - _first;
        if ((uint)offset < (uint)_window.Length)
        {
            _window[offset]++;
            Count++;
            return;
        }

        RecordBucket(offset + _first, 1);
    }

    /// <summary>Counts <paramref name="count"/> values of a bucket.</summary>
    public void RecordBucket(int bucket, uint count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bucket);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(bucket, LogScale.Buckets);
        Cover(bucket);
        _window[bucket - _first] = checked(_window[bucket - _first] + count);
        Count += count;
    }

    /// <summary>Adds the counts of another histogram.</summary>
    public void Add(LogHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < other._window.Length; i++)
        {
            if (other._window[i] > 0)
            {
                RecordBucket(other._first + i, other._window[i]);
            }
        }
    }

    /// <summary>The sum of several histograms.</summary>
    public static LogHistogram Sum(IEnumerable<LogHistogram> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var sum = new LogHistogram();
        foreach (var part in parts)
        {
            sum.Add(part);
        }

        return sum;
    }

    /// <summary>The bucket that holds the value of rank ceil(<paramref name="share"/> * count), the nearest-rank quantile; -1 if empty.</summary>
    public int QuantileBucket(double share)
    {
        var rank = Math.Clamp((long)Math.Ceiling(share * Count), 1, Math.Max(Count, 1));
        long seen = 0;
        for (var i = 0; i < _window.Length; i++)
        {
            seen += _window[i];
            if (seen >= rank)
            {
                return _first + i;
            }
        }

        return -1;
    }

    /// <summary>The nearest-rank quantile in microseconds, within 0.5 %; NaN if empty.</summary>
    public double Quantile(double share) => Count == 0 ? double.NaN : LogScale.ValueOf(QuantileBucket(share));

    /// <summary>How many values lie in buckets above <paramref name="bucket"/>.</summary>
    public long CountAbove(int bucket)
    {
        long above = 0;
        for (var i = Math.Max(0, bucket + 1 - _first); i < _window.Length; i++)
        {
            above += _window[i];
        }

        return above;
    }

    /// <summary>Sum, and sum of squares, of what values in buckets above <paramref name="bucket"/> exceed that bucket's upper bound by, in microseconds.</summary>
    public (double Sum, double SumOfSquares) ExcessAbove(int bucket)
    {
        var bound = LogScale.UpperBoundOf(bucket);
        double sum = 0, squares = 0;
        for (var i = Math.Max(0, bucket + 1 - _first); i < _window.Length; i++)
        {
            if (_window[i] > 0)
            {
                var excess = LogScale.ValueOf(_first + i) - bound;
                sum += _window[i] * excess;
                squares += _window[i] * excess * excess;
            }
        }

        return (sum, squares);
    }

    /// <summary>The sum of all values in microseconds, within 0.5 %.</summary>
    public double SumOfValues()
    {
        double sum = 0;
        for (var i = 0; i < _window.Length; i++)
        {
            sum += _window[i] == 0 ? 0 : _window[i] * LogScale.ValueOf(_first + i);
        }

        return sum;
    }

    /// <summary>The share of the sum of all values that the largest <paramref name="share"/> of the values hold.</summary>
    public double ShareOfLargest(double share)
    {
        var wanted = Math.Max(1, (long)Math.Floor(share * Count));
        double all = 0, largest = 0;
        for (var i = _window.Length - 1; i >= 0; i--)
        {
            var value = LogScale.ValueOf(_first + i);
            var taken = Math.Min(wanted, _window[i]);
            wanted -= taken;
            largest += taken * value;
            all += _window[i] * value;
        }

        return all > 0 ? largest / all : 0;
    }

    private void Cover(int bucket)
    {
        if (_window.Length == 0)
        {
            _first = Math.Max(0, bucket - (WindowStep / 2));
            _window = new uint[WindowStep];
            return;
        }

        if (bucket < _first)
        {
            var first = Math.Max(0, bucket - WindowStep);
            var wider = new uint[_window.Length + _first - first];
            _window.CopyTo(wider, _first - first);
            (_first, _window) = (first, wider);
        }
        else if (bucket >= _first + _window.Length)
        {
            Array.Resize(ref _window, bucket - _first + WindowStep);
        }
    }
}
