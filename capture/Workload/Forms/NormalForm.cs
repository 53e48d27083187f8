using System.Buffers;
using System.Buffers.Binary;

namespace Replay.Workload;

/// <summary>
/// Hashes of values in their type's normal form: values that are equal have equal ones, however a server writes them. What does not look like its type is taken as it is.
/// </summary>
public static class NormalForm
{
    private const int SingleDigits = 6; // FLT_DIG
    private const int DoubleDigits = 15; // DBL_DIG

    /// <summary>Longer texts are no floating point numbers that a server writes.</summary>
    private const int MaxFloatBytes = 64;

    /// <summary>The hash of a value's normal form; <paramref name="wireHash"/>, which is the hash of its bytes, where they are in that form.</summary>
    public static ulong Hash(ValueForm form, ReadOnlySpan<byte> value, ulong wireHash)
    {
        if (value.IsEmpty)
        {
            return form == ValueForm.Bytes ? XxHash3.Hash64(@"\x"u8) : wireHash;
        }

        switch (form)
        {
            case ValueForm.Char:
                return value[^1] == ' ' ? XxHash3.Hash64(value.TrimEnd((byte)' ')) : wireHash;
            case ValueForm.Exact:
                return HashOfPart(value, NumberText.Trim(value), wireHash);
            case ValueForm.Single:
                return Number(value, SingleDigits, wireHash);
            case ValueForm.Double:
                return Number(value, DoubleDigits, wireHash);
            case ValueForm.ExactList:
                return Numbers(value, 0);
            case ValueForm.SingleList:
                return Numbers(value, SingleDigits);
            case ValueForm.DoubleList:
                return Numbers(value, DoubleDigits);
            case ValueForm.Json:
                return JsonHash.TryHash(value, out var json) ? json : wireHash;
            case ValueForm.Moment:
                return Moment(value, wireHash);
            case ValueForm.Fraction:
                return HashOfPart(value, value.Contains((byte)'.') ? value.TrimEnd((byte)'0').TrimEnd((byte)'.') : value, wireHash);
            case ValueForm.Bytes:
                return value.StartsWith(@"\x"u8) ? wireHash : Escaped(value, wireHash);
            case ValueForm.BinaryNumeric:
                return BinaryNumeric(value, wireHash);
            case ValueForm.SignedInteger:
                return Integer(value, isUnsigned: false, wireHash);
            case ValueForm.UnsignedInteger:
                return Integer(value, isUnsigned: true, wireHash);
            default:
                return wireHash;
        }
    }

    /// <summary>The same where the hash of the bytes is not there yet.</summary>
    public static ulong Hash(ValueForm form, ReadOnlySpan<byte> value) => Hash(form, value, XxHash3.Hash64(value));

    private static ulong HashOfPart(ReadOnlySpan<byte> value, ReadOnlySpan<byte> part, ulong wireHash) => part.Length == value.Length ? wireHash : XxHash3.Hash64(part);

    private static ulong Number(ReadOnlySpan<byte> value, int digits, ulong wireHash)
    {
        if (value.Length > MaxFloatBytes)
        {
            return wireHash;
        }

        Span<byte> written = stackalloc byte[NumberText.MaxBytes];
        var length = NumberText.Write(value, digits, written);
        return length == 0 || value.SequenceEqual(written[..length]) ? wireHash : XxHash3.Hash64(written[..length]);
    }

    // Each number in its normal form, what is between them as it is.
    private static ulong Numbers(ReadOnlySpan<byte> value, int digits)
    {
        Span<byte> written = stackalloc byte[NumberText.MaxBytes];
        ulong hash = 0;
        for (var i = 0; i < value.Length;)
        {
            var end = i;
            while (end < value.Length && IsOfNumber(value[end], isFirst: end == i))
            {
                end++;
            }

            if (end == i)
            {
                hash = RowHasher.ChainRow(hash, value[i++]);
                continue;
            }

            var number = value[i..end];
            var length = digits == 0 || number.Length > MaxFloatBytes ? 0 : NumberText.Write(number, digits, written);
            hash = RowHasher.ChainRow(hash, XxHash3.Hash64(length > 0 ? written[..length] : NumberText.Trim(number)));
            i = end;
        }

        return XxHash3.Avalanche(hash);
    }

