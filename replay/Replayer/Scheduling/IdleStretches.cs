using System.Runtime.InteropServices;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Stretches of a workload in which no session had anything on the wire or due, shortened: a clock that runs through the rest of the workload as before, and stands still for the
/// rest of each of them. The same for all sessions. Immutable once built.
/// </summary>
public sealed class IdleStretches
{
    private readonly long[] _from; // captured moments at which the clock stops
    private readonly long[] _to; // and goes on
    private readonly long[] _before; // what was left out up to the stretch, that one not included

    private IdleStretches(List<Span> busy, long keptMicroseconds)
    {
        var count = Math.Max(0, busy.Count - 1);
        (_from, _to, _before) = (new long[count], new long[count], new long[count]);
        for (var i = 0; i < count; i++)
        {
            _from[i] = busy[i].End + keptMicroseconds;
            _to[i] = busy[i + 1].Begin;
            _before[i] = SkippedMicroseconds;
            SkippedMicroseconds += _to[i] - _from[i];
        }
    }

    /// <summary>How many stretches are shortened.</summary>
    public int Count => _from.Length;

    /// <summary>By how much in all, workload clock.</summary>
    public long SkippedMicroseconds { get; }

    /// <summary>The moment of the shortened clock at a captured one.</summary>
    public long Shorten(long captured)
    {
        var i = Last(_from, captured);
        return i < 0 ? captured : captured - _before[i] - (Math.Min(captured, _to[i]) - _from[i]);
    }

    /// <summary>The last captured moment that a moment of the shortened clock stands for.</summary>
    public long Lengthen(long shortened)
    {
        // A stretch is one moment of the shortened clock.
        var (low, high) = (0, _from.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _from[middle] - _before[middle] <= shortened ? (middle + 1, high) : (low, middle);
        }

        return low == 0 ? shortened : shortened + _before[low - 1] + (_to[low - 1] - _from[low - 1]);
    }

    private static int Last(long[] moments, long moment)
    {
        var at = Array.BinarySearch(moments, moment);
        return at >= 0 ? at : ~at - 1;
    }

    /// <summary>Finds the stretches. Exchanges come in order of their ends; memory grows with the number of stretches.</summary>
    /// <param name="keptMicroseconds">What is left of a stretch, workload clock.</param>
    public sealed class Finder(long keptMicroseconds)
    {
        private readonly List<Span> _busy = [];

        /// <summary>Something was on the wire, from its request to its response's end.</summary>
        public void Add(long requestedAtMicroseconds, long endedAtMicroseconds)
        {
            var span = new Span(requestedAtMicroseconds, Math.Max(requestedAtMicroseconds, endedAtMicroseconds));
            while (_busy.Count > 0 && span.Begin <= _busy[^1].End + keptMicroseconds)
            {
                span = new Span(Math.Min(span.Begin, _busy[^1].Begin), Math.Max(span.End, _busy[^1].End));
                _busy.RemoveAt(_busy.Count - 1);
            }

            _busy.Add(span);
        }

        /// <summary>The stretches between what was added.</summary>
        public IdleStretches Build() => new(_busy, keptMicroseconds);
    }

    /// <summary>Finds those of a workload.</summary>
    /// <param name="reader">The workload.</param>
    /// <param name="keptMicroseconds">What is left of a stretch, workload clock.</param>
    /// <param name="fromMicroseconds">Where the schedule begins, workload clock: a wait for the first exchange is a stretch too.</param>
    /// <param name="isPlayed">Whether the exchange at a position is sent on the schedule.</param>
    /// <param name="cancellation">Breaks it off.</param>
    public static IdleStretches Find(WorkloadReader reader, long keptMicroseconds, long fromMicroseconds, PlayedOnSchedule isPlayed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(isPlayed);
        var finder = new Finder(keptMicroseconds);
        finder.Add(fromMicroseconds, fromMicroseconds);
        using var cursor = reader.Read(0, ExchangeParts.WithoutRequest);
        while (cursor.MoveNext())
        {
            if ((cursor.Position & 0xFFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            var exchange = cursor.Current;
            if (exchange.EndedAtMicroseconds >= fromMicroseconds && isPlayed(cursor.Position, in exchange))
            {
                finder.Add(Math.Max(fromMicroseconds, exchange.RequestedAtMicroseconds), exchange.EndedAtMicroseconds);
            }
        }

        return finder.Build();
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Span(long Begin, long End);
}

/// <summary>Whether an exchange is sent on the schedule.</summary>
public delegate bool PlayedOnSchedule(long position, in Exchange exchange);
