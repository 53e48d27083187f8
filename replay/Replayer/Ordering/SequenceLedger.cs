namespace Replay.Replayer;

/// <summary>
/// Who drew which value from one sequence. Some responses show it. The others have what is left, in the order in which they ended, and after each value that was
/// certainly drawn before theirs. Measured on a busy PostgreSQL 18 (64 sessions, 2 processors): by ends 2 % of 3,700 inserts are in another place than they were, by
/// requests 31 %. One that took long has waited for a lock, and a value is drawn before that: it stands where it was requested.
/// </summary>
/// <remarks>
/// Before the first value that is known (one that a response shows, or where the snapshot found the sequence) it counts backwards from there. One forward pass; memory
/// grows with the draws during the longest insert that does not show its value.
/// </remarks>
internal sealed class SequenceLedger(int number, int table, ulong key, CatalogSequence sequence, IDrawSink sink, OrderCounts counts)
{
    /// <summary>How much later than an insert's end what bounds its value is waited for: a second, in which lastval() may tell it.</summary>
    public const long LookAheadMicroseconds = 1_000_000;

    /// <summary>Inserts before the first known value that are remembered: 100,000.</summary>
    public const int MaxEarly = 100_000;

    /// <summary>An insert that took longer has waited for a lock: 100 ms.</summary>
    public const long LockWaitMicroseconds = 100_000;

    private const int MaxCeilings = 64;
    private const int MaxRecent = 256;
    private const int MaxShift = 64;

    private readonly PriorityQueue<OpenDraw, long> _open = new(); // by when they are taken to have drawn
    private readonly PriorityQueue<long, long> _ended = new(); // known values, by when they had certainly been drawn
    private readonly SortedSet<(long At, long First)> _ahead = []; // known values, by when they had certainly not been drawn
    private readonly SortedSet<long> _taken = []; // by those that show theirs
    private readonly List<OpenDraw> _early = [];
    private readonly List<OpenDraw> _recent = []; // that do not show theirs
    private IReadOnlySet<long> _restored = new HashSet<long>();
    private long? _floor; // the largest value that had certainly been drawn
    private long _last = long.MinValue; // the last value that was given to an insert which does not show its own

    /// <summary>The largest value known; null if none is.</summary>
    public long? Highest { get; private set; }

    /// <summary>The sequence.</summary>
    public CatalogSequence Sequence => sequence;

    /// <summary>Its number within the database.</summary>
    public int Number => number;

    /// <summary>The table that its key is counted with.</summary>
    public int Table => table;

    /// <summary>What stands for it among the keys of <see cref="Table"/>.</summary>
    public ulong Key => key;

    /// <summary>Where it stood at a moment: all values up to there had been drawn, and none beyond. <paramref name="restored"/>: those of them that what is not played drew.</summary>
    public void Stood(long last, long at, IReadOnlySet<long> restored)
    {
        _restored = restored;
        Highest = Math.Max(last, Highest ?? last);
        _ended.Enqueue(last, at);
        _ahead.Add((at, last + sequence.Increment));
    }

    /// <summary>An insert that drew, in any order within what <see cref="AdvanceTo"/> allows.</summary>
    public void Add(OpenDraw draw)
    {
        _open.Enqueue(draw, At(draw));
        if (draw.Told is { } told)
        {
            Tell(draw, told.First, told.Last);
        }
    }

    /// <summary>What an insert drew.</summary>
    public void Tell(OpenDraw draw, long first, long last)
    {
        draw.Told = (first, last);
        Highest = Math.Max(last, Highest ?? last);
        _ended.Enqueue(last, draw.EndedAt);
        _ahead.Add((draw.RequestedAt, first));
        for (var id = first; id <= last && id - first <= draw.Rows * sequence.Increment; id += sequence.Increment)
        {
            _taken.Add(id);
        }
    }

    /// <summary>All that was requested before this moment has been added.</summary>
    public void AdvanceTo(long microseconds)
    {
        while (_open.TryPeek(out var draw, out _) && draw.EndedAt < microseconds - LookAheadMicroseconds)
        {
            Decide(_open.Dequeue());
        }
    }

    /// <summary>Nothing more comes.</summary>
    public void Finish()
    {
        while (_open.TryDequeue(out var draw, out _))
        {
            Decide(draw);
        }

        DecideEarly(long.MaxValue);
    }

    private void Decide(OpenDraw draw)
    {
        // The first known value needs no proof: there is nothing else to count from.
        while (_ended.TryPeek(out var last, out var at) && at < (_floor is null ? At(draw) : draw.RequestedAt))
        {
            _ended.Dequeue();
            _floor = Math.Max(last, _floor ?? last);
        }

        if (draw.Told is { } told)
        {
            Shown(draw, told.First);
        }
        else if (_floor is { } floor)
        {
            DecideEarly(At(draw));
            Name(draw);
            Give(draw, Free(Math.Max(_last, floor), draw.Rows), Ceiling(draw.EndedAt));
        }
        else
        {
            Name(draw);
            _early.Add(draw);
            if (_early.Count > MaxEarly)
            {
                Unknown(_early[0]);
                _early.RemoveAt(0);
            }
        }

        Forget(draw.RequestedAt);
    }

