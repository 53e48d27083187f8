namespace Replay.Sql;

/// <summary>What a session has set that changes how its texts are cut into tokens, and optional rules of the shape.</summary>
[Flags]
public enum LexerOptions
{
    /// <summary>The dialect's defaults.</summary>
    None = 0,

    /// <summary>MySQL, sql_mode ANSI_QUOTES: <c>"..."</c> is a name, not a string.</summary>
    AnsiQuotes = 1 << 0,

    /// <summary>MySQL, sql_mode NO_BACKSLASH_ESCAPES: a backslash in a string is itself.</summary>
    NoBackslashEscapes = 1 << 1,

    /// <summary>PostgreSQL, standard_conforming_strings off: a backslash escapes in plain strings too.</summary>
    BackslashEscapes = 1 << 2,

    /// <summary>
    /// Names that end in an underscore and four or more digits (<c>events_20260101</c>) lose the digits: for applications that make a
    /// table a day. Off by default, because two such tables may be different things.
    /// </summary>
    FoldNumberedNames = 1 << 3,
}
