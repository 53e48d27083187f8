namespace Replay.Agent.Hosting;

/// <summary>What the program ends with; the same in all three programs.</summary>
internal static class ExitStatus
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>The answer is no: the capture is less complete than asked for.</summary>
    public const int No = 1;

    /// <summary>It could not be done: usage, bad input, no right, full disk.</summary>
    public const int CouldNot = 2;

    /// <summary>Interrupted with work left undone.</summary>
    public const int Interrupted = 130;
}
