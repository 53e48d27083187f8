namespace Replay.Comparator;

/// <summary>What is said of the whole.</summary>
public enum WholeVerdict
{
    /// <summary>Nothing that matters became worse.</summary>
    Pass,

    /// <summary>A shape regressed, an error is new, or a result differs.</summary>
    Fail,

    /// <summary>The runs do not support a verdict.</summary>
    Undecided,
}

/// <summary>Names as the JSON and the command line have them.</summary>
public static class WholeVerdictNames
{
    /// <summary>Lower case.</summary>
    public static string Name(this WholeVerdict verdict) => verdict switch
    {
        WholeVerdict.Pass => "pass",
        WholeVerdict.Fail => "fail",
        _ => "undecided",
    };
}
