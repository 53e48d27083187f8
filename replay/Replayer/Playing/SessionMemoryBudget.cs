namespace Replay.Replayer;

/// <summary>How much all sessions' memories may hold together: 64 MiB unless told otherwise. Any thread.</summary>
public sealed class SessionMemoryBudget(long maxBytes = 64L << 20)
{
    private long _taken;

    /// <summary>Takes a part; false if there is not so much left.</summary>
    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= maxBytes)
        {
            return true;
        }

        Return(bytes);
        return false;
    }

    /// <summary>Gives a part back.</summary>
    public void Return(int bytes) => Interlocked.Add(ref _taken, -bytes);
}
