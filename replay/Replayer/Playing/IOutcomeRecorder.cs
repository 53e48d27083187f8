using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Takes what became of exchanges; any thread, each position once.</summary>
public interface IOutcomeRecorder
{
    /// <summary>It had a response.</summary>
    void Replayed(in SentExchange sent, in Exchange exchange);

    /// <summary>It was left out.</summary>
    void Skipped(in PlannedExchange planned, RunReason reason);

    /// <summary>It had no response.</summary>
    void Failed(in PlannedExchange planned, RunReason reason);

    /// <summary>Something that the user ought to know; the same words are told once, with their number.</summary>
    void Warn(string what);
}
