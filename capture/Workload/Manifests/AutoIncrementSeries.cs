namespace Replay.Workload;

/// <summary>MySQL: which AUTO_INCREMENT ids a server makes, so that several servers make different ones.</summary>
/// <param name="Increment">The step from one to the next: <c>auto_increment_increment</c>.</param>
/// <param name="Offset">The first: <c>auto_increment_offset</c>.</param>
public sealed record AutoIncrementSeries(int Increment, int Offset)
{
    /// <summary>Whether the id can be one of them; beyond the step the offset counts for some ids only, so any can.</summary>
    public bool Has(ulong id) => Increment <= 1 || Offset > Increment || id % (ulong)Increment == (ulong)(Offset % Increment);

    /// <summary>Whether ids follow each other alike; where the step is 1 the offset says nothing.</summary>
    public bool GoesLike(AutoIncrementSeries other) => this == other || (Increment == 1 && other.Increment == 1);
}
