using System.Collections.Concurrent;

namespace Replay.Replayer;

/// <summary>What was set, mapped and missed of a run's values; any thread.</summary>
public sealed class ValueCounts
{
    private readonly ConcurrentDictionary<string, long> _set = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _missed = new(StringComparer.Ordinal);
    private long _mapped;
    private long _replaced;

    /// <summary>Executions before which a value was set, by what it was: <c>clock</c>, <c>id</c>, <c>increment</c>, <c>seeds</c>, <c>sequence</c>.</summary>
    public IReadOnlyDictionary<string, long> Set => new SortedDictionary<string, long>(_set, StringComparer.Ordinal);

    /// <summary>Values that the server made anew, and for which the new one is known.</summary>
    public long Mapped => Volatile.Read(ref _mapped);

    /// <summary>Requests into which such values were put in the place of the captured ones.</summary>
    public long Replaced => Volatile.Read(ref _replaced);

    /// <summary>Executions whose values may come out differently, by the reason.</summary>
    public IReadOnlyDictionary<string, long> Missed => new SortedDictionary<string, long>(_missed, StringComparer.Ordinal);

    internal void SawSet(string what) => _set.AddOrUpdate(what, 1, static (_, n) => n + 1);

    internal void Miss(string why) => _missed.AddOrUpdate(why, 1, static (_, n) => n + 1);

    internal void SawMapped() => Interlocked.Increment(ref _mapped);

    internal void SawReplaced() => Interlocked.Increment(ref _replaced);
}

/// <summary>Why values were missed, as documents name it.</summary>
internal static class MissReason
{
    /// <summary>Requests were on the way that its client had not waited for: nothing goes in between.</summary>
    public const string Pipelined = "pipelined";

    /// <summary>The statement reads what a query before it would change.</summary>
    public const string ReadsDiagnostics = "reads_diagnostics";

    /// <summary>It generates an id, but the capture does not prove which.</summary>
    public const string IdNotProven = "id_not_proven";

    /// <summary>It draws from chance, or from a clock that cannot be set, and keeps what it got.</summary>
    public const string Chance = "chance";

    /// <summary>A value that the server made has no counterpart: the response is missing, or is of another kind, or shows another row.</summary>
    public const string NotReturned = "not_returned";

    /// <summary>A sequence has gone further than in production, and does not go back.</summary>
    public const string SequenceAhead = "sequence_ahead";

    /// <summary>Tables of several schemas have the name that the insert gives, and nothing tells which of them it means.</summary>
    public const string SequenceNotKnown = "sequence_not_known";

    /// <summary>The id that it got in production has been drawn by another in this run: of rows of one statement between which others drew.</summary>
    public const string IdTaken = "id_taken";

    /// <summary>A value of another length lies where the request's lengths cannot be told.</summary>
    public const string NotReplaced = "not_replaced";

    /// <summary>The target refused to set it.</summary>
    public const string Refused = "refused";
}
