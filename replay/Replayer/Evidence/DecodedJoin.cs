namespace Replay.Replayer;

/// <summary>
/// Finds a database's transactions of the wire among those of logical decoding, which do not say whose they are: each was committed between request and response of what committed it, and
/// wrote the rows that its statements name. Only where that leaves no other way for any of them is it found.
/// </summary>
internal sealed class DecodedJoin(DecodedLog log, DecodedFacts facts)
{
    private const long EveryMicroseconds = 250_000; // of the pass; units are compared 0.5 s ahead of it (RowOrder)
    private const long AheadMicroseconds = 2_500_000; // of the pass: what ends there has been added
    private const long WindowMicroseconds = 5_000_000;
    private const int MaxCandidates = 256;
    private const int MaxPending = 1 << 16;
    private const int FewMissing = 5;
    private const int JoinedForOneMissing = 50;

    private readonly List<Pending> _pending = [];
    private readonly HashSet<DecodedTransaction> _claimed = [];
    private readonly Dictionary<int, (int Members, bool IsDone)> _groups = [];
    private long _next = long.MinValue;

    /// <summary>What was found so far.</summary>
    public LogicalDecodingCounts Counts => new(log.Transactions, log.Damaged, Joined, Unsure, Missing, IsTrusted);

    private long Joined { get; set; }

    private long Unsure { get; set; }

    private long Missing { get; set; }

    private bool IsTrusted => Missing <= FewMissing + (Joined / JoinedForOneMissing);

    /// <summary>Takes a transaction of the wire that must be in the log.</summary>
    /// <param name="written">What it wrote.</param>
    /// <param name="from">When what committed it was asked for; of more than 5 s before the answer the last 5 s count: nobody answers that late.</param>
    /// <param name="to">When that was answered.</param>
    /// <param name="place">Gets its place in the log, once that is certain.</param>
    public void Add(WrittenRows written, long from, long to, LoggedPlace place)
    {
        if (_pending.Count < MaxPending)
        {
            _pending.Add(new Pending(written, Math.Max(from, to - WindowMicroseconds), to, place));
        }
    }

    /// <summary>The pass has come to this moment: what began before it has been added, if it has ended.</summary>
    public void AdvanceTo(long microseconds)
    {
        if (microseconds < _next)
        {
            return;
        }

        _next = microseconds > long.MaxValue - EveryMicroseconds ? microseconds : microseconds + EveryMicroseconds;
        var ahead = microseconds > long.MaxValue - AheadMicroseconds ? microseconds : microseconds + AheadMicroseconds;
        log.ReadThrough(_pending.Select(static p => p.To).Where(to => to <= ahead).DefaultIfEmpty(long.MinValue).Max());
        _pending.RemoveAll(p => !log.Covers(p.From, p.To) && p.To < microseconds);
        var seekers = _pending.Where(p => log.Covers(p.From, p.To) && Seek(p)).OrderBy(p => p.To).ToList();
        if (seekers.Count > 0)
        {
            Pair(seekers, microseconds);
        }

        foreach (var late in _pending.Where(p => !p.IsDone && p.To < microseconds && p.Candidates.Length > MaxCandidates))
        {
            late.IsDone = true;
            Unsure++;
        }

        _pending.RemoveAll(static p => p.IsDone);
        log.Remove(_claimed, _pending.Count == 0 ? microseconds : Math.Min(microseconds, _pending.Min(static p => p.From)));
        _claimed.Clear();
    }

    // Its candidates, as numbers in the log's list.
    private bool Seek(Pending pending)
    {
        var found = new List<int>();
        for (var i = log.IndexOf(pending.From); i < log.Open.Count && log.Open[i].CommittedAt <= pending.To && found.Count <= MaxCandidates; i++)
        {
            if (log.Open[i].CanBe(pending.Written))
            {
                found.Add(i);
            }
        }

        pending.Candidates = [.. found];
        return found.Count <= MaxCandidates;
    }

    private void Pair(List<Pending> seekers, long microseconds)
    {
        var pairs = new CertainPairs([.. seekers.Select(static s => s.Candidates)], log.Open.Count);
        _groups.Clear();
        for (var i = 0; i < seekers.Count; i++)
        {
            var (members, isDone) = _groups.GetValueOrDefault(pairs.Group[i], (0, true));
            _groups[pairs.Group[i]] = (members + 1, isDone && seekers[i].To < microseconds);
        }

        for (var i = 0; i < seekers.Count; i++)
        {
            var (seeker, isLate) = (seekers[i], seekers[i].To < microseconds);
            var (members, isDone) = _groups[pairs.Group[i]];
            if (pairs.Mate[i] < 0)
            {
                seeker.IsDone = isLate;
                Missing += isLate && seeker.Written.Tables.TrueForAll(t => t.Rows == 0 || facts.HasSeen(t.Table)) ? 1 : 0;
            }
            else if (members == 1 && !pairs.IsOpen[i])
            {
                seeker.IsDone = true;
                Joined++;
                _claimed.Add(log.Open[pairs.Mate[i]]);
                Put(seeker, [pairs.Mate[i]]);
            }
            else
            {
                // Of a group of several, whoever has which, nobody else has one of theirs.
                seeker.IsDone = pairs.IsOpen[i] ? isLate : isDone;
                Unsure += seeker.IsDone ? 1 : 0;
                Put(seeker, pairs.IsOpen[i] ? seeker.Candidates : seeker.Candidates.Where(c => pairs.GroupOf(c) == pairs.Group[i]));
                if (seeker.IsDone && !pairs.IsOpen[i])
                {
                    _claimed.Add(log.Open[pairs.Mate[i]]);
                }
            }
        }
    }

    // It is one of these.
    private void Put(Pending seeker, IEnumerable<int> candidates)
    {
        var numbers = candidates.Select(c => log.Open[c].Number).ToList();
        seeker.Place.Number = IsTrusted ? numbers.Min() : 0;
        seeker.Place.Last = IsTrusted ? numbers.Max() : 0;
    }

    private sealed class Pending(WrittenRows written, long from, long to, LoggedPlace place)
    {
        public WrittenRows Written => written;

        public long From => from;

        public long To => to;

        public LoggedPlace Place => place;

        public int[] Candidates { get; set; } = [];

        public bool IsDone { get; set; }
    }
}
