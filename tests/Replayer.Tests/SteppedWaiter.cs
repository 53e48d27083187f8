namespace Replay.Replayer.Tests;

/// <summary>A waiter whose sleeps end only when the test moves the clock or somebody wakes it.</summary>
internal sealed class SteppedWaiter : IWaiter
{
    private readonly object _gate = new();
    private long _now;
    private bool _woken;
    private bool _asleep;

    public long Now
    {
        get
        {
            lock (_gate)
            {
                return _now;
            }
        }
    }

    public void AdvanceTo(long now)
    {
        lock (_gate)
        {
            _now = now;
            _woken = true;
            Monitor.PulseAll(_gate);
            // Until it has done all that is due by now and sleeps again.
            while (!_asleep || _woken)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    public void Enter()
    {
    }

    public void Wait(long microseconds)
    {
        lock (_gate)
        {
            _asleep = true;
            Monitor.PulseAll(_gate);
            while (!_woken)
            {
                Monitor.Wait(_gate);
            }

            _woken = false;
            _asleep = false;
        }
    }

    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.PulseAll(_gate);
        }
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
