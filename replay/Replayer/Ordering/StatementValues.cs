using System.Buffers.Text;
using System.Runtime.InteropServices;
using Replay.Sql;

namespace Replay.Replayer;

/// <summary>The values of one statement: literals of its text and parameters.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly ref struct StatementValues(
    ReadOnlySpan<byte> sql, ReadOnlySpan<byte> request, ReadOnlySpan<ParameterValue> parameters, SqlDialect dialect, LexerOptions options, ReadOnlySpan<TextSpan> literals)
{
    private readonly ReadOnlySpan<byte> _sql = sql;
    private readonly ReadOnlySpan<byte> _request = request;
    private readonly ReadOnlySpan<ParameterValue> _parameters = parameters;
    private readonly ReadOnlySpan<TextSpan> _literals = literals;
    private readonly bool _backslash = dialect == SqlDialect.MySql
        ? (options & LexerOptions.NoBackslashEscapes) == LexerOptions.None
        : (options & LexerOptions.BackslashEscapes) != LexerOptions.None;

    /// <summary>What a value is as part of a key; false if that cannot be told.</summary>
    public bool TryHash(KeyType type, SqlValue value, out ulong hash, out bool isNull)
    {
        hash = 0;
        isNull = value.Kind == SqlValueKind.Null;
        switch (value.Kind)
        {
            case SqlValueKind.Null:
                return true;
            case SqlValueKind.Literal or SqlValueKind.NegativeLiteral when value.Index < _literals.Length:
                return LiteralReader.TryValue(_literals[value.Index].Of(_sql), _backslash, out var text, out var isString)
                    && KeyForm.TryHash(type, dialect, text, isString, value.Kind == SqlValueKind.NegativeLiteral, out hash);
            case SqlValueKind.Parameter when value.Index < _parameters.Length:
                var parameter = _parameters[value.Index];
                isNull = parameter.Form == ParameterForm.Null;
                return isNull
                    || (parameter.Form == ParameterForm.Integer && KeyForm.TryHash(type, parameter.Integer, out hash))
                    || (parameter.Form == ParameterForm.Text && KeyForm.TryHash(type, dialect, parameter.Bytes.Of(_request), isString: true, isNegative: false, out hash));
            default:
                return false;
        }
    }

    /// <summary>A value that is a whole number; false if it is none, or cannot be told.</summary>
    public bool TryInteger(SqlValue value, out long number)
    {
        number = 0;
        switch (value.Kind)
        {
            case SqlValueKind.Literal or SqlValueKind.NegativeLiteral when value.Index < _literals.Length:
                var isNumber = LiteralReader.TryValue(_literals[value.Index].Of(_sql), _backslash, out var text, out _) && TryInteger(text, out number);
                number = value.Kind == SqlValueKind.NegativeLiteral ? -number : number;
                return isNumber;
            case SqlValueKind.Parameter when value.Index < _parameters.Length:
                var parameter = _parameters[value.Index];
                number = parameter.Integer;
                return parameter.Form == ParameterForm.Integer || (parameter.Form == ParameterForm.Text && TryInteger(parameter.Bytes.Of(_request), out number));
            default:
                return false;
        }
    }

    private static bool TryInteger(ReadOnlySpan<byte> text, out long number) => Utf8Parser.TryParse(text, out number, out var used) && used == text.Length && number != long.MinValue;
}
