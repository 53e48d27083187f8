using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Counts of durations, filled by many threads at once; buckets are about 1 % wide. No allocation after construction.</summary>
public sealed class LagHistogram
{
    // 65,536 codes of 0.034 % each, 32 to a bucket.
    private const int CodesPerBucketLog2 = 5;
    private readonly long[] _counts = new long[(ushort.MaxValue >> CodesPerBucketLog2) + 1];
    private long _maxMicroseconds;

    /// <summary>Durations counted.</summary>
    public long Count
    {
        get
        {
            var sum = 0L;
            foreach (ref var count in _counts.AsSpan())
            {
                sum += Volatile.Read(ref count);
            }

            return sum;
        }
    }

    /// <summary>The longest, exactly, in microseconds.</summary>
    public long MaxMicroseconds => Volatile.Read(ref _maxMicroseconds);

    /// <summary>Counts one duration.</summary>
    public void Add(long microseconds)
    {
        Interlocked.Increment(ref _counts[LogCode.Encode(microseconds) >> CodesPerBucketLog2]);
        var max = Volatile.Read(ref _maxMicroseconds);
        while (microseconds > max)
        {
            var seen = Interlocked.CompareExchange(ref _maxMicroseconds, microseconds, max);
            if (seen == max)
            {
                return;
            }

            max = seen;
        }
    }

    /// <summary>What has been counted, so that it can be counted on.</summary>
    public LagCounts ToCounts()
    {
        var counts = new Dictionary<int, long>();
        for (var i = 0; i < _counts.Length; i++)
        {
            if (Volatile.Read(ref _counts[i]) is not 0 and var count)
            {
                counts.Add(i, count);
            }
        }

        return new LagCounts(counts, MaxMicroseconds);
    }

    /// <summary>Counts what another has counted too; before anybody else does.</summary>
    public void Add(LagCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var (bucket, count) in other.Buckets)
        {
            _counts[bucket] += count;
        }

        _maxMicroseconds = Math.Max(_maxMicroseconds, other.MaxMicroseconds);
    }

    /// <summary>The upper end of the bucket that holds the quantile, in microseconds; never over <see cref="MaxMicroseconds"/>; 0 if nothing was counted.</summary>
    public double Quantile(double q)
    {
        var count = Count;
        if (count == 0)
        {
            return 0;
        }

        var rank = Math.Max(1, (long)Math.Ceiling(q * count));
        var seen = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += Volatile.Read(ref _counts[i]);
            if (seen >= rank)
            {
                var upper = (ushort)(((i + 1) << CodesPerBucketLog2) - 1);
                return i == 0 ? Math.Min(1, MaxMicroseconds) : Math.Min(LogCode.Decode(upper), MaxMicroseconds);
            }
        }

        return MaxMicroseconds;
    }
}

/// <summary>What a <see cref="LagHistogram"/> has counted.</summary>
/// <param name="Buckets">By bucket, those that are not empty.</param>
/// <param name="MaxMicroseconds">The longest.</param>
public sealed record LagCounts(IReadOnlyDictionary<int, long> Buckets, long MaxMicroseconds);
