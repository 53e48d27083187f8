namespace Replay.Statistics;

/// <summary>
/// The scale of <see cref="LogHistogram"/>: buckets whose bounds grow by the factor gamma = (1 + alpha) / (1 - alpha), so that any value
/// in a bucket is within alpha = 0.5 % of the bucket's value. From 1 microsecond to 1 hour.
/// </summary>
/// <remarks>Masson, Rim, Lee: DDSketch, PVLDB 12(12), 2019, <see href="https://arxiv.org/abs/1908.10693"/>.</remarks>
public static class LogScale
{
    /// <summary>Largest relative error of a bucket's value.</summary>
    public const double Alpha = 0.005;

    /// <summary>Values above 1 hour count as 1 hour.</summary>
    public const double LargestMicroseconds = 3.6e9;

    /// <summary>ln gamma.</summary>
    public static readonly double LogGamma = Math.Log((1 + Alpha) / (1 - Alpha));

    /// <summary>Number of buckets: 2,201.</summary>
    public static readonly int Buckets = (int)Math.Floor(Math.Log(LargestMicroseconds) / LogGamma) + 1;

    // Buckets per unit of FixedLog, scaled by 2^40: 22 * 2^24 * 2^23 stays within 63 bits.
    private static readonly long BucketsPerUnit = (long)Math.Round((1L << 40) / (LogGamma * FixedLog.One));

    /// <summary>The bucket of a value whose <see cref="FixedLog"/> is given.</summary>
    public static int BucketOfLog(int fixedLog) => Math.Min((int)((fixedLog * BucketsPerUnit) >> 40), Buckets - 1);

    /// <summary>The bucket of a value in microseconds; NaN and values below 1 count as 1.</summary>
    public static int BucketOf(double microseconds) => BucketOfLog(FixedLog.Of((float)Math.Min(microseconds, LargestMicroseconds)));

    /// <summary>The value that stands for a bucket, in microseconds: 1 + alpha above its lower bound, 1 - alpha below its upper one.</summary>
    public static double ValueOf(int bucket) => Math.Exp(bucket * LogGamma) * (1 + Alpha);

    /// <summary>The bucket's upper bound in microseconds; it belongs to the next bucket.</summary>
    public static double UpperBoundOf(int bucket) => Math.Exp((bucket + 1) * LogGamma);
}
