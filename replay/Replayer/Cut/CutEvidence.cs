using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Decides by what the server said of a session in the moment of the cut whether its transaction is in the snapshot. No clock is compared but the server's own with
/// the packets': a statement begins after its first byte was seen and before its response was.
/// </summary>
internal static class CutEvidence
{
    /// <summary>Whether the snapshot has the unit; null if it cannot be told. The unit's commit overlapped the cut.</summary>
    public static bool? IsInside(OpenUnit unit)
    {
        if (unit.Evidence is not { } evidence || evidence.Session.StatementStartedMicroseconds == 0)
        {
            return null;
        }

        var began = evidence.Session.StatementStartedMicroseconds;
        var last = unit.Entries[^1];
        if (last.StartedAtMicroseconds > began)
        {
            return false; // what ends it had not begun
        }

        return last.EndedAtMicroseconds < began ? Ended(evidence) : evidence.Session.Activity switch
        {
            SessionActivity.Idle => Ended(evidence),
            SessionActivity.Active when evidence.Session.HasWritten || evidence.Session.HoldsSnapshot => false,
            // A commit that has no transaction id any more is done; a single statement may not have had one yet, nor a snapshot.
            SessionActivity.Active when WroteBefore(unit) => Ended(evidence),
            _ => null,
        };
    }

    // It had ended when the sessions were read: at the cut too, if none that wrote ended in between.
    private static bool? Ended((SessionAtCut Session, bool IsExact) evidence) => evidence.IsExact ? true : null;

    private static bool WroteBefore(OpenUnit unit)
    {
        var last = unit.Entries[^1];
        foreach (ref readonly var entry in unit.Entries[..^1])
        {
            if ((entry.Kind & CutKind.Write) != 0 && entry.EndedAtMicroseconds < last.StartedAtMicroseconds)
            {
                return true;
            }
        }

        return false;
    }
}
