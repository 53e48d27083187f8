using Replay.Workload;

namespace Replay.Replayer;

/// <summary>How an exchange went otherwise than in production.</summary>
public enum Divergence : byte
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>It had an error that production had not.</summary>
    Error,

    /// <summary>It had none where production had one.</summary>
    ErrorGone,

    /// <summary>It returned or changed another number of rows.</summary>
    Count,

    /// <summary>It returned other values.</summary>
    Values,

    /// <summary>It was not carried through: no response, or left out though production ran it.</summary>
    Missing,
}

/// <summary>Tells divergences.</summary>
public static class Divergences
{
    /// <summary>Compares what production had with what a run has made of it.</summary>
    public static Divergence Of(in Exchange captured, in RunOutcome outcome)
    {
        var hasError = outcome.ErrorCode != 0;
        return outcome.Status switch
        {
            RunStatus.Failed => captured.Failed ? Divergence.None : Divergence.Missing,
            RunStatus.Skipped => captured.Failed || (captured.Flags & ExchangeFlags.SkippedAfterError) != 0 || !IsLoss(outcome.Reason) ? Divergence.None : Divergence.Missing,
            RunStatus.Replayed when hasError != captured.Failed => hasError ? Divergence.Error : Divergence.ErrorGone,
            RunStatus.Replayed when hasError => Divergence.None,
            RunStatus.Replayed when outcome.Rows != RunOutcome.Count(captured.Rows) || outcome.Affected != RunOutcome.Count(captured.Affected) => Divergence.Count,
            RunStatus.Replayed when outcome.HasRowsOf(captured.Flags, (uint)captured.SetHash, captured.NormalSetHash) == false => Divergence.Values,
            _ => Divergence.None,
        };
    }

    // Not what the snapshot has, nor what is no statement of a client, nor what was not asked for.
    private static bool IsLoss(RunReason reason) => reason is not (RunReason.InSnapshot or RunReason.BeforeSnapshot or RunReason.SnapshotTool or RunReason.Replication or RunReason.Cancel or RunReason.VictimInCapture) && !reason.IsAskedFor();
}
