namespace Replay.Replayer;

/// <summary>
/// Pauses of this process for garbage collections, and the exchanges that they touched. Collections stop all threads, so an exchange was touched if their number had changed between its sending and
/// its response. Nothing is asked of the runtime for an exchange in which it had not.
/// </summary>
public sealed class CollectionPauses
{
    /// <summary>A pause shorter than so much of what an exchange took in production does not disturb it: 1 %. What it took here decides nothing, or the choice would favour a side.</summary>
    public const double LeastShare = 0.01;

    private const int Kept = 1024;

    private readonly Lock _lock = new();
    private readonly Func<int> _collections;
    private readonly Func<TimeSpan> _paused;
    private readonly int _collectionsBefore;
    private readonly TimeSpan _pausedBefore;
    private readonly TimeSpan[] _after = new TimeSpan[Kept]; // all pauses up to and with a collection
    private int _seen;
    private TimeSpan _pausedSeen;
    private TimeSpan _longest;
    private long _touched;

    /// <summary>Of this process, from now on.</summary>
    public CollectionPauses()
        : this(static () => GC.CollectionCount(0), GC.GetTotalPauseDuration)
    {
    }

    internal CollectionPauses(Func<int> collections, Func<TimeSpan> paused)
    {
        _collections = collections;
        _paused = paused;
        _seen = _collectionsBefore = collections();
        _pausedSeen = _pausedBefore = paused();
        Array.Fill(_after, _pausedBefore);
    }

    /// <summary>Collections so far.</summary>
    public int Collections => _collections() - _collectionsBefore;

    /// <summary>How long they took in all.</summary>
    public TimeSpan Paused => _paused() - _pausedBefore;

    /// <summary>How long the longest took; of several between two looks, all of them.</summary>
    public TimeSpan Longest
    {
        get
        {
            lock (_lock)
            {
                Look();
                return _longest;
            }
        }
    }

    /// <summary>Exchanges that were on the wire during one.</summary>
    public long Touched => Volatile.Read(ref _touched);

    /// <summary>Whether a pause fell into an exchange that is long enough to matter to its time.</summary>
    /// <param name="collectionsAtSending">How many collections there had been when it was sent.</param>
    /// <param name="capturedMicroseconds">How long it took in production.</param>
    public bool Disturbed(int collectionsAtSending, long capturedMicroseconds)
    {
        if (_collections() == collectionsAtSending)
        {
            return false;
        }

        Interlocked.Increment(ref _touched);
        TimeSpan before, now;
        lock (_lock)
        {
            Look();
            before = _seen - collectionsAtSending < Kept ? _after[collectionsAtSending % Kept] : _pausedBefore;
            now = _pausedSeen;
        }

        return (now - before).TotalMicroseconds >= LeastShare * capturedMicroseconds;
    }

    // Of several that nobody has seen come, the first is taken for as long as all.
    private void Look()
    {
        var now = _collections();
        if (now == _seen)
        {
            return;
        }

        var paused = _paused();
        _longest = paused - _pausedSeen > _longest ? paused - _pausedSeen : _longest;
        for (var i = Math.Max(_seen + 1, now - Kept + 1); i <= now; i++)
        {
            _after[i % Kept] = i == now ? paused : _pausedSeen;
        }

        _seen = now;
        _pausedSeen = paused;
    }
}