    private static bool IsOfNumber(byte one, bool isFirst) => one is (>= (byte)'0' and <= (byte)'9') or (byte)'-' || (!isFirst && one is (byte)'.' or (byte)'e' or (byte)'+');

    private static ulong Moment(ReadOnlySpan<byte> value, ulong wireHash)
    {
        Span<byte> written = stackalloc byte[MomentText.MaxBytes];
        var length = MomentText.Write(value, written);
        return length == 0 ? wireHash : XxHash3.Hash64(written[..length]);
    }

    // bytea_output = escape: \\ is a backslash, \ooo a byte in octal digits. The normal form is hexadecimal.
    private static ulong Escaped(ReadOnlySpan<byte> value, ulong wireHash)
    {
        var text = ArrayPool<byte>.Shared.Rent((2 * value.Length) + 2);
        try
        {
            text[0] = (byte)'\\';
            text[1] = (byte)'x';
            var length = 2;
            for (var i = 0; i < value.Length; i++)
            {
                int one = value[i];
                if (one == '\\')
                {
                    if (i + 1 < value.Length && value[i + 1] == '\\')
                    {
                        i++;
                    }
                    else if (i + 3 < value.Length && value[i + 1] is >= (byte)'0' and <= (byte)'3' && value[i + 2] is >= (byte)'0' and <= (byte)'7' && value[i + 3] is >= (byte)'0' and <= (byte)'7')
                    {
                        one = ((value[i + 1] - '0') << 6) | ((value[i + 2] - '0') << 3) | (value[i + 3] - '0');
                        i += 3;
                    }
                    else
                    {
                        return wireHash;
                    }
                }

                text[length++] = "0123456789abcdef"u8[one >> 4];
                text[length++] = "0123456789abcdef"u8[one & 15];
            }

            return XxHash3.Hash64(text.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(text);
        }
    }

    // Number of groups, weight, sign, digits to show, groups; 16 bits each.
    private static ulong BinaryNumeric(ReadOnlySpan<byte> value, ulong wireHash)
    {
        const int scaleAt = 6;
        if (value.Length < scaleAt + 2 || BinaryPrimitives.ReadUInt16BigEndian(value[scaleAt..]) == 0)
        {
            return wireHash;
        }

        var copy = ArrayPool<byte>.Shared.Rent(value.Length);
        value.CopyTo(copy);
        copy[scaleAt] = copy[scaleAt + 1] = 0;
        var hash = XxHash3.Hash64(copy.AsSpan(0, value.Length));
        ArrayPool<byte>.Shared.Return(copy);
        return hash;
    }

    // Four bytes if that is enough for the number with a sign, else eight, or nine without one.
    private static ulong Integer(ReadOnlySpan<byte> value, bool isUnsigned, ulong wireHash)
    {
        var number = (value.Length, isUnsigned) switch
        {
            (1, false) => (sbyte)value[0],
            (1, true) => value[0],
            (2, false) => BinaryPrimitives.ReadInt16LittleEndian(value),
            (2, true) => BinaryPrimitives.ReadUInt16LittleEndian(value),
            (4, false) => BinaryPrimitives.ReadInt32LittleEndian(value),
            (4, true) => BinaryPrimitives.ReadUInt32LittleEndian(value),
            (8, _) => BinaryPrimitives.ReadInt64LittleEndian(value),
            _ => (long?)null,
        };
        if (number is not { } n)
        {
            return wireHash;
        }

        Span<byte> written = stackalloc byte[9];
        written[8] = 0;
        BinaryPrimitives.WriteInt64LittleEndian(written, n);
        var length = isUnsigned && n < 0 ? 9 : n is >= int.MinValue and <= int.MaxValue ? 4 : 8;
        return length == value.Length ? wireHash : XxHash3.Hash64(written[..length]);
    }
}
