namespace Replay.Replayer;

/// <summary>Something that the dispatcher calls when its moment has come.</summary>
public interface IDispatched
{
    /// <summary>Called on the dispatcher's thread; must not block and must not throw.</summary>
    void OnDue();
}

/// <summary>
/// One thread that calls each session when its next exchange is due and so sends it itself: no thread pool, whose timers are late by
/// milliseconds, and no hand-over to another thread.
/// </summary>
public sealed class Dispatcher : IDisposable
{
    /// <summary>The longest sleep; a bound in case a wake is lost by a signal.</summary>
    private const long LongestSleepMicroseconds = 100_000;

    private readonly Func<long> _now;
    private readonly IWaiter _waiter;
    private readonly ClockedThreads? _clocked;
    private readonly DueHeap<IDispatched> _heap = new();
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private long _sleepsUntil = long.MinValue;
    private volatile bool _stopped;

    /// <summary>Starts the thread.</summary>
    /// <param name="now">The run's clock, microseconds since 1970.</param>
    /// <param name="waiter">How to sleep; disposed of with the dispatcher.</param>
    /// <param name="clocked">Gives the thread its priority; null: as any other.</param>
    public Dispatcher(Func<long> now, IWaiter waiter, ClockedThreads? clocked = null)
    {
        _now = now;
        _waiter = waiter;
        _clocked = clocked;
        _thread = new Thread(Loop) { IsBackground = true, Name = "dispatcher" };
        _thread.Start();
    }

    /// <summary>The waiter that suits this machine best.</summary>
    public static IWaiter BestWaiter() => OperatingSystem.IsLinux() ? new LinuxWaiter() : new MonitorWaiter();

    /// <summary>Whether something has a due time that lies ahead.</summary>
    public bool AwaitsAny
    {
        get
        {
            lock (_lock)
            {
                return _heap.Count > 0;
            }
        }
    }

    /// <summary>Has <paramref name="item"/> called at <paramref name="dueMicroseconds"/>, or soon if that is past. Any thread; no allocation once warm.</summary>
    public void Schedule(IDispatched item, long dueMicroseconds)
    {
        bool wake;
        lock (_lock)
        {
            _heap.Push(item, dueMicroseconds);
            wake = dueMicroseconds < _sleepsUntil;
        }

        if (wake)
        {
            _waiter.Wake();
        }
    }

    /// <summary>Ends the thread; whoever still waits is not called.</summary>
    public void Dispose()
    {
        _stopped = true;
        _waiter.Wake();
        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }

        _waiter.Dispose();
    }

    private void Loop()
    {
        _waiter.Enter();
        _clocked?.EnterDispatcher();
        while (!_stopped)
        {
            IDispatched? item = null;
            var sleep = 0L;
            lock (_lock)
            {
                var now = _now();
                if (_heap.TryPop(now, out var due))
                {
                    item = due;
                    _sleepsUntil = long.MinValue;
                }
                else
                {
                    sleep = Math.Min(_heap.NextMicroseconds - now, LongestSleepMicroseconds);
                    _sleepsUntil = _heap.NextMicroseconds;
                }
            }

            if (item is null)
            {
                _waiter.Wait(sleep);
            }
            else
            {
                item.OnDue();
            }
        }
    }
}
