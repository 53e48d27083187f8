using System.Collections.Concurrent;
using System.Globalization;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What becomes of a session.</summary>
internal enum SessionChoice : byte
{
    /// <summary>It is played, as far as filters of exchanges let it.</summary>
    Kept,

    /// <summary>It is not in the sample: of it only what changes data is sent.</summary>
    NotSampled,

    /// <summary>A filter leaves it out.</summary>
    Excluded,
}

/// <summary>
/// What of a workload a run plays: a window, a sample of its sessions, what filters let through; and what has to be sent besides, so that this finds the data and the sessions that it found in production. The same in all runs of a workload.
/// </summary>
public sealed class Selection : IDisposable
{
    private readonly SelectionOptions _options;
    private readonly long _origin;
    private readonly ConcurrentDictionary<int, SessionChoice> _choices = new();
    private Func<long, bool> _isOwed = static _ => false;
    private SelectionMarks? _marks;

    private Selection(SelectionOptions options, long originMicroseconds, long fromMicroseconds, long toMicroseconds, long? comparedFromMicroseconds)
    {
        _options = options;
        _origin = originMicroseconds;
        FromMicroseconds = WindowFromMicroseconds = fromMicroseconds;
        ToMicroseconds = toMicroseconds;
        ComparedFromMicroseconds = comparedFromMicroseconds;
    }

    /// <summary>Whether something lies before the schedule's beginning: a window's, or a seam's.</summary>
    public bool HasBeginning => FromMicroseconds > _origin;

    /// <summary>Where the schedule begins, workload clock, microseconds since 1970: with the window, or at the seam of a run that is resumed.</summary>
    public long FromMicroseconds { get; private set; }

    /// <summary>Whether something lies before the window.</summary>
    internal bool HasWindow => WindowFromMicroseconds > _origin;

    /// <summary>Where the window begins: what lies between it and a seam was played as it would be now.</summary>
    internal long WindowFromMicroseconds { get; }

    /// <summary>Whether the run is resumed in the window's middle.</summary>
    internal bool IsResumed => FromMicroseconds > WindowFromMicroseconds;

    /// <summary>What was asked from this moment on is left out; <see cref="long.MaxValue"/>: nothing.</summary>
    public long ToMicroseconds { get; }

    /// <summary>What was asked before this moment is warm-up; null: nothing.</summary>
    public long? ComparedFromMicroseconds { get; }

    /// <summary>Whether what lies before the window has been applied already.</summary>
    internal bool IsApplied { get; private set; }

    /// <summary>Whether nothing is played but what lies before the window.</summary>
    internal bool EndsThere { get; private set; }

    /// <summary>Exchanges that are sent because others need them.</summary>
    public long Untimed { get; private set; }

    /// <summary>As manifests and messages have it: <c>all</c>, or what is selected.</summary>
    public string Words
    {
        get
        {
            List<string> words = [];
            if (HasWindow || ToMicroseconds != long.MaxValue)
            {
                words.Add($"{(HasWindow ? $"from {WireText.Time(ComparedFromMicroseconds ?? WindowFromMicroseconds)} " : "")}{(ToMicroseconds == long.MaxValue ? "" : $"to {WireText.Time(ToMicroseconds)}")}".TrimEnd());
            }

            if (_options.Sample < 1)
            {
                words.Add(string.Create(CultureInfo.InvariantCulture, $"sample {_options.Sample * 100:0.###} %"));
            }

            if (_options.Filter.Words.Length > 0)
            {
                words.Add(_options.Filter.Words);
            }

            return words.Count == 0 ? "all" : string.Join(", ", words);
        }
    }

    private bool NeedsPass => HasBeginning || _options.Sample < 1 || _options.Filter.TellsExchanges;

