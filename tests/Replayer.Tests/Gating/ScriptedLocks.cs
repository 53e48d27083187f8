namespace Replay.Replayer.Tests;

/// <summary>Locks as a test says they are; connection 1000 + n is session n's.</summary>
internal sealed class ScriptedLocks(Func<IReadOnlyList<(long Waiting, long Blocking)>> pairs) : ILockGraph
{
    public ScriptedLocks(params (long Waiting, long Blocking)[] pairs)
        : this(() => pairs)
    {
    }

    /// <summary>What the server says of any connection.</summary>
    public bool? IsInLock { get; set; }

    public Task<IReadOnlyList<(long Waiting, long Blocking)>> ReadAsync(CancellationToken cancellation) => Task.FromResult(pairs());

    public Task<bool?> IsInLockAsync(long connection, CancellationToken cancellation) => Task.FromResult(IsInLock);
}
