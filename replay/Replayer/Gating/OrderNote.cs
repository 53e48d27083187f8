namespace Replay.Replayer;

/// <summary>What order asks of one exchange.</summary>
/// <param name="needs">What has to be met before it is sent; the first exchange of a unit has them.</param>
/// <param name="marks">The places in counts that it takes when it has ended; the last exchange of a unit has them.</param>
/// <param name="draw">What it drew from a sequence; null if it did not.</param>
public sealed class OrderNote(OrderDependency[] needs, OrderMark[] marks, SequenceDraw? draw = null)
{
    /// <summary>What has to be met before it is sent.</summary>
    public OrderDependency[] Needs { get; } = needs;

    /// <summary>The places in counts that it takes when it has ended.</summary>
    public OrderMark[] Marks { get; } = marks;

    /// <summary>What it drew from a sequence; null if it did not.</summary>
    public SequenceDraw? Draw { get; } = draw;
}
