using System.Text;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// What clones did, in sum. They are load and nothing else: a clone's exchange has no place of its own in the workload, so it has none in the run's outcomes, is paired with nothing and no part of
/// the certificate's lag.
/// </summary>
/// <param name="warn">Takes what the user ought to know.</param>
public sealed class CloneCounts(Action<string> warn) : IOutcomeRecorder
{
    private long _replayed;
    private long _failed;
    private long _newErrors;

    /// <summary>Exchanges that had a response.</summary>
    public long Played => Volatile.Read(ref _replayed);

    /// <summary>Exchanges that had none.</summary>
    public long Lost => Volatile.Read(ref _failed);

    /// <summary>Responses with an error that the capture had not.</summary>
    public long NewErrors => Volatile.Read(ref _newErrors);

    /// <summary>Their latencies.</summary>
    public LagHistogram Latency { get; } = new();

    /// <inheritdoc/>
    public void Replayed(in SentExchange sent, in Exchange exchange)
    {
        Interlocked.Increment(ref _replayed);
        if (exchange.LatencyMicroseconds is { } latency)
        {
            Latency.Add((long)latency);
        }

        if (exchange.Failed && ErrorCodes.Pack(exchange.ErrorCode) != sent.Planned.ErrorCode && Interlocked.Increment(ref _newErrors) == 1)
        {
            warn($"clones had errors that the capture had not, the first: {Encoding.UTF8.GetString(exchange.ErrorMessage)} ({Encoding.ASCII.GetString(exchange.ErrorCode)})");
        }
    }

    /// <inheritdoc/>
    public void Skipped(in PlannedExchange planned, RunReason reason)
    {
        // What clones leave out is by design, and what was lost with a connection is told by it.
    }

    /// <inheritdoc/>
    public void Failed(in PlannedExchange planned, RunReason reason) => Interlocked.Increment(ref _failed);

    /// <inheritdoc/>
    public void Warn(string what) => warn($"clones: {what}");
}
