namespace Replay.Replayer.Tests.Ordering;

/// <summary>Keeps what a builder emits, and lets a test play it: the rules of a run's gate without the run.</summary>
internal sealed class OrderRecorder : IOrderSink
{
    private readonly Dictionary<(int Session, int Ordinal), Recorded> _byOrdinal = [];
    private readonly Dictionary<(DependencyKind, int), Progress> _progress = [];

    public List<Recorded> Units { get; } = [];

    public List<AmbiguousPair> Pairs { get; } = [];

    /// <summary>What was told of units after they had been ordered.</summary>
    public List<LateNeed> Late { get; } = [];

    public void Ordered(OrderUnit unit, ReadOnlySpan<OrderDependency> dependencies, ReadOnlySpan<OrderMark> marks)
    {
        var recorded = new Recorded(Units.Count, unit.Session, unit.FirstOrdinal, unit.LastOrdinal, unit.OrderedAtMicroseconds, dependencies.ToArray(), marks.ToArray());
        Units.Add(recorded);
        for (var ordinal = unit.FirstOrdinal; ordinal <= unit.LastOrdinal; ordinal++)
        {
            _byOrdinal.Add((unit.Session, ordinal), recorded);
        }
    }

    public void AlsoNeeds(in LateNeed late)
    {
        Late.Add(late);
        var unit = At(late.Session, late.Ordinal);
        unit.Dependencies = [.. unit.Dependencies, late.Need];
    }

    public void Ambiguous(in AmbiguousPair pair) => Pairs.Add(pair);

    public Recorded At(int session, int ordinal) => _byOrdinal[(session, ordinal)];

    public void Restart()
    {
        _progress.Clear();
        Units.ForEach(u => u.IsSent = u.HasEnded = false);
    }

    public bool MayGo(Recorded unit) => Array.TrueForAll(unit.Dependencies, Met);

    public bool Met(OrderDependency d) => d.Kind switch
    {
        DependencyKind.Ended => At(d.Session, d.Ordinal).HasEnded,
        DependencyKind.Sent => At(d.Session, d.Ordinal).IsSent,
        _ => _progress.GetValueOrDefault((d.Kind, d.Table))?.Through >= d.Count,
    };

    public void End(Recorded unit)
    {
        unit.HasEnded = true;
        foreach (var mark in unit.Marks)
        {
            if (!_progress.TryGetValue((mark.Kind, mark.Table), out var progress))
            {
                _progress.Add((mark.Kind, mark.Table), progress = new Progress());
            }

            progress.Add(mark.Number);
        }
    }

    internal sealed record Recorded(int Position, int Session, int FirstOrdinal, int LastOrdinal, long EndedAt, OrderDependency[] Dependencies, OrderMark[] Marks)
    {
        public OrderDependency[] Dependencies { get; set; } = Dependencies;

        public bool IsSent { get; set; }

        public bool HasEnded { get; set; }
    }

    private sealed class Progress
    {
        private readonly HashSet<long> _early = [];

        public long Through { get; private set; }

        public void Add(long number)
        {
            _early.Add(number);
            while (_early.Remove(Through + 1))
            {
                Through++;
            }
        }
    }
}
