namespace Replay.Comparator;

/// <summary>In what two plans differ.</summary>
public enum PlanChangeKind
{
    /// <summary>A table is read in another way.</summary>
    Access,

    /// <summary>Tables are joined by another method.</summary>
    JoinMethod,

    /// <summary>Tables are joined in another order.</summary>
    JoinOrder,

    /// <summary>A table is read that the other plan does not read, or not as often.</summary>
    Table,

    /// <summary>Rows are sorted, grouped, kept or shared out in another way.</summary>
    Step,

    /// <summary>Other numbers of rows are expected.</summary>
    Rows,
}

/// <summary>One difference between the plans of the two servers.</summary>
/// <param name="Kind">What differs.</param>
/// <param name="Relation">The table that it is about; null if it is about none or several.</param>
/// <param name="Before">The step on the old server; null if there is none.</param>
/// <param name="After">The step on the new server; null if there is none.</param>
/// <param name="Words">The difference as a sentence without its full stop, in lower case.</param>
public sealed record PlanChange(PlanChangeKind Kind, string? Relation, PlanNode? Before, PlanNode? After, string Words);

/// <summary>An execution that was explained.</summary>
/// <param name="Session">Its session.</param>
/// <param name="Ordinal">Its number in the session.</param>
public sealed record PlannedExecution(int Session, int Ordinal);

/// <summary>The plans of one execution on both servers.</summary>
/// <param name="Baseline">On the old server; null if it is not known or cannot be read.</param>
/// <param name="Candidate">On the new server.</param>
/// <param name="Changes">In what they differ, what counts most first; empty if they are alike or one is not known.</param>
/// <param name="RowsExpected">Rows that the new server expected of the whole; null if it does not tell.</param>
/// <param name="RowsFound">Rows that it found; null if not known.</param>
public sealed record PlanComparison(PlanTree? Baseline, PlanTree? Candidate, IReadOnlyList<PlanChange> Changes, double? RowsExpected, long? RowsFound)
{
    /// <summary>Nothing is known.</summary>
    public static PlanComparison None { get; } = new(null, null, [], null, null);

    /// <summary>The execution; null if the runs do not tell which they explained.</summary>
    public PlannedExecution? Execution { get; init; }

    /// <summary>Whether it is the first of its shape that was explained; if not, that one both servers plan alike.</summary>
    public bool IsFirst { get; init; } = true;

    /// <summary>The old server's plan as it puts it, without literals; null if there is none.</summary>
    public string? BaselineText { get; init; }

    /// <summary>The new server's.</summary>
    public string? CandidateText { get; init; }

    /// <summary>Whether both are known, and differ in more than the rows that are expected.</summary>
    public bool IsOtherPlan => Changes.Any(change => change.Kind != PlanChangeKind.Rows);

    /// <summary>Whether both are known.</summary>
    public bool IsKnown => Baseline is not null && Candidate is not null;

    /// <summary>All of it as one sentence; null if there is nothing to say.</summary>
    public string? Words
    {
        get
        {
            if (!IsKnown)
            {
                return null;
            }

            string[] parts = [.. Changes.Select(change => change.Words), .. Misjudged is { } rows ? [rows] : Array.Empty<string>()];
            var text = parts.Length == 0 ? "both servers plan it alike" : string.Join("; ", parts);
            text = !IsFirst && Execution is { } one ? $"exchange {one.Ordinal} of session {one.Session}, not the first that was explained: {text}" : text;
            return char.ToUpperInvariant(text[0]) + text[1..] + ".";
        }
    }

    // A planner that is wrong by less than this usually plans well all the same.
    private const double MisjudgedBy = 5;

    private string? Misjudged => RowsExpected is { } expected && RowsFound is { } found && Math.Max(expected, 1) / Math.Max(found, 1) is > MisjudgedBy or < 1 / MisjudgedBy
        ? $"{Sentences.Count((long)Math.Round(expected), "row")} expected, {found:N0} found"
        : null;
}
