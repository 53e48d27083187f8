using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Replay.Protocol.MySql;

/// <summary>Values of the binary protocol as text for people.</summary>
public static class ParameterText
{
    private const byte UnsignedFlag = 0x80;

    /// <summary>
    /// The value as MySQL would print it; bytes that are not UTF-8 in hexadecimal. <paramref name="type"/> is the type byte + 256 * the flags.
    /// </summary>
    public static string Format(ReadOnlySpan<byte> value, uint type)
    {
        var isUnsigned = ((type >> 8) & UnsignedFlag) != 0;
        var column = (MySqlColumnType)type;
        switch (column)
        {
            case MySqlColumnType.Float when value.Length == 4:
                return BinaryPrimitives.ReadSingleLittleEndian(value).ToString("R", CultureInfo.InvariantCulture);
            case MySqlColumnType.Double when value.Length == 8:
                return BinaryPrimitives.ReadDoubleLittleEndian(value).ToString("R", CultureInfo.InvariantCulture);
            case MySqlColumnType.Tiny or MySqlColumnType.Short or MySqlColumnType.Year or MySqlColumnType.Long or MySqlColumnType.Int24 or MySqlColumnType.LongLong:
                return Integer(value, isUnsigned);
            case MySqlColumnType.Time:
                return Time(value);
        }

        return BinaryValue.IsTemporal(column) ? DateTime(value, column) : Text(value);
    }

    private static string Integer(ReadOnlySpan<byte> value, bool isUnsigned)
    {
        ulong number = 0;
        for (var i = value.Length - 1; i >= 0; i--)
        {
            number = (number << 8) | value[i];
        }

        var unused = 64 - (8 * value.Length);
        return isUnsigned || unused is < 0 or >= 64
            ? number.ToString(CultureInfo.InvariantCulture)
            : ((long)(number << unused) >> unused).ToString(CultureInfo.InvariantCulture);
    }

    private static string DateTime(ReadOnlySpan<byte> value, MySqlColumnType type)
    {
        var date = value.Length >= 4 ? $"{BinaryPrimitives.ReadUInt16LittleEndian(value):0000}-{value[2]:00}-{value[3]:00}" : "0000-00-00";
        if (value.Length < 7)
        {
            return type == MySqlColumnType.Date ? date : date + " 00:00:00";
        }

        return $"{date} {value[4]:00}:{value[5]:00}:{value[6]:00}{Fraction(value[7..])}";
    }

    private static string Time(ReadOnlySpan<byte> value)
    {
        if (value.Length < 8)
        {
            return "00:00:00";
        }

        var hours = (BinaryPrimitives.ReadUInt32LittleEndian(value[1..]) * 24L) + value[5];
        return $"{(value[0] != 0 ? "-" : "")}{hours:00}:{value[6]:00}:{value[7]:00}{Fraction(value[8..])}";
    }

    private static string Fraction(ReadOnlySpan<byte> value) => value.Length < 4 ? "" : $".{BinaryPrimitives.ReadUInt32LittleEndian(value):000000}";

    private static string Text(ReadOnlySpan<byte> value) => Utf8.IsValid(value) ? Encoding.UTF8.GetString(value) : "0x" + Convert.ToHexString(value);
}
