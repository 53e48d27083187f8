using System.Text.Json.Serialization;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// What the snapshot's cut makes of each exchange, by position: one byte for each up to the cut, nothing beyond, where all are played.
/// So its memory grows with what was captured before the snapshot, minutes as a rule, and not with the workload.
/// </summary>
public sealed class CutPlan
{
    private const int MaxTextLength = 120;
    private const int MaxNamed = 20;

    private readonly byte[] _marks;

    internal CutPlan(byte[] marks, long originMicroseconds)
    {
        _marks = marks;
        OriginMicroseconds = originMicroseconds;
    }

    /// <summary>The plan of a workload without a snapshot: all is played from <paramref name="originMicroseconds"/> on.</summary>
    public static CutPlan Everything(long originMicroseconds) => new([], originMicroseconds);

    /// <summary>The moment of the workload's clock at which the schedule begins.</summary>
    public long OriginMicroseconds { get; }

    /// <summary>Positions that the cut has touched: those below.</summary>
    public long End => _marks.Length;

    /// <summary>Exchanges to be sent in the pre-roll.</summary>
    public long PreRolled { get; init; }

    /// <summary>Transactions that wrote and whose commit overlapped the cut, and of which nothing tells whether the snapshot has them.</summary>
    public long AmbiguousTransactions { get; init; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<AmbiguousTransaction> Ambiguous { get; init; } = [];

    /// <summary>Those that are named one by one.</summary>
    public IEnumerable<AmbiguousTransaction> Named => Ambiguous.Take(MaxNamed);

    /// <summary>Transactions that wrote and whose commit overlapped the cut, and of which the restored data told it.</summary>
    public long ProbedTransactions { get; internal set; }

    /// <summary>MySQL: transactions that wrote and whose commit overlapped the cut, and of which the server's binary log told it.</summary>
    public long LoggedTransactions { get; internal set; }

    /// <summary>What could tell more; null: nothing that is known.</summary>
    public string? Hint { get; internal set; }

    /// <summary>Transactions that wrote and whose commit overlapped the cut, and of which the server's word on its sessions told it.</summary>
    public long DecidedTransactions { get; init; }

    /// <summary>Transactions that were open at the cut.</summary>
    public long StraddlingTransactions { get; init; }

    /// <summary>What the user ought to know of it, a line each.</summary>
    public IEnumerable<string> Warnings(IReadOnlyList<Shape> shapes)
    {
        foreach (var transaction in Named)
        {
            var text = (uint)transaction.Shape < (uint)shapes.Count ? shapes[transaction.Shape].Text : "a statement";
            yield return $"nothing tells whether the snapshot has a transaction of session {transaction.Session} ({transaction.Client}) that was committing at the cut; it is "
                + $"taken as {(transaction.TakenAsInside ? "in it" : "not in it")}: position {transaction.Position}, {(text.Length > MaxTextLength ? text[..MaxTextLength] + "..." : text)}";
        }

        if (AmbiguousTransactions > MaxNamed)
        {
            yield return $"{AmbiguousTransactions - MaxNamed} more transactions were committing at the cut, and nothing tells whether the snapshot has them; the nearer side was taken";
        }

        if (AmbiguousTransactions > 0 && Hint is not null)
        {
            yield return Hint;
        }
    }

    /// <summary>What is to be done with the exchange at a position.</summary>
    public PlayVerdict Verdict(long position) => Mark(position) switch
    {
        CutMark.PreRoll => PlayVerdict.PreRoll,
        CutMark.PreRollParseWrite or CutMark.PreRollParseRead => PlayVerdict.PreRollParse,
        CutMark.SkipWrite or CutMark.SkipRead => PlayVerdict.Skip,
        _ => PlayVerdict.Play,
    };

    /// <summary>Why the exchange at a position is left out, if it is.</summary>
    public RunReason Reason(long position) => Mark(position) switch
    {
        CutMark.SkipWrite or CutMark.PreRollParseWrite => RunReason.InSnapshot,
        CutMark.SkipRead or CutMark.PreRollParseRead => RunReason.BeforeSnapshot,
        _ => RunReason.None,
    };

    private CutMark Mark(long position) => position < _marks.Length ? (CutMark)_marks[position] : CutMark.Play;
}

/// <summary>A transaction of which it is not known whether the snapshot has it.</summary>
/// <param name="Session">Its session.</param>
/// <param name="Client">The client's address and port.</param>
/// <param name="Position">Where its last writing statement lies.</param>
/// <param name="Shape">That statement's shape.</param>
/// <param name="TakenAsInside">Which side was taken.</param>
public sealed record AmbiguousTransaction(int Session, string Client, long Position, int Shape, bool TakenAsInside)
{
    /// <summary>Where its writing statements lie, the first few.</summary>
    [JsonIgnore]
    public IReadOnlyList<long> Writes { get; init; } = [];

    /// <summary>When what ended it was asked for, microseconds since 1970.</summary>
    [JsonIgnore]
    public long RequestedAtMicroseconds { get; init; }

    /// <summary>When that had been answered.</summary>
    [JsonIgnore]
    public long EndedAtMicroseconds { get; init; }
}

/// <summary>A plan's mark for one position.</summary>
internal enum CutMark : byte
{
    Play = 0,
    PreRoll = 1,
    PreRollParseWrite = 2,
    PreRollParseRead = 3,
    SkipWrite = 4,
    SkipRead = 5,
}
