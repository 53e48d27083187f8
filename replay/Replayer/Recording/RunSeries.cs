namespace Replay.Replayer;

/// <summary>
/// What was asked of the target over time, and what it was asked for: exchanges due and sent, and how many were on the wire, as they took here and as they took in production. Filled by many
/// threads at once; at most <see cref="MaxBuckets"/> buckets, whose width doubles as the run gets longer.
/// </summary>
public sealed class RunSeries
{
    /// <summary>The most buckets: 240.</summary>
    public const int MaxBuckets = 240;

    /// <summary>The width of a bucket at first: a quarter of a second, run clock.</summary>
    public const long FirstWidthMicroseconds = 250_000;

    private readonly Lock _lock = new();
    private readonly Bucket[] _buckets = new Bucket[MaxBuckets];
    private long _start;
    private int _count;
    private long _firstCaptured = long.MaxValue;
    private long _lastCaptured = long.MinValue;
    private long _lastEnded = long.MinValue;
    private long _lastDue = long.MinValue;

    /// <summary>Width of a bucket, microseconds.</summary>
    public long WidthMicroseconds { get; private set; } = FirstWidthMicroseconds;

    /// <summary>Exchanges sent on the schedule.</summary>
    public long Sent { get; private set; }

    /// <summary>How long they were on the wire, in all, microseconds.</summary>
    public long OnWireMicroseconds { get; private set; }

    /// <summary>How long they were in production, in all, microseconds.</summary>
    public long CapturedOnWireMicroseconds { get; private set; }

    /// <summary>From the first exchange's request to the last one's response in production, microseconds; 0 if there were none.</summary>
    public long CapturedSpanMicroseconds => Sent == 0 ? 0 : _lastCaptured - _firstCaptured;

    /// <summary>From the schedule's beginning to the last response, microseconds; 0 if there was none.</summary>
    public long SpanMicroseconds => Sent == 0 ? 0 : Math.Max(0, _lastEnded - _start);

    /// <summary>From the schedule's beginning to the last due time, microseconds; 0 if nothing had one.</summary>
    public long ScheduledSpanMicroseconds => _lastDue == long.MinValue ? 0 : Math.Max(0, _lastDue - _start);

    /// <summary>The buckets so far.</summary>
    public IReadOnlyList<Bucket> Buckets
    {
        get
        {
            lock (_lock)
            {
                return _buckets[.._count];
            }
        }
    }

    /// <summary>The schedule begins, or goes on, microseconds since 1970 of the run's clock. The time between the parts of a run that is resumed is taken out.</summary>
    public void Begin(long startMicroseconds)
    {
        lock (_lock)
        {
            var later = startMicroseconds - Math.Max(SpanMicroseconds, ScheduledSpanMicroseconds) - _start;
            _start += later;
            _lastEnded += _lastEnded == long.MinValue ? 0 : later;
            _lastDue += _lastDue == long.MinValue ? 0 : later;
        }
    }

    /// <summary>All that it holds, so that it can be filled on.</summary>
    public RunSeriesState ToState()
    {
        lock (_lock)
        {
            return new RunSeriesState(
                WidthMicroseconds, Sent, OnWireMicroseconds, CapturedOnWireMicroseconds, _start, _firstCaptured, _lastCaptured, _lastEnded, _lastDue,
                [.. _buckets[.._count].Select(static b => new[] { b.Due, b.Sent, b.OnWireMicroseconds, b.CapturedOnWireMicroseconds, b.OwnLagMaxMicroseconds })]);
        }
    }

    /// <summary>Takes over what another held; before anything is added.</summary>
    public void Continue(RunSeriesState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        lock (_lock)
        {
            (WidthMicroseconds, Sent, OnWireMicroseconds, CapturedOnWireMicroseconds) = (state.WidthMicroseconds, state.Sent, state.OnWireMicroseconds, state.CapturedOnWireMicroseconds);
            (_start, _firstCaptured, _lastCaptured, _lastEnded, _lastDue) = (state.Start, state.FirstCaptured, state.LastCaptured, state.LastEnded, state.LastDue);
            _count = Math.Min(MaxBuckets, state.Buckets.Count);
            for (var i = 0; i < _count; i++)
            {
                _buckets[i] = new Bucket { Due = state.Buckets[i][0], Sent = state.Buckets[i][1], OnWireMicroseconds = state.Buckets[i][2], CapturedOnWireMicroseconds = state.Buckets[i][3], OwnLagMaxMicroseconds = state.Buckets[i][4] };
            }
        }
    }