    /// <summary>What the user asked for, on a workload; a <see cref="CommandException"/> if there is no such window.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="reader">The workload.</param>
    /// <param name="originMicroseconds">Where its schedule begins.</param>
    /// <param name="warmUp">How much before the window, or of the beginning, is warm-up.</param>
    /// <param name="cancellation">Breaks it off.</param>
    public static Selection Of(SelectionOptions options, WorkloadReader reader, long originMicroseconds, TimeSpan warmUp, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(reader);
        // The same on all targets, whatever probing one of them tells of the cut.
        var beginning = reader.Manifest.Snapshot is { CutLatestMicroseconds: > 0 } snapshot ? new SnapshotCuts(snapshot).EarliestMicroseconds : originMicroseconds;
        var from = options.From is { } begin ? MomentText.Parse(begin, beginning, "--from") : originMicroseconds;
        var to = options.To is { } end ? MomentText.Parse(end, beginning, "--to") : long.MaxValue;
        if (options.Peak is { } peak)
        {
            from = PeakFinder.Find(reader, peak, beginning, cancellation);
            to = from + (long)peak.TotalMicroseconds;
        }

        var last = reader.Blocks.Count == 0 ? 0 : reader.Blocks.Max(static b => b.MaxEndedAtMicroseconds);
        if (from >= to || from > last || to <= originMicroseconds)
        {
            throw new CommandException($"there is nothing from {WireText.Time(from)}{(to == long.MaxValue ? "" : $" to {WireText.Time(to)}")} in the workload, which goes from {WireText.Time(originMicroseconds)} to {WireText.Time(last)}");
        }

        from = Math.Max(from, originMicroseconds);
        var warm = (long)warmUp.TotalMicroseconds;
        var schedule = from > originMicroseconds ? Math.Max(originMicroseconds, from - warm) : from;
        return new Selection(options, originMicroseconds, schedule, to, warm == 0 ? null : from > originMicroseconds ? from : from + warm);
    }

    /// <summary>All of a workload.</summary>
    public static Selection Everything(long originMicroseconds) => new(SelectionOptions.Everything, originMicroseconds, originMicroseconds, long.MaxValue, null);

    /// <summary>The data are at a checkpoint, or one is made; a <see cref="CommandException"/> if the window does not begin there.</summary>
    /// <param name="checkpointMicroseconds">The moment up to which the target has the workload's changes; null: none.</param>
    /// <param name="endsThere">Whether the run ends where the window begins.</param>
    public void BeginAt(long? checkpointMicroseconds, bool endsThere)
    {
        if (checkpointMicroseconds is { } moment && (moment != WindowFromMicroseconds || !HasWindow))
        {
            throw new CommandException($"the target's data are at the checkpoint of {WireText.Time(moment)}, and the schedule would begin at {WireText.Time(WindowFromMicroseconds)}; begin there (--from, and --warm-up before it), or put the snapshot back by 'dbreplay restore --reset'");
        }

        if (endsThere && !HasBeginning)
        {
            throw new CommandException($"nothing lies before {WireText.Time(FromMicroseconds)}: a checkpoint there would be the snapshot");
        }

        IsApplied = checkpointMicroseconds is not null;
        EndsThere = endsThere;
    }

