using System.Text;
using Replay.Workload;

namespace Replay.Replayer;

/// <content>The outcomes that a run which is resumed has already.</content>
public sealed partial class OutcomeRecorder
{
    /// <summary>Counts an outcome of the part before a seam, as when it was recorded; lag, rate and responses are not in it.</summary>
    public void Seed(long position, in Exchange captured, in RunOutcome outcome, bool isWarmUp)
    {
        Counts.Add(in outcome);
        if (outcome.Reason == RunReason.SkippedAfterError && (captured.Flags & ExchangeFlags.SkippedAfterError) != 0)
        {
            Counts.SawSkippedAsCaptured();
        }

        if (outcome.ErrorCode != 0)
        {
            _errorTexts++;
        }

        if (outcome.Status != RunStatus.Replayed)
        {
            return;
        }

        if ((captured.Flags & ExchangeFlags.Complete) != 0)
        {
            SeedDivergence(in captured, in outcome);
        }

        if (outcome.ErrorCode != 0 && TimeoutCodes?.Contains(ErrorCodes.Pack(Encoding.ASCII.GetBytes(_writer.ErrorCode(outcome.ErrorCode)))) == true)
        {
            Counts.SawStatementTimeout();
        }

        if ((outcome.Flags & RunFlags.PreRoll) != 0)
        {
            return;
        }

        if (isWarmUp)
        {
            _warmedUp++;
        }
        else if (!float.IsNaN(outcome.LatencyMicroseconds))
        {
            Shapes.Add(captured.Shape, position, (long)outcome.LatencyMicroseconds);
        }
    }

    private void SeedDivergence(in Exchange captured, in RunOutcome outcome)
    {
        switch (Divergences.Of(in captured, in outcome))
        {
            case Divergence.Error:
                Counts.SawErrorDifference(isNew: true);
                break;
            case Divergence.ErrorGone:
                Counts.SawErrorDifference(isNew: false);
                break;
            case Divergence.None when outcome.ErrorCode != 0 && ErrorCodes.Pack(captured.ErrorCode) != ErrorCodes.Pack(Encoding.ASCII.GetBytes(_writer.ErrorCode(outcome.ErrorCode))):
                Counts.SawErrorDifference(isNew: true); // another one than production's
                break;
            case Divergence.Count:
                Counts.SawCountDifference();
                break;
            case Divergence.Values:
                Counts.SawValueDifference();
                break;
        }
    }

    // Each position is set once in a part, so an outcome that is there is of the part before.
    private bool HasOutcome(long position)
    {
        if (!IsResumed || _writer.Get(position).Status == RunStatus.NotReached)
        {
            return false;
        }

        Counts.SawAgain();
        return true;
    }
}
