using Replay.Workload;

namespace Replay.Comparator;

/// <summary>Compares two values of a column in their type's normal form (<see cref="NormalForm"/>), as the hashes of rows do.</summary>
internal static class ValueComparer
{
    public static ValueDifference Compare(Engine engine, in Column baseline, in Column candidate, byte[]? x, byte[]? y)
    {
        if (x is null || y is null)
        {
            return x is null && y is null ? ValueDifference.None : ValueDifference.Null;
        }

        if (x.AsSpan().SequenceEqual(y))
        {
            return ValueDifference.None;
        }

        ValueForm old = ColumnForms.Of(engine, baseline), @new = ColumnForms.Of(engine, candidate);
        if (NormalForm.Hash(old, x) == NormalForm.Hash(@new, y))
        {
            return DifferenceOf(old == ValueForm.AsIs ? @new : old);
        }

        // A text that is JSON by its look, as MariaDB's is: the rows' hashes have it as a text.
        return IsJson(x) && IsJson(y) && NormalForm.Hash(ValueForm.Json, x) == NormalForm.Hash(ValueForm.Json, y) ? ValueDifference.JsonFormat : ValueDifference.Value;
    }

    private static ValueDifference DifferenceOf(ValueForm form) => form switch
    {
        ValueForm.Char => ValueDifference.Padding,
        ValueForm.Json => ValueDifference.JsonFormat,
        ValueForm.Moment or ValueForm.Fraction => ValueDifference.TimeFormat,
        ValueForm.Bytes => ValueDifference.BytesFormat,
        _ => ValueDifference.NumberFormat,
    };

    private static bool IsJson(byte[] text) => text is [(byte)'{' or (byte)'[', ..];
}
