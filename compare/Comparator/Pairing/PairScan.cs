using System.Runtime.ExceptionServices;
using Replay.Statistics;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>
/// One pass over the workload and all runs side by side, like a zip: no sort, no join, memory that grows with shapes and workers but not
/// with exchanges. Time blocks are dealt out to the workers; what they add up are whole numbers, so the result is the same whatever their number.
/// </summary>
internal sealed class PairScan
{
    /// <summary>Exchanges that a worker takes at a time: 32 bytes a run each, so some hundred KiB.</summary>
    private const int Batch = 4096;

    /// <summary>Workers hold tallies of their own, so their number is bounded.</summary>
    private const int MostWorkers = 16;

    private readonly ComparisonInput _input;
    private readonly RunDesign _design;
    private readonly Action<long>? _progress;
    private int _nextBlock = -1;
    private long _done;

    private PairScan(ComparisonInput input, RunDesign design, Action<long>? progress)
    {
        _input = input;
        _design = design;
        _progress = progress;
    }

    /// <summary>Scans.</summary>
    /// <param name="input">What to scan.</param>
    /// <param name="design">The runs.</param>
    /// <param name="progress">Called with the number of exchanges done, from any worker.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static ScanTotals Run(ComparisonInput input, RunDesign design, Action<long>? progress, CancellationToken cancellation)
    {
        var scan = new PairScan(input, design, progress);
        var workers = Math.Clamp(Environment.ProcessorCount, 1, MostWorkers);
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

        return parts[0];
    }

    private ScanTotals Work(CancellationToken cancellation)
    {
        var worker = new PairWorker(_input, _design);
        for (var block = Interlocked.Increment(ref _nextBlock); block < PairAccumulator.Blocks; block = Interlocked.Increment(ref _nextBlock))
        {
            long from = FirstOf(block), to = FirstOf(block + 1);
            if (from == to)
            {
                continue;
            }

            using var cursor = _input.Workload.Read(from, ExchangeParts.WithoutRequest);
            while (from < to)
            {
                cancellation.ThrowIfCancellationRequested();
                var count = (int)Math.Min(Batch, to - from);
                worker.Process(cursor, from, count, block);
                from += count;
                _progress?.Invoke(Interlocked.Add(ref _done, count));
            }
        }

        return worker.Totals;
    }

    /// <summary>The first position of a time block: the smallest that <see cref="PairAccumulator.BlockOf"/> puts there.</summary>
    private long FirstOf(int block) => (long)((((Int128)block * _input.Count) + PairAccumulator.Blocks - 1) / PairAccumulator.Blocks);
}
