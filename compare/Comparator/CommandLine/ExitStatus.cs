namespace Replay.Comparator;

/// <summary>Exit status, the same in all programs.</summary>
internal static class ExitStatus
{
    public const int Pass = 0;
    public const int Fail = 1;
    public const int CouldNot = 2;
    public const int Undecided = 3;
    public const int Interrupted = 130;

    public static int Of(WholeVerdict verdict) => verdict switch
    {
        WholeVerdict.Pass => Pass,
        WholeVerdict.Fail => Fail,
        _ => Undecided,
    };
}
