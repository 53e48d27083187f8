namespace Replay.Workload.Tests;

/// <summary>Outcomes whose every field follows from the position.</summary>
internal static class RunSample
{
    public static RunOutcome OutcomeAt(long position) => new()
    {
        Status = RunStatus.Replayed,
        Reason = RunReason.None,
        Flags = (RunFlags)(position % 256),
        TransactionState = (TransactionState)(position % 4),
        LatencyMicroseconds = position * 0.5f,
        FirstByteCode = (ushort)(position * 3),
        LagCode = (ushort)(position * 5),
        OrderWaitCode = (ushort)(position * 7),
        ErrorCode = (ushort)(position % 11),
        Rows = (uint)position,
        Affected = RunOutcome.NoCount,
        SetHash = (uint)(position * 2_654_435_761),
        SequenceHash = (uint)(position * 40_503),
    };
}
