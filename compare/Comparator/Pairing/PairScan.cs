using System.Runtime.ExceptionServices;
using Replay.Statistics;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>
/// One pass over the workload and all runs side by side, like a zip: no sort, no join, memory that grows with shapes and workers but not
/// with exchanges. Stretches of the workload are dealt out to the workers; what they add up are whole numbers, so the result is the same whatever their number.
/// </summary>
internal sealed class PairScan
{
    /// <summary>Exchanges that a worker takes at a time for each shape there is, so that what a shape adds up to is fetched once for so many ...</summary>
    private const int BatchPerShape = 16;

    /// <summary>... but never fewer than this ...</summary>
    private const int LeastBatch = 4096;

    /// <summary>... nor more bytes than this.</summary>
    private const int MostBatchBytes = 32 << 20;

    /// <summary>Workers hold tallies of their own, so their number is bounded.</summary>
    private const int MostWorkers = 16;

    /// <summary>Bytes of tallies that all workers may hold together: 1 GiB; with many shapes there are fewer workers.</summary>
    private const long MostBytes = 1L << 30;

    /// <summary>About what a shape takes in one run: block sums and a histogram of some hundred buckets.</summary>
    private const long BytesPerShapeAndRun = 3 << 10;

    /// <summary>Stretches per worker: enough that none waits long for the last one.</summary>
    private const int StretchesPerWorker = 16;

    private readonly ComparisonInput _input;
    private readonly RunDesign _design;
    private readonly Action<long>? _progress;
    private readonly IReadOnlySet<long> _straddling;
    private readonly long[] _bounds;
    private readonly int _batch;
    private int _next = -1;
    private long _done;

    private PairScan(ComparisonInput input, RunDesign design, int workers, IReadOnlySet<long> straddling, Action<long>? progress)
    {
        _straddling = straddling;
        _input = input;
        _design = design;
        _progress = progress;
        _bounds = Bounds(input, workers * StretchesPerWorker);
        _batch = (int)Math.Clamp((long)BatchPerShape * input.Shapes.Count, LeastBatch, MostBatchBytes / (RunOutcome.SizeBytes * (design.Runs + 1)));
    }

    /// <summary>Scans.</summary>
    /// <param name="input">What to scan.</param>
    /// <param name="design">The runs.</param>
    /// <param name="straddling">Positions of exchanges in transactions that straddle the snapshot.</param>
    /// <param name="progress">Called with the number of exchanges done, from any worker.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static ScanTotals Run(ComparisonInput input, RunDesign design, IReadOnlySet<long> straddling, Action<long>? progress, CancellationToken cancellation)
    {
        var fitting = MostBytes / (BytesPerShapeAndRun * design.Runs * Math.Max(1, input.Shapes.Count));
        var workers = (int)Math.Clamp(Math.Min(Environment.ProcessorCount, fitting), 1, MostWorkers);
        var scan = new PairScan(input, design, workers, straddling, progress);
        var parts = new ScanTotals[workers];
        try
        {
            Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, worker => parts[worker] = scan.Work(cancellation));
        }
        catch (AggregateException aggregate)
        {
            // The first worker's reason is the user's: a damaged block, an interruption.
            ExceptionDispatchInfo.Throw(aggregate.InnerExceptions[0]);
        }

        for (var i = 1; i < parts.Length; i++)
        {
            parts[0].Add(parts[i]);
        }

        parts[0].Finish();
        return parts[0];
    }

    /// <summary>Where stretches begin: only where the workload's own blocks do, because a block has to be decoded from its beginning.</summary>
    private static long[] Bounds(ComparisonInput input, int stretches)
    {
        var blocks = input.Workload.Blocks;
        var perStretch = Math.Max(1, (blocks.Count + stretches - 1) / stretches);
        return [.. Enumerable.Range(0, blocks.Count).Where(i => i % perStretch == 0).Select(i => blocks[i].FirstPosition), input.Count];
    }

    private ScanTotals Work(CancellationToken cancellation)
    {
        var worker = new PairWorker(_input, _design, _straddling);
        for (var stretch = Interlocked.Increment(ref _next); stretch < _bounds.Length - 1; stretch = Interlocked.Increment(ref _next))
        {
            long from = _bounds[stretch], to = _bounds[stretch + 1];
            using var cursor = _input.Workload.Read(from, ExchangeParts.WithoutRequest);
            while (from < to)
            {
                cancellation.ThrowIfCancellationRequested();
                var count = (int)Math.Min(_batch, to - from);
                worker.Process(cursor, from, count);
                from += count;
                _progress?.Invoke(Interlocked.Add(ref _done, count));
            }
        }

        return worker.Totals;
    }
}
