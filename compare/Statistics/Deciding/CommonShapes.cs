namespace Replay.Statistics;

/// <summary>How many shapes the common effect of a run needs.</summary>
public static class CommonShapes
{
    /// <summary>
    /// From this many shapes on a run's median over the shapes is taken off. With fewer the median would be made of the very differences that are
    /// looked for: nothing is taken off, no variance is borrowed, and each shape stands alone with the few degrees of freedom that its runs give.
    /// </summary>
    public const int Least = 8;

    /// <summary>Below this many shapes the report says that the common effect is known only roughly.</summary>
    public const int Enough = 30;
}