    /// <summary>The run is resumed: its schedule goes on at a moment of the window, and what comes before that is sent as it was.</summary>
    /// <param name="seamMicroseconds">That moment, workload clock.</param>
    /// <param name="isOwed">Whether the exchange at a position has no outcome yet: it is sent, whether it changes something or not.</param>
    public void ResumeAt(long seamMicroseconds, Func<long, bool> isOwed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seamMicroseconds, WindowFromMicroseconds);
        FromMicroseconds = seamMicroseconds;
        _isOwed = isOwed;
    }

    /// <summary>Whether an exchange before the schedule has to be sent for an outcome of its own.</summary>
    internal bool IsOwed(long position) => _isOwed(position);

    /// <summary>Whether the checkpoint has what the exchange at a position did.</summary>
    public bool IsInCheckpoint(long position) => _marks is not null && _marks[position] == SelectionMark.InCheckpoint;

    /// <summary>Goes over the workload, if that has to be: what a kept exchange needs is known when its transaction has ended.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="reader">The workload.</param>
    /// <param name="cut">What the snapshot's cut says.</param>
    /// <param name="isPlayed">Which sessions may be played at all.</param>
    /// <param name="cancellation">Breaks it off.</param>
    /// <param name="maxHeld">The most exchanges that are held until they are decided about.</param>
    public void Prepare(string folder, WorkloadReader reader, CutPlan cut, Func<Session, bool> isPlayed, CancellationToken cancellation, int maxHeld = SelectionPass.MaxHeld)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (NeedsPass)
        {
            _marks = new SelectionMarks(folder, reader.ExchangeCount);
            Untimed = new SelectionPass(this, reader, cut, _options.Filter, _marks, maxHeld).Run(isPlayed, cancellation);
        }
    }

    /// <summary>Why a whole session is left out; <see cref="RunReason.None"/> if it is not. One that wrote before the window is needed.</summary>
    public RunReason Reason(Session session) => !HasWindow && Choose(session) == SessionChoice.Excluded ? RunReason.Excluded : RunReason.None;

    /// <summary>Whether a session may be opened at all: not if all of it lies after the window, in a checkpoint, or is left out by a filter.</summary>
    /// <param name="session">The session.</param>
    /// <param name="isAtCheckpoint">Whether the target's data are at a checkpoint where the window begins.</param>
    public bool MayOpen(Session session, bool isAtCheckpoint)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.OpenedAtMicroseconds < ToMicroseconds && Reason(session) == RunReason.None && (!isAtCheckpoint || session.ClosedAtMicroseconds is null || session.ClosedAtMicroseconds >= WindowFromMicroseconds);
    }

    /// <summary>Where a workload begins, microseconds since 1970: the snapshot's cut, or the first exchange. What asking the restored data would tell of the cut is not in it.</summary>
    public static long OriginOf(WorkloadReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return reader.Manifest.Snapshot is { CutLatestMicroseconds: > 0 } snapshot ? new SnapshotCuts(snapshot).EarliestMicroseconds : reader.Blocks.Count == 0 ? 0 : reader.Blocks[0].EarliestStartFromHereMicroseconds;
    }

    /// <summary>Whether the exchange at a position is sent at all, as far as that is the selection's.</summary>
    internal bool IsSent(long position, in Exchange exchange) => exchange.RequestedAtMicroseconds < ToMicroseconds && (_marks is null || _marks[position] is SelectionMark.Play or SelectionMark.Untimed);

    /// <summary>Whether the exchange at a position is sent on the schedule.</summary>
    public bool IsOnSchedule(long position, in Exchange exchange) =>
        exchange.RequestedAtMicroseconds < ToMicroseconds && exchange.RequestedAtMicroseconds >= FromMicroseconds && (_marks is null || _marks[position] is SelectionMark.Play or SelectionMark.Untimed);

    /// <summary>Whether an exchange was asked for before the window.</summary>
    internal bool IsBeforeWindow(in Exchange exchange) => HasWindow && exchange.RequestedAtMicroseconds < WindowFromMicroseconds;

    /// <summary>Decides about an exchange that the cut would have played.</summary>
    /// <returns>Whether its request is needed.</returns>
    internal bool Decide(long position, in Exchange exchange, ref PlannedExchange planned)
    {
        if (exchange.RequestedAtMicroseconds >= ToMicroseconds || (EndsThere && exchange.RequestedAtMicroseconds >= FromMicroseconds))
        {
            Skip(ref planned, RunReason.AfterWindow);
            return false;
        }

        var mark = _marks is null ? SelectionMark.Play : _marks[position];
        if (mark is SelectionMark.Play or SelectionMark.Untimed)
        {
            planned.IsBefore = HasBeginning && exchange.RequestedAtMicroseconds < FromMicroseconds;
            planned.IsUntimed = mark == SelectionMark.Untimed || planned.IsBefore;
            planned.IsAwaited = planned.IsBefore && exchange.EndedAtMicroseconds < FromMicroseconds;
            return true;
        }

        Skip(ref planned, mark switch
        {
            SelectionMark.BeforeWindow => RunReason.BeforeWindow,
            SelectionMark.NotSampled => RunReason.NotSampled,
            SelectionMark.InCheckpoint => RunReason.InCheckpoint,
            SelectionMark.AfterCheckpoint => RunReason.AfterWindow,
            _ => RunReason.Excluded,
        });

        // PostgreSQL: what it prepares may be executed by one that is kept.
        planned.OwesStatements = exchange.Command is Command.Execute or Command.Bind or Command.Describe && PostgresMessages.HasNamedParse(exchange.Request);
        return planned.OwesStatements;
    }

    internal SessionChoice Choose(Session session) => _choices.TryGetValue(session.Number, out var choice) ? choice : _choices.GetOrAdd(session.Number, _ => ChooseNew(session));

    /// <inheritdoc/>
    public void Dispose() => _marks?.Dispose();

    private static void Skip(ref PlannedExchange planned, RunReason reason)
    {
        planned.Verdict = PlayVerdict.Skip;
        planned.Reason = reason;
    }

    private SessionChoice ChooseNew(Session session) =>
        !_options.Filter.Takes(session) ? SessionChoice.Excluded
        : _options.Sample < 1 && Share(session.Number) >= _options.Sample ? SessionChoice.NotSampled
        : SessionChoice.Kept;

    // From 0 to 1, by SplitMix64's finaliser (https://prng.di.unimi.it/splitmix64.c): the same for all runs of a workload, and a larger sample holds a smaller one.
    private static double Share(int session)
    {
        var z = unchecked((ulong)session * 0x9E3779B97F4A7C15);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
