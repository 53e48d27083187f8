using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Finds the block in which a position lies; neighbours in a row are found at once.</summary>
public sealed class WorkloadBlocks(IReadOnlyList<BlockInfo> blocks)
{
    private int _last;

    /// <summary>How many there are.</summary>
    public int Count => blocks.Count;

    /// <summary>Position of a block's first exchange.</summary>
    public long FirstPosition(int block) => blocks[block].FirstPosition;

    /// <summary>The block of a position.</summary>
    /// <exception cref="ArgumentOutOfRangeException">None has it.</exception>
    public int Of(long position)
    {
        if (Holds(_last, position))
        {
            return _last;
        }

        int low = 0, high = blocks.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = blocks[middle].FirstPosition <= position ? (middle, high) : (low, middle - 1);
        }

        // Blocks without exchanges begin where the next one does; the last of equals was found, which has them.
        return Holds(low, position) ? _last = low : throw new ArgumentOutOfRangeException(nameof(position), position, "no block has it");
    }

    private bool Holds(int block, long position) => position >= blocks[block].FirstPosition && position < blocks[block].FirstPosition + blocks[block].Count;
}