    // Smallest value after another from which on so many are free.
    private long Free(long after, long rows)
    {
        var first = after + sequence.Increment;
        while (_taken.GetViewBetween(first, Last(first, rows)) is { Count: > 0 } taken)
        {
            first = taken.Max + sequence.Increment;
        }

        return first;
    }

    private void Give(OpenDraw draw, long first, long ceiling)
    {
        if (Last(first, draw.Rows) >= ceiling)
        {
            Unknown(draw); // more draws than values: one of them did not draw
            return;
        }

        _last = Last(first, draw.Rows);
        Known(draw, first);
    }

    // Those before the first known value, the last first.
    private void DecideEarly(long before)
    {
        var (ceiling, played) = (long.MaxValue, long.MaxValue);
        for (var i = _early.Count - 1; i >= 0; i--)
        {
            var draw = _early[i];
            ceiling = Math.Min(ceiling, Ceiling(At(draw)));
            if (ceiling == long.MaxValue || At(draw) > before)
            {
                Unknown(draw);
                continue;
            }

            var first = ceiling - (draw.Rows * sequence.Increment);
            while (_taken.GetViewBetween(first, Last(first, draw.Rows)) is { Count: > 0 } taken)
            {
                first = taken.Min - (draw.Rows * sequence.Increment);
            }

            ceiling = first;
            if (draw.IsInSnapshot)
            {
                continue;
            }

            if (NotRestored(first, draw.Rows, played) is { } free)
            {
                played = free;
                Known(draw, free);
            }
            else
            {
                Unknown(draw);
            }
        }

        _early.Clear();
    }

    // The nearest value that is not in the restored data and smaller than that of the next which is played.
    private long? NotRestored(long first, long rows, long below)
    {
        for (var shift = 0; shift <= MaxShift; shift++)
        {
            foreach (var candidate in (ReadOnlySpan<long>)[first + (shift * sequence.Increment), first - (shift * sequence.Increment)])
            {
                if (Last(candidate, rows) < below && _taken.GetViewBetween(candidate, Last(candidate, rows)).Count == 0 && !IsRestored(candidate, rows))
                {
                    return candidate;
                }
            }
        }

        return null;
    }

    private bool IsRestored(long first, long rows)
    {
        for (var id = first; _restored.Count > 0 && id <= Last(first, rows); id += sequence.Increment)
        {
            if (_restored.Contains(id))
            {
                return true;
            }
        }

        return false;
    }

    private void Shown(OpenDraw draw, long first)
    {
        if (!draw.IsInSnapshot)
        {
            counts.IdsShown++;
            sink.Drew(draw.Drawer, new SequenceDraw(number, first, draw.Rows));
        }
    }

    // The smallest known value that was not drawn before a moment: of those soon after it, since values rise with time.
    private long Ceiling(long at)
    {
        var ceiling = long.MaxValue;
        foreach (var (_, first) in _ahead.GetViewBetween((at + 1, long.MinValue), (long.MaxValue, long.MaxValue)).Take(MaxCeilings))
        {
            ceiling = Math.Min(ceiling, first);
        }

        return ceiling;
    }

    private void Known(OpenDraw draw, long first)
    {
        if (draw.IsInSnapshot)
        {
            return;
        }

        counts.IdsInferred++;
        Highest = Math.Max(Highest ?? first, Last(first, draw.Rows));
        sink.Drew(draw.Drawer, new SequenceDraw(number, first, draw.Rows));
    }

    private void Unknown(OpenDraw draw)
    {
        if (draw.IsInSnapshot)
        {
            return;
        }

        counts.IdsUnknown++;
        sink.Drew(draw.Drawer, new SequenceDraw(number, null, draw.Rows));
    }

    // Each one that may have drawn before or after another is named once at least.
    private void Name(OpenDraw draw)
    {
        for (var i = _recent.Count - 1; i >= 0 && _recent[i].EndedAt >= draw.RequestedAt; i--)
        {
            var before = _recent[i];
            if (before.Drawer.Session != draw.Drawer.Session && !(before.IsNamed && draw.IsNamed))
            {
                before.IsNamed = draw.IsNamed = true;
                counts.AmbiguousPairs++;
                sink.Ambiguous(new AmbiguousPair(before.Drawer.Session, before.Drawer.Ordinal, draw.Drawer.Session, draw.Drawer.Ordinal, table, key));
            }
        }

        if (_recent.Count == MaxRecent)
        {
            _recent.RemoveAt(0);
        }

        _recent.Add(draw);
    }

    private static long At(OpenDraw draw) => draw.EndedAt - draw.RequestedAt > LockWaitMicroseconds ? draw.RequestedAt : draw.EndedAt;

    private void Forget(long before)
    {
        if (_early.Count > 0)
        {
            return;
        }

        while (_ahead.Count > 0 && _ahead.Min.At < before)
        {
            _ahead.Remove(_ahead.Min);
        }

        while (_floor is { } floor && _taken.Count > 0 && _taken.Min <= floor)
        {
            _taken.Remove(_taken.Min);
        }
    }

    private long Last(long first, long rows) => first + ((rows - 1) * sequence.Increment);
}
