namespace Replay.Sql;

/// <summary>The shape of one text. Its spans live until the reader that made it reads again.</summary>
public readonly ref struct StatementShape
{
    /// <summary>The 128-bit fingerprint: <see cref="Hash128"/> of <see cref="Text"/>, seeded with the dialect and the version of the rules.</summary>
    public Hash128 Fingerprint { get; init; }

    /// <summary>The normalised text, in the bytes of the client's encoding. Reading it again gives the same shape.</summary>
    public ReadOnlySpan<byte> Text { get; init; }

    /// <summary>The class; of a list of statements the weightiest.</summary>
    public StatementClass Class { get; init; }

    /// <summary>What else the tokens tell.</summary>
    public StatementFlags Flags { get; init; }

    /// <summary>Statements in the text, empty ones not counted.</summary>
    public int Statements { get; init; }

    /// <summary>The insides of the source's first comments (at most <see cref="ShapeReader.MaxComments"/>), for <see cref="CommentTags"/>.</summary>
    public ReadOnlySpan<TextSpan> Comments { get; init; }

    /// <summary>
    /// Where the source's secrets lie, quotes included. At most <see cref="ShapeReader.MaxSecrets"/>; the last one then reaches to the end of the text.
    /// </summary>
    public ReadOnlySpan<TextSpan> Secrets { get; init; }
}
