using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Replay.Workload;

/// <summary>
/// A hash of JSON that does not depend on the order of keys, on space, escapes or zeros of numbers. In one pass and without sorting: an object's hash is a sum over its members.
/// </summary>
internal ref struct JsonHash
{
    private const int MaxDepth = 256;
    private const ulong ObjectSeed = 0xA0761D6478BD642F;
    private const ulong ArraySeed = 0xE7037ED1A0B428DB;
    private const ulong TextSeed = 0x8EBC6AF09C88C6E3;
    private const ulong NumberSeed = 0x589965CC75374CC3;
    private const ulong WordSeed = 0x1D8E4E27C47D124F;

    private readonly ReadOnlySpan<byte> _json;
    private int _at;

    private JsonHash(ReadOnlySpan<byte> json) => _json = json;

    /// <summary>The hash; false if it is not JSON, or nested more than 256 deep.</summary>
    public static bool TryHash(ReadOnlySpan<byte> json, out ulong hash)
    {
        var reader = new JsonHash(json);
        return reader.TryValue(0, out hash) && reader.Next() < 0;
    }

    /// <summary>The next byte that is no space, without passing it; -1 at the end.</summary>
    private int Next()
    {
        while (_at < _json.Length)
        {
            if (_json[_at] is not ((byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r'))
            {
                return _json[_at];
            }

            _at++;
        }

        return -1;
    }

    private bool TryPass(char expected)
    {
        if (Next() != expected)
        {
            return false;
        }

        _at++;
        return true;
    }

    private bool TryValue(int depth, out ulong hash)
    {
        hash = 0;
        switch (Next())
        {
            case '{':
                return depth < MaxDepth && TryObject(depth + 1, out hash);
            case '[':
                return depth < MaxDepth && TryArray(depth + 1, out hash);
            case '"':
                return TryText(out hash);
            case 't':
                return TryWord("true"u8, out hash);
            case 'f':
                return TryWord("false"u8, out hash);
            case 'n':
                return TryWord("null"u8, out hash);
            case '-' or (>= '0' and <= '9'):
                return TryNumber(out hash);
            default:
                return false;
        }
    }

    private bool TryObject(int depth, out ulong hash)
    {
        hash = ObjectSeed;
        _at++;
        if (TryPass('}'))
        {
            return true;
        }

        do
        {
            if (Next() != '"' || !TryText(out var key) || !TryPass(':') || !TryValue(depth, out var value))
            {
                return false;
            }

            hash += XxHash3.Avalanche(RowHasher.ChainRow(key, value));
        }
        while (TryPass(','));

        hash = XxHash3.Avalanche(hash);
        return TryPass('}');
    }

    private bool TryArray(int depth, out ulong hash)
    {
        hash = ArraySeed;
        _at++;
        if (TryPass(']'))
        {
            return true;
        }

        do
        {
            if (!TryValue(depth, out var value))
            {
                return false;
            }

            hash = RowHasher.ChainRow(hash, value);
        }
        while (TryPass(','));

        hash = XxHash3.Avalanche(hash);
        return TryPass(']');
    }

    private bool TryWord(ReadOnlySpan<byte> word, out ulong hash)
    {
        hash = XxHash3.Hash64(word, WordSeed);
        if (!_json[_at..].StartsWith(word))
        {
            return false;
        }

        _at += word.Length;
        return true;
    }

    private bool TryNumber(out ulong hash)
    {
        var start = _at;
        while (_at < _json.Length && _json[_at] is (>= (byte)'0' and <= (byte)'9') or (byte)'.' or (byte)'-' or (byte)'+' or (byte)'e' or (byte)'E')
        {
            _at++;
        }

        var number = _json[start.._at];
        Span<byte> written = stackalloc byte[NumberText.MaxBytes];
        var length = number.IndexOfAny((byte)'e', (byte)'E') >= 0 ? NumberText.Write(number, 0, written) : 0;
        hash = XxHash3.Hash64(length > 0 ? written[..length] : NumberText.Trim(number), NumberSeed);
        return true;
    }

    private bool TryText(out ulong hash)
    {
        hash = 0;
        var text = _json[(_at + 1)..];
        var end = text.IndexOfAny((byte)'"', (byte)'\\');
        if (end < 0)
        {
            return false;
        }

        if (text[end] == '"')
        {
            _at += end + 2;
            hash = XxHash3.Hash64(text[..end], TextSeed);
            return true;
        }

        return TryEscaped(text, out hash);
    }

    private bool TryEscaped(ReadOnlySpan<byte> text, out ulong hash)
    {
        hash = 0;
        var plain = ArrayPool<byte>.Shared.Rent(text.Length);
        try
        {
            var length = 0;
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] == '"')
                {
                    _at += i + 2;
                    hash = XxHash3.Hash64(plain.AsSpan(0, length), TextSeed);
                    return true;
                }

                if (text[i] != '\\')
                {
                    plain[length++] = text[i];
                }
                else if (!TryEscape(text, ref i, plain, ref length))
                {
                    return false;
                }
            }

            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
        }
    }

    /// <summary>One escape, of which <paramref name="at"/> is the backslash, and the last byte afterwards. What it stands for is never longer.</summary>
    private static bool TryEscape(ReadOnlySpan<byte> text, ref int at, byte[] plain, ref int length)
    {
        if (++at >= text.Length)
        {
            return false;
        }

        if (text[at] == 'u')
        {
            if (!TryUnit(text, at - 1, out var unit))
            {
                return false;
            }

            at += 4;
            var scalar = new Rune(0xFFFD);
            if (char.IsHighSurrogate(unit) ? !TryUnit(text, at + 1, out var low) || !Rune.TryCreate(unit, low, out scalar) : !Rune.TryCreate(unit, out scalar))
            {
                return false;
            }

            at += char.IsHighSurrogate(unit) ? 6 : 0;
            length += scalar.EncodeToUtf8(plain.AsSpan(length));
            return true;
        }

        var place = "\"\\/bfnrt"u8.IndexOf(text[at]);
        if (place < 0)
        {
            return false;
        }

        plain[length++] = "\"\\/\b\f\n\r\t"u8[place];
        return true;
    }

    private static bool TryUnit(ReadOnlySpan<byte> text, int backslash, out char unit)
    {
        unit = '\0';
        if (backslash + 6 > text.Length || text[backslash] != '\\' || text[backslash + 1] != 'u')
        {
            return false;
        }

        var isHex = Utf8Parser.TryParse(text.Slice(backslash + 2, 4), out ushort value, out var used, 'x') && used == 4;
        unit = (char)value;
        return isHex;
    }
}
