using System.Runtime.InteropServices;

namespace Replay.Sql;

/// <summary>What a token is to the reader of accesses.</summary>
internal enum AccessTokenKind : byte
{
    Word,
    QuotedName,
    Variable,
    Literal,
    OpaqueLiteral, // a string whose bytes are not its value: hex, bits, dollar quotes
    Parameter,
    Operator,
    Equals,
    Minus,
    Cast,
    Comma,
    Dot,
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    Semicolon,
}

/// <summary>A token of a text.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct AccessToken
{
    public AccessTokenKind Kind;
    public AccessWord Word;
    public int Start;
    public int Length;
    public int Index; // literals and parameters: number from 0; Open: the token that closes it
}
