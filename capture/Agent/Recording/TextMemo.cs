using System.Runtime.InteropServices;
using Replay.Sql;

namespace Replay.Agent.Recording;

/// <summary>
/// Numbers of the shapes of prepared statements, by their very text: it comes again with every execution, and comparing is cheaper than lexing.
/// A text whose place another one has is simply read anew.
/// </summary>
internal sealed class TextMemo
{
    // 256 x 2 KiB at most. Longer texts take the way through the lexer.
    private const int Places = 256;
    private const int MaxTextBytes = 2 << 10;

    private readonly Entry[] _entries = new Entry[Places];

    /// <summary>The number noted for this text; -1 if there is none.</summary>
    public int Find(ReadOnlySpan<byte> text, LexerOptions options)
    {
        ref var entry = ref _entries[Place(text)];
        return entry.Length == text.Length && entry.Options == options && text.SequenceEqual(entry.Text.AsSpan(0, entry.Length)) ? entry.Shape : -1;
    }

    /// <summary>Notes the number of a text's shape.</summary>
    public void Note(ReadOnlySpan<byte> text, LexerOptions options, int shape)
    {
        if (text.Length > MaxTextBytes)
        {
            return;
        }

        ref var entry = ref _entries[Place(text)];
        if (entry.Text is null || entry.Text.Length < text.Length)
        {
            entry.Text = new byte[text.Length];
        }

        text.CopyTo(entry.Text);
        (entry.Length, entry.Options, entry.Shape) = (text.Length, options, shape);
    }

    // Length, middle and end: statements of one program mostly differ there, and reading all of it is left to the comparison.
    private static int Place(ReadOnlySpan<byte> text)
    {
        var hash = (uint)text.Length;
        if (text.Length >= sizeof(uint))
        {
            hash = (hash * 0x9E3779B1) ^ MemoryMarshal.Read<uint>(text[^sizeof(uint)..]);
            hash = (hash * 0x9E3779B1) ^ MemoryMarshal.Read<uint>(text[((text.Length - sizeof(uint)) / 2)..]);
        }

        return (int)((hash * 0x9E3779B1) >> 24);
    }

    private struct Entry
    {
        public byte[]? Text;
        public int Length;
        public LexerOptions Options;
        public int Shape;
    }
}
