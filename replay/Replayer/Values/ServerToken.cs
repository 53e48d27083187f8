using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Replay.Sql;

namespace Replay.Replayer;

/// <summary>How a value of high entropy is spelled.</summary>
public enum TokenForm : byte
{
    /// <summary>It is none.</summary>
    None,

    /// <summary>As it is: a token of letters and digits.</summary>
    Text,

    /// <summary>128 bits as a UUID with its hyphens.</summary>
    Uuid,

    /// <summary>128 bits as 32 hexadecimal digits.</summary>
    Hex,

    /// <summary>128 bits as 16 bytes.</summary>
    Raw,
}

/// <summary>
/// Values that chance made: long enough and mixed enough that two equal ones are the same. A UUID is known again in each of its spellings, any other token as it is.
/// </summary>
public static class ServerToken
{
    /// <summary>The shortest one.</summary>
    public const int MinLength = 16;

    /// <summary>The longest one.</summary>
    public const int MaxLength = 256;

    internal const int UuidLength = 36;
    internal const int HexLength = 32;
    internal const int RawLength = 16;

    private const int MinDigits = 2;

    private static readonly bool[] InToken = Table(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '+' or '/' or '=' or '.' or '~' or '-');

    /// <summary>Whether a byte can stand in a token that is text.</summary>
    public static bool IsTokenByte(byte b) => InToken[b];

    /// <summary>The key and the spelling of a whole value; <see cref="TokenForm.None"/> if chance may not have made it.</summary>
    public static TokenForm Read(ReadOnlySpan<byte> value, out UInt128 key)
    {
        key = default;
        if (value.Length is < MinLength or > MaxLength)
        {
            return TokenForm.None;
        }

        if (value.Length == UuidLength && TryUuid(value, out key))
        {
            return TokenForm.Uuid;
        }

        if (value.Length == HexLength && IsMixed(value) && TryHex(value, out key))
        {
            return TokenForm.Hex;
        }

        if (value.Length == RawLength && !Utf8.IsValid(value))
        {
            key = BinaryPrimitives.ReadUInt128BigEndian(value);
            return TokenForm.Raw;
        }

        foreach (var b in value)
        {
            if (!InToken[b])
            {
                return TokenForm.None;
            }
        }

        if (!IsMixed(value))
        {
            return TokenForm.None;
        }

        var hash = Hash128.Of(value);
        key = new UInt128(hash.High, hash.Low);
        return TokenForm.Text;
    }

    /// <summary>Whether the bytes are a UUID with hyphens.</summary>
    public static bool TryUuid(ReadOnlySpan<byte> text, out UInt128 key)
    {
        key = default;
        if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
        {
            return false;
        }

        for (var i = 0; i < UuidLength; i++)
        {
            if (i is 8 or 13 or 18 or 23)
            {
                continue;
            }

            if (Digit(text[i]) is not (>= 0 and var digit))
            {
                return false;
            }

            key = (key << 4) | (UInt128)(uint)digit;
        }

        return key != UInt128.Zero;
    }

    /// <summary>The bytes of a value in a spelling; <paramref name="place"/> is what stood there, for the case of its letters.</summary>
    public static byte[] Spell(byte[] value, TokenForm form, ReadOnlySpan<byte> place)
    {
        if (form is TokenForm.Text or TokenForm.Raw)
        {
            return value;
        }

        var isUpper = place.IndexOfAnyInRange((byte)'A', (byte)'F') >= 0;
        var hex = isUpper ? Convert.ToHexString(value) : Convert.ToHexStringLower(value);
        return Encoding.ASCII.GetBytes(form == TokenForm.Hex ? hex : $"{hex[..8]}-{hex[8..12]}-{hex[12..16]}-{hex[16..20]}-{hex[20..]}");
    }

    /// <summary>What is kept of a value: 16 bytes of those of 128 bits, any other as it is.</summary>
    public static byte[] Keep(ReadOnlySpan<byte> value, TokenForm form, UInt128 key)
    {
        if (form == TokenForm.Text)
        {
            return value.ToArray();
        }

        var bytes = new byte[RawLength];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, key);
        return bytes;
    }

    private static bool TryHex(ReadOnlySpan<byte> text, out UInt128 key)
    {
        key = default;
        foreach (var b in text)
        {
            if (Digit(b) is not (>= 0 and var digit))
            {
                return false;
            }

            key = (key << 4) | (UInt128)(uint)digit;
        }

        return true;
    }

    // Words and dates have long stretches of one kind of character; digits in base 16 or 64 change kind at every other.
    private static bool IsMixed(ReadOnlySpan<byte> text)
    {
        int digits = 0, changes = 0, counted = 0, last = 0;
        foreach (var b in text)
        {
            var kind = char.IsAsciiDigit((char)b) ? 1 : char.IsAsciiLetterLower((char)b) ? 2 : char.IsAsciiLetterUpper((char)b) ? 3 : 0;
            if (kind == 0)
            {
                continue;
            }

            counted++;
            digits += kind == 1 ? 1 : 0;
            changes += last != 0 && kind != last ? 1 : 0;
            last = kind;
        }

        return counted >= MinLength && digits >= MinDigits && changes >= counted / 5;
    }

    private static int Digit(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => -1,
    };

    private static bool[] Table(Func<char, bool> isIn)
    {
        var table = new bool[256];
        for (var i = 0; i < 128; i++)
        {
            table[i] = isIn((char)i);
        }

        return table;
    }
}
