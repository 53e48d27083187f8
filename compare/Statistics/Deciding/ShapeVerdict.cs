namespace Replay.Statistics;

/// <summary>What is said of one shape's time.</summary>
public enum ShapeVerdict
{
    /// <summary>The interval is too wide to say anything.</summary>
    NotEnoughData,

    /// <summary>No difference was found, and one that matters would have been.</summary>
    Same,

    /// <summary>Faster by more than the minimum effect.</summary>
    Improved,

    /// <summary>Slower, but not by more than the threshold that matters.</summary>
    Slower,

    /// <summary>Slower by more than the minimum effect.</summary>
    Regressed,
}
