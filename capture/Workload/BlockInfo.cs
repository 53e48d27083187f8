namespace Replay.Workload;

/// <summary>One block of exchanges, as the index has it.</summary>
/// <param name="Segment">Number of its segment file, from 1.</param>
/// <param name="Offset">Where it begins in that file.</param>
/// <param name="FirstPosition">Position of its first exchange.</param>
/// <param name="Count">Number of its exchanges.</param>
/// <param name="MinStartedAtMicroseconds">When the earliest of them started.</param>
/// <param name="MaxEndedAtMicroseconds">When the latest of them ended.</param>
/// <param name="MinSession">The lowest session number.</param>
/// <param name="MaxSession">The highest session number.</param>
/// <param name="SessionBits">Bit (number modulo 64) is set for each session in it.</param>
/// <param name="EarliestStartFromHereMicroseconds">
/// When the earliest exchange of this block or of any after it started: a reader that has reached a block with a value of T
/// or more has met all exchanges that started before T.
/// </param>
public readonly record struct BlockInfo(
    int Segment,
    long Offset,
    long FirstPosition,
    int Count,
    long MinStartedAtMicroseconds,
    long MaxEndedAtMicroseconds,
    int MinSession,
    int MaxSession,
    ulong SessionBits,
    long EarliestStartFromHereMicroseconds)
{
    /// <summary>Whether it can hold exchanges of a session; no false negatives.</summary>
    public bool MayHold(int session) => session >= MinSession && session <= MaxSession && (SessionBits & (1UL << (session & 63))) != 0;
}
