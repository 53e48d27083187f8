namespace Replay.Comparator;

/// <summary>What a waiver accepts.</summary>
public enum WaivedKind
{
    /// <summary>A shape that regressed, up to a ratio.</summary>
    Slower,

    /// <summary>A new error of one code.</summary>
    Error,

    /// <summary>Another number of rows, and so other values too.</summary>
    Rows,

    /// <summary>Other values in as many rows.</summary>
    Values,
}

/// <summary>A difference that somebody accepts for a while: it is reported as before, and no longer fails the whole.</summary>
public sealed record Waiver
{
    /// <summary>Its place in the file, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The first digits of the shape's fingerprint, lower case; null if the statement's text names it.</summary>
    public string? Shape { get; init; }

    /// <summary>A pattern of the whole normalised text in which <c>*</c> stands for anything, null if the fingerprint names the shape.</summary>
    public string? Sql { get; init; }

    /// <summary>What is accepted.</summary>
    public required WaivedKind Kind { get; init; }

    /// <summary>The error's code; null if no error is accepted.</summary>
    public string? Code { get; init; }

    /// <summary>Up to which ratio slower is accepted: typical, in all and in the slowest executions, as far as they regressed; null if slower is not accepted.</summary>
    public double? AtMost { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Who answers for it.</summary>
    public required string Owner { get; init; }

    /// <summary>The last day on which it counts, UTC.</summary>
    public required DateOnly Until { get; init; }

    /// <summary>Whether it speaks of a shape.</summary>
    public bool Names(string hex, string sql) => Shape is not null ? hex.StartsWith(Shape, StringComparison.Ordinal) : Matches(Sql, sql);

    /// <summary>In words, for reports.</summary>
    public string Words => $"accepted by {Owner} until {Until:yyyy-MM-dd}: {Reason}";

    // Greedy with one place to go back to: linear for what people write.
    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0, t = 0, star = -1, from = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, from) = (p++, t);
            }
            else if (p < pattern.Length && pattern[p] == text[t])
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++from;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].Trim('*').IsEmpty;
    }
}
