using Replay.Workload;

namespace Replay.Comparator;

/// <summary>Takes one exchange of the workload.</summary>
/// <param name="position">Its place in the workload.</param>
/// <param name="exchange">It, valid until the call returns.</param>
/// <param name="outcomes">What became of it, a run each; the array is used again for the next exchange.</param>
internal delegate void OutcomeVisitor(long position, in Exchange exchange, RunOutcome[] outcomes);

/// <summary>A pass over the workload and all runs side by side, in the order of the workload.</summary>
internal static class OutcomeScan
{
    private const int Batch = 4096;

    /// <summary>Passes over all exchanges.</summary>
    /// <exception cref="WorkloadException">The workload holds fewer exchanges than it counts.</exception>
    public static void Run(ComparisonInput input, ExchangeParts parts, OutcomeVisitor visit, CancellationToken cancellation) => Run(input, parts, [(0, input.Count)], visit, cancellation);

    /// <summary>Passes over some stretches of the workload, each a position and how many follow.</summary>
    /// <exception cref="WorkloadException">The workload holds fewer exchanges than it counts.</exception>
    public static void Run(ComparisonInput input, ExchangeParts parts, IEnumerable<(long From, long Count)> stretches, OutcomeVisitor visit, CancellationToken cancellation)
    {
        var outcomes = input.Runs.Select(_ => new RunOutcome[Batch]).ToArray();
        var ofExchange = new RunOutcome[outcomes.Length];
        foreach (var (first, all) in stretches)
        {
            using var cursor = input.Workload.Read(first, parts);
            for (var from = first; from < first + all; from += Batch)
            {
                cancellation.ThrowIfCancellationRequested();
                var count = (int)Math.Min(Batch, first + all - from);
                for (var k = 0; k < outcomes.Length; k++)
                {
                    input.Runs[k].Read(from, outcomes[k].AsSpan(0, count));
                }

                for (var i = 0; i < count; i++)
                {
                    input.Advance(cursor, from + i);
                    for (var k = 0; k < outcomes.Length; k++)
                    {
                        ofExchange[k] = outcomes[k][i];
                    }

                    visit(from + i, cursor.Current, ofExchange);
                }
            }
        }
    }
}
