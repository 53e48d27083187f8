using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Exchanges come in order of their end, and are due in order of their start. Most lie within a window of each other; those that
/// lie later in the file than that (a report of an hour) are found by the blocks' index and fetched early, so that memory holds a
/// window and not an hour.
/// </summary>
/// <remarks>
/// An exchange is late if it started more than the window before its block's file time, the latest end of its block and all
/// blocks before: that depends on the block and the exchange alone, so the walk that comes by later knows without a list which ones it
/// has had.
/// </remarks>
public sealed class LateBlocks
{
    private readonly long[] _fileTimes;
    private readonly PriorityQueue<int, (long Started, int Block)> _queue = new();
    private readonly long _windowMicroseconds;

    /// <summary>An index over a workload's blocks.</summary>
    public LateBlocks(IReadOnlyList<BlockInfo> blocks, long windowMicroseconds)
    {
        _windowMicroseconds = windowMicroseconds;
        _fileTimes = new long[blocks.Count];
        var latest = long.MinValue;
        for (var i = 0; i < blocks.Count; i++)
        {
            latest = Math.Max(latest, blocks[i].MaxEndedAtMicroseconds);
            _fileTimes[i] = latest;
            if (IsLate(i, blocks[i].MinStartedAtMicroseconds))
            {
                _queue.Enqueue(i, (blocks[i].MinStartedAtMicroseconds, i));
            }
        }
    }

    /// <summary>The latest end of a block's exchanges and of all before it, microseconds since 1970.</summary>
    public long FileTime(int block) => _fileTimes[block];

    /// <summary>Whether an exchange of a block is fetched early.</summary>
    public bool IsLate(int block, long startedAtMicroseconds) => startedAtMicroseconds < _fileTimes[block] - _windowMicroseconds;

    /// <summary>Takes out a block that has late exchanges that started by <paramref name="horizonMicroseconds"/> and were not fetched yet.</summary>
    /// <param name="horizonMicroseconds">How far the walk has come, workload clock.</param>
    /// <param name="block">The block.</param>
    /// <param name="fromMicroseconds">The start of the first one that was not fetched; those that started before it were.</param>
    public bool TryTake(long horizonMicroseconds, out int block, out long fromMicroseconds)
    {
        if (_queue.TryPeek(out block, out var key) && key.Started <= horizonMicroseconds)
        {
            _queue.Dequeue();
            fromMicroseconds = key.Started;
            return true;
        }

        fromMicroseconds = 0;
        return false;
    }

    /// <summary>Puts a block back whose next late exchange started at <paramref name="startedAtMicroseconds"/>, after the horizon.</summary>
    public void PutBack(int block, long startedAtMicroseconds) => _queue.Enqueue(block, (startedAtMicroseconds, block));
}
