using System.Runtime.InteropServices;

namespace Replay.Sql;

/// <summary>
/// A number that tells executions of one shape by their parameters: equal for equal ones, different for others but by a chance of 1 in 2^64. To compare within a process, not to keep.
/// </summary>
public static class ParameterKey
{
    // A list of more may differ behind them: then the whole text is the parameter.
    private const int MostLiterals = 256;

    /// <summary>The key of a text's literals, in their order with their signs; comments have no part in it.</summary>
    public static ulong OfText(ReadOnlySpan<byte> sql, SqlDialect dialect)
    {
        Span<TextSpan> spans = stackalloc TextSpan[MostLiterals];
        var found = LiteralReader.Read(sql, dialect, LexerOptions.None, spans);
        if (found == MostLiterals)
        {
            return Hash128.Of(sql).High;
        }

        ulong key = 0;
        foreach (var span in spans[..found])
        {
            var from = span.Start > 0 && sql[span.Start - 1] == '-' ? span.Start - 1 : span.Start;
            key = Hash128.Of(sql[from..(span.Start + span.Length)], key).High;
        }

        return key;
    }

    /// <summary>The key with one value more: what was bound, or who executes it and where. Null is another value than an empty text.</summary>
    public static ulong With(ulong key, string? value) => value is null ? Hash128.Of([], ~key).High : Hash128.Of(MemoryMarshal.AsBytes(value.AsSpan()), key).High;
}
