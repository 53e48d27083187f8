namespace Replay.Replayer;

/// <summary>The portable way to wait: exact to the system's timer tick, a millisecond or worse.</summary>
public sealed class MonitorWaiter : IWaiter
{
    private readonly AutoResetEvent _event = new(initialState: false);

    /// <inheritdoc/>
    public void Enter()
    {
    }

    /// <inheritdoc/>
    public void Wait(long microseconds) => _event.WaitOne(TimeSpan.FromMicroseconds(Math.Clamp(microseconds, 0, 1_000_000)));

    /// <inheritdoc/>
    public void Wake() => _event.Set();

    /// <inheritdoc/>
    public void Dispose() => _event.Dispose();
}
