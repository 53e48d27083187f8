namespace Replay.Replayer;

/// <summary>Where a sequence stands in a run, what has been drawn from it, and where it has to stand next. Any thread.</summary>
internal sealed class PlacedSequence(SequencePlan plan)
{
    /// <summary>Gaps in what has been drawn that are remembered: 4,096; of those longest ago values are taken as drawn.</summary>
    public const int MaxRanges = 4096;

    private readonly Lock _lock = new();
    private readonly List<(long First, long Last)> _drawn = []; // in order, apart from each other
    private long _spare = plan.Highest + plan.Sequence.Increment; // what production never drew
    private long? _stands; // the last value drawn, if that is certain

    /// <summary>What is known of it.</summary>
    public SequencePlan Plan => plan;

    /// <summary>Whether the target has refused to put it anywhere: it is left alone.</summary>
    public bool IsRefused { get; set; }

    /// <summary>Whether it was put somewhere.</summary>
    public bool WasMoved { get; private set; }

    /// <summary>Where it has to stand after the run.</summary>
    public long End => _spare - plan.Sequence.Increment;

    /// <summary>Whether it has to be moved before an insert draws from it, so that <paramref name="first"/> is its next value.</summary>
    /// <param name="draw">What the insert drew in production.</param>
    /// <param name="isAlone">Whether it can be moved now.</param>
    /// <param name="first">The first value that the insert is to draw.</param>
    /// <param name="missed">Why it draws another value than in production; null if it does not.</param>
    public bool MustMove(in SequenceDraw draw, bool isAlone, out long first, out string? missed)
    {
        lock (_lock)
        {
            var (step, length) = (plan.Sequence.Increment, (draw.Rows - 1) * plan.Sequence.Increment);
            missed = draw.First is null ? MissReason.IdNotProven : IsDrawn(draw.First.Value, draw.First.Value + length) ? MissReason.IdTaken : null;
            first = missed is null ? draw.First!.Value : _spare;
            var moves = _stands is not { } stands || stands + step != first;
            if (moves && !isAlone)
            {
                missed = MissReason.Pipelined;
                first = _stands + step ?? first;
            }

            if (first + length >= _spare)
            {
                _spare = first + length + step;
            }

            _stands = moves && !isAlone && _stands is null ? null : first + length;
            Note(first, first + length);
            WasMoved |= moves && isAlone;
            return moves && isAlone;
        }
    }

    /// <summary>The insert has been answered; whether something else drew in between.</summary>
    public bool Ended(in SequenceDraw draw, bool failed, long? last)
    {
        lock (_lock)
        {
            var isOther = !failed && last is not null && draw.First + ((draw.Rows - 1) * plan.Sequence.Increment) != last;
            _stands = failed || isOther ? null : _stands;
            return isOther && last <= plan.Highest;
        }
    }

    /// <summary>An insert was rolled back, and will draw again: what it drew is nobody's. Wrong if that was another value already, which is rare and was counted as missed.</summary>
    public void Release(in SequenceDraw draw)
    {
        lock (_lock)
        {
            var step = plan.Sequence.Increment;
            var first = draw.First ?? long.MaxValue;
            var last = draw.First + ((draw.Rows - 1) * step) ?? first;
            var at = Find(first);
            _stands = null;
            if (at == _drawn.Count || _drawn[at].First > first || _drawn[at].Last < last)
            {
                return;
            }

            var range = _drawn[at];
            _drawn.RemoveAt(at);
            if (last < range.Last)
            {
                _drawn.Insert(at, (last + step, range.Last));
            }

            if (range.First < first)
            {
                _drawn.Insert(at, (range.First, first - step));
            }
        }
    }

    private bool IsDrawn(long first, long last)
    {
        var at = Find(first);
        return at < _drawn.Count && _drawn[at].First <= last;
    }

    private void Note(long first, long last)
    {
        var step = plan.Sequence.Increment;
        var at = Find(first - step);
        var end = at;
        for (; end < _drawn.Count && _drawn[end].First <= last + step; end++)
        {
            (first, last) = (Math.Min(first, _drawn[end].First), Math.Max(last, _drawn[end].Last));
        }

        _drawn.RemoveRange(at, end - at);
        _drawn.Insert(at, (first, last));
        if (_drawn.Count > MaxRanges)
        {
            _drawn[0] = (_drawn[0].First, _drawn[1].Last);
            _drawn.RemoveAt(1);
        }
    }

    // The first range that ends at a value or beyond.
    private int Find(long value)
    {
        int low = 0, high = _drawn.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _drawn[middle].Last < value ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
