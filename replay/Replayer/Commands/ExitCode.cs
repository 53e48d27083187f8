namespace Replay.Replayer;

/// <summary>Exit statuses, the same for all programs.</summary>
public static class ExitCode
{
    /// <summary>Done, or pass.</summary>
    public const int Done = 0;

    /// <summary>The answer is no.</summary>
    public const int No = 1;

    /// <summary>It could not be done: usage, bad input, unreachable.</summary>
    public const int Impossible = 2;

    /// <summary>Undecided: with <c>--require-fit</c>, a run that its certificate calls unfit.</summary>
    public const int Undecided = 3;

    /// <summary>Interrupted with work left undone.</summary>
    public const int Interrupted = 130;
}
