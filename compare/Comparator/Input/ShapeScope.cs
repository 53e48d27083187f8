namespace Replay.Comparator;

/// <summary>Which shapes a waiver or an objective speaks of; what is null does not narrow it.</summary>
/// <param name="Shape">First digits of the fingerprint, lower case.</param>
/// <param name="Sql">A pattern of the whole normalised text, in which <c>*</c> stands for anything.</param>
/// <param name="Class">The class by which reports group.</param>
public sealed record ShapeScope(string? Shape, string? Sql, string? Class)
{
    // Of a fingerprint's 32 digits: fewer are met by chance among thousands of shapes.
    private const int FewestDigits = 8;

    /// <summary>What is wrong with it; null if nothing is.</summary>
    public string? Problem =>
        Shape is not null && (Shape.Length is < FewestDigits or > 32 || !Shape.All(char.IsAsciiHexDigit)) ? $"'shape' is {FewestDigits} to 32 hexadecimal digits of the fingerprint, as reports show it"
        : Sql is not null && Sql.Trim('*', ' ').Length == 0 ? "'sql' has to name something"
        : null;

    /// <summary>As the end of a name: <c>, class read</c>; empty if it does not narrow.</summary>
    public string InWords => $"{(Shape is null ? "" : $", shape {Shape}")}{(Sql is null ? "" : $", {Sql}")}{(Class is null ? "" : $", class {Class}")}";

    /// <summary>Whether it holds a shape.</summary>
    public bool Holds(string hex, string sql, string @class) =>
        (Shape is null || hex.StartsWith(Shape, StringComparison.OrdinalIgnoreCase)) && (Sql is null || Matches(Sql, sql)) && (Class is null || Class == @class);

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