    /// <summary>Adds an exchange of the schedule.</summary>
    /// <param name="dueMicroseconds">When it was due; <see cref="Pacer.AtOnce"/> at full speed.</param>
    /// <param name="sentMicroseconds">When it was sent.</param>
    /// <param name="latencyMicroseconds">How long it was on the wire.</param>
    /// <param name="capturedAtMicroseconds">When it was sent in production, workload clock.</param>
    /// <param name="capturedMicroseconds">How long it took there.</param>
    /// <param name="ownLagMicroseconds">How late it was by the replayer's fault.</param>
    public void Add(long dueMicroseconds, long sentMicroseconds, long latencyMicroseconds, long capturedAtMicroseconds, long capturedMicroseconds, long ownLagMicroseconds)
    {
        lock (_lock)
        {
            Sent++;
            OnWireMicroseconds += latencyMicroseconds;
            CapturedOnWireMicroseconds += capturedMicroseconds;
            _firstCaptured = Math.Min(_firstCaptured, capturedAtMicroseconds);
            _lastCaptured = Math.Max(_lastCaptured, capturedAtMicroseconds + capturedMicroseconds);
            _lastEnded = Math.Max(_lastEnded, sentMicroseconds + latencyMicroseconds);
            var bucket = At(sentMicroseconds);
            _buckets[bucket].Sent++;
            _buckets[bucket].OwnLagMaxMicroseconds = Math.Max(_buckets[bucket].OwnLagMaxMicroseconds, ownLagMicroseconds);
            Spread(sentMicroseconds, latencyMicroseconds, isCaptured: false);
            if (dueMicroseconds != Pacer.AtOnce)
            {
                _lastDue = Math.Max(_lastDue, dueMicroseconds);
                _buckets[At(dueMicroseconds)].Due++;
                Spread(dueMicroseconds, capturedMicroseconds, isCaptured: true);
            }
        }
    }

    // The bucket of a moment; those before the start are the first's.
    private int At(long microseconds)
    {
        var offset = Math.Max(0, microseconds - _start);
        while (offset / WidthMicroseconds >= MaxBuckets)
        {
            Widen();
        }

        var at = (int)(offset / WidthMicroseconds);
        _count = Math.Max(_count, at + 1);
        return at;
    }

    private void Widen()
    {
        for (var i = 0; i < MaxBuckets / 2; i++)
        {
            _buckets[i] = Bucket.Sum(in _buckets[2 * i], in _buckets[(2 * i) + 1]);
        }

        Array.Clear(_buckets, MaxBuckets / 2, MaxBuckets / 2);
        WidthMicroseconds *= 2;
        _count = (_count + 1) / 2;
    }

    private void Spread(long from, long microseconds, bool isCaptured)
    {
        var end = from + microseconds;
        _ = At(end); // widened as far as it has to be
        for (var at = At(from); microseconds > 0; at++)
        {
            var here = Math.Min(microseconds, at == MaxBuckets - 1 ? microseconds : Math.Max(0, _start + ((at + 1) * WidthMicroseconds) - from));
            (isCaptured ? ref _buckets[at].CapturedOnWireMicroseconds : ref _buckets[at].OnWireMicroseconds) += here;
            from += here;
            microseconds -= here;
        }
    }

    /// <summary>What lies in one stretch of the run's clock.</summary>
    public struct Bucket
    {
        /// <summary>Exchanges that were due in it.</summary>
        public long Due;

        /// <summary>Exchanges that were sent in it.</summary>
        public long Sent;

        /// <summary>How long exchanges were on the wire in it, in all.</summary>
        public long OnWireMicroseconds;

        /// <summary>How long they would have been, sent when they were due and answered as fast as in production.</summary>
        public long CapturedOnWireMicroseconds;

        /// <summary>How late the latest was by the replayer's fault.</summary>
        public long OwnLagMaxMicroseconds;

        internal static Bucket Sum(in Bucket first, in Bucket second) => new()
        {
            Due = first.Due + second.Due,
            Sent = first.Sent + second.Sent,
            OnWireMicroseconds = first.OnWireMicroseconds + second.OnWireMicroseconds,
            CapturedOnWireMicroseconds = first.CapturedOnWireMicroseconds + second.CapturedOnWireMicroseconds,
            OwnLagMaxMicroseconds = Math.Max(first.OwnLagMaxMicroseconds, second.OwnLagMaxMicroseconds),
        };
    }
}

/// <summary>What a <see cref="RunSeries"/> holds: its totals, its moments (run clock, workload clock for what was captured, microseconds since 1970), and by bucket what <see cref="RunSeries.Bucket"/> has, in its order.</summary>
public sealed record RunSeriesState(
    long WidthMicroseconds, long Sent, long OnWireMicroseconds, long CapturedOnWireMicroseconds, long Start, long FirstCaptured, long LastCaptured, long LastEnded, long LastDue, IReadOnlyList<long[]> Buckets);
